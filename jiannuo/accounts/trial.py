"""A trial holds no real record: whoever looks at it may pass the second factor of its demo accounts."""

from allauth.mfa import app_settings as mfa
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.refused import Refused

from .codes import present_window, secret_of
from .models import UsedCode, User

# Known to everybody, by design: the sign-in page of a trial shows it beside the demo accounts.
PASSWORD = "yunchuan-trial-2026"  # noqa: S105


def demo_accounts() -> list[User]:
    """The demo accounts that the sign-in page of a trial offers; none outside a trial."""
    if not settings.TRIAL:
        return []
    return list(User.objects.filter(demo=True, is_active=True).select_related("person").order_by("pk"))


def trial_code(user: User) -> str:
    """A code that a stranger may type now to try a demo account.

    Refused outside a trial, and for every account that is not a demo account.
    """
    secret = secret_of(user) if settings.TRIAL and user.demo else None
    if secret is None:
        raise Refused(
            "account.not_a_trial",
            _("The code of this account is shown nowhere."),
            allowed=_("Read it from the device on which the second factor was set up."),
        )
    used = set(UsedCode.objects.filter(user=user).values_list("window", flat=True))
    now = present_window()
    # The windows in the order in which a person would expect them; a used one is passed over.
    order = [now, *(now + step * side for step in range(1, mfa.TOTP_TOLERANCE + 1) for side in (1, -1))]
    window = next((w for w in order if w not in used), now)
    return str(format_hotp_value(hotp_value(secret, window)))
