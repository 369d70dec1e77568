"""Three administrations kept apart (三员分立): running the system, working, auditing (practice §2.12)."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.refused import Refused

from .models import Grant, Role

ADMINISTRATIONS = {
    "operator": _("running the system"),
    "auditor": _("auditing"),
    "business": _("working on cases and records"),
}


def administration(role: str) -> str:
    """Which of the three a role belongs to; who is neither operator nor auditor works on the matter."""
    return role if role in (Role.OPERATOR, Role.AUDITOR) else "business"


def separated(role: str, held: Iterable[Grant]) -> Refused | None:
    """Why a person with these grants (those that overlap in time) may not get this role, or None."""
    wanted = administration(role)
    for other in held:
        present = administration(other.role)
        if present != wanted:
            return Refused(
                "account.three_administrators",
                _("One person cannot do both: %(wanted)s and %(held)s.")
                % {"wanted": ADMINISTRATIONS[wanted], "held": ADMINISTRATIONS[present]},
                field="role",
                found=_("holds “%(role)s” since %(day)s")
                % {"role": Role(other.role).label, "day": other.since.isoformat()},
                allowed=_("Give the role to another person, or end the other one first."),
                article=_("Separation of the three administrators (default of this platform)"),
            )
    return None
