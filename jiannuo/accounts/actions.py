"""Persons, their accounts and their roles: every write.

Who may: an operator (系统管理员) of the bodies concerned, or a starting set. The entries tell the public only
what was done on which day, and for a grant its role and body.
"""

import re
import unicodedata
from datetime import date

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused, listed
from jiannuo.registry.models import Body

from . import lockout
from .models import Grant, Person, Role, User
from .three import separated

USERNAME = re.compile(r"[\w.-]{2,60}")


@transaction.atomic
def add_person(name: str, post_title: str, *, employer: Body | None = None, by: Actor, on: date) -> Person:
    """Register a natural person who will work with the system; screens show `post_title`: 复核岗（甲）.

    employer   the body they work for; they take no step about its records
    """
    _operator(by, on)
    name, post_title = name.strip(), post_title.strip()
    for field, text, limit in (("name", name, 40), ("post_title", post_title, 60)):
        if not text:
            raise Refused("account.missing", _("This must be filled in."), field=field, found=_("nothing"))
        if len(text) > limit:
            raise Refused(
                "account.too_long",
                _("This is too long."),
                field=field,
                found=_("%(n)s characters") % {"n": len(text)},
                allowed=_("At most %(n)s characters.") % {"n": limit},
            )
    person = Person.objects.create(name=name, post_title=post_title, employer=employer)
    _entry("account.person_added", person.ref, by=by, on=on)
    return person


@transaction.atomic
def add_user(
    person: Person,
    username: str,
    password: str,
    *,
    email: str = "",
    must_change: bool = True,
    by: Actor,
    on: date,
) -> User:
    """Open an account for a person. Its password is known to whoever typed it: it must be changed at once.

    must_change=False is for the accounts of a trial, whose passwords are printed.
    """
    _over(person, by, on)
    username = unicodedata.normalize("NFKC", username).strip().lower()
    if not USERNAME.fullmatch(username):
        raise Refused(
            "account.username",
            _("This cannot be a sign-in name."),
            field="username",
            found=username or _("nothing"),
            allowed=_("2 to 60 letters, digits, “.”, “-” or “_”."),
        )
    if User.objects.filter(username=username).exists():
        raise Refused(
            "account.username_taken",
            _("Another account has this sign-in name."),
            field="username",
            found=username,
            allowed=_("Choose another one; a closed account keeps its name."),
        )
    user = User(person=person, username=username, email=email.strip(), must_change=must_change)
    _password(user, password)
    user.set_password(password)
    user.save()
    _entry("account.opened", user.ref, by=by, on=on, person=person.ref)
    return user


@transaction.atomic
def set_password(user: User, password: str, *, by: Actor, on: date) -> User:
    """Change one's own password, or, as operator, give another a first one that he must change at once."""
    own = by.person_id == user.person_id
    if not own:
        _over(user.person, by, on)
    _password(user, password)
    if own and user.check_password(password):
        raise Refused(
            "account.password_same",
            _("The new password is the old one."),
            field="password1",
            allowed=_("Choose one that you have not used here before."),
        )
    user.set_password(password)
    user.must_change = not own
    user.save(update_fields=["password", "must_change"])
    _entry("account.password_set", user.ref, by=by, on=on, own=own)
    return user


@transaction.atomic
def deactivate(user: User, *, reason: str, by: Actor, on: date) -> User:
    """Close an account; who is signed in with it is out at the next click. Grants are not touched."""
    _not_own(user.person, by, _("Nobody closes his own account."))
    _over(user.person, by, on)
    if not user.is_active:
        raise Refused("account.closed_already", _("This account is closed already."), found=user.username)
    if not reason.strip():
        raise Refused("account.missing", _("Say why."), field="reason", found=_("nothing"))
    user.is_active = False
    user.save(update_fields=["is_active"])
    _entry("account.closed", user.ref, by=by, on=on, reason=reason.strip())
    return user


@transaction.atomic
def reactivate(user: User, *, reason: str, by: Actor, on: date) -> User:
    """Open a closed account again."""
    _not_own(user.person, by, _("Nobody opens his own account again."))
    _over(user.person, by, on)
    if user.is_active:
        raise Refused("account.open_already", _("This account is open already."), found=user.username)
    if not reason.strip():
        raise Refused("account.missing", _("Say why."), field="reason", found=_("nothing"))
    user.is_active = True
    user.save(update_fields=["is_active"])
    _entry("account.reopened", user.ref, by=by, on=on, reason=reason.strip())
    return user


@transaction.atomic
def reset_factor(user: User, *, reason: str, by: Actor, on: date) -> None:
    """Take away a lost second factor and its recovery codes; a new one must be set up before any work."""
    _not_own(user.person, by, _("Nobody takes away his own second factor."))
    _over(user.person, by, on)
    if not reason.strip():
        raise Refused("account.missing", _("Say why."), field="reason", found=_("nothing"))
    Authenticator.objects.filter(user=user).delete()
    _entry("account.factor_reset", user.ref, by=by, on=on, reason=reason.strip())


@transaction.atomic
def demo_totp(user: User, *, by: Actor, on: date) -> User:
    """Give a demo account a second factor whose code the code page shows. Refused outside a trial."""
    if not settings.TRIAL:
        raise Refused(
            "account.not_a_trial",
            _("A second factor that shows itself is for a trial only."),
            allowed=_("Let the person set up a second factor at the first sign-in."),
        )
    _operator(by, on)
    TOTP.activate(user, generate_totp_secret())
    user.demo = True
    user.save(update_fields=["demo"])
    _entry("account.demo_factor", user.ref, by=by, on=on)
    return user


@transaction.atomic
def unlock(user: User, *, by: Actor, on: date) -> int:
    """Lift the lock that too many wrong passwords or codes put on an account; returns the rows cleared."""
    _over(user.person, by, on)
    cleared = lockout.clear(user.username)
    _entry("account.unlocked", user.ref, by=by, on=on)
    return cleared


@transaction.atomic
def grant(
    person: Person,
    role: str,
    body: Body,
    *,
    since: date | None = None,
    until: date | None = None,
    by: Actor,
    on: date,
) -> Grant:
    """Give a person a role on a body and all below it, from `since` (default: `on`) to before `until`.

    Refused: to oneself; to a person who would hold two of the three administrations (practice §2.12,
    三员分立); what is held already; on a body that has ended.
    """
    _operator(by, on, body)
    _not_own(person, by, _("Nobody gives himself a role."))
    since = since or on
    if role not in Role.values:
        raise Refused(
            "account.role",
            _("There is no such role."),
            field="role",
            found=role,
            allowed=listed(Role.labels),
        )
    if until is not None and until <= since:
        raise Refused(
            "account.until_before_since",
            _("The role would end before it begins."),
            field="until",
            found=until.isoformat(),
            allowed=_("A day after %(day)s, or none.") % {"day": since.isoformat()},
        )
    if body.ended is not None and body.ended <= since:
        raise Refused(
            "account.body_ended",
            _("This body no longer exists on the day the role begins."),
            field="body",
            found=_("%(body)s ended on %(day)s") % {"body": body.name, "day": body.ended.isoformat()},
            allowed=_("Grant the role on the body that succeeded it."),
        )
    # The person's row is the lock: two operators at once must not give one half of a forbidden pair each.
    Person.objects.select_for_update().get(pk=person.pk)
    meanwhile = person.grants.filter(Q(until__isnull=True) | Q(until__gt=since))
    if until is not None:
        meanwhile = meanwhile.filter(since__lt=until)
    held = list(meanwhile)
    if refused := separated(role, held):
        raise refused
    for other in held:
        if other.role == role and other.body_id == body.pk:
            raise Refused(
                "account.held_already",
                _("This person holds the role on this body already."),
                field="role",
                found=_("since %(day)s") % {"day": other.since.isoformat()},
                allowed=_("End the present grant first, or choose days that do not overlap."),
            )
    made = Grant.objects.create(person=person, role=role, body=body, since=since, until=until, by=by.ref)
    ledger.append(
        [
            ledger.Draft(
                verb="account.granted",
                subject=made.ref,
                body=body.ref,
                on=on,
                public={"role": role},
                internal={"by": by.ref, "person": person.ref, "since": since, "until": until},
            )
        ]
    )
    return made


@transaction.atomic
def revoke_grant(grant: Grant, *, until: date | None = None, reason: str = "", by: Actor, on: date) -> Grant:
    """End a grant from the day `until` on (default: `on`, at once). What was done under it stays done."""
    _operator(by, on, grant.body)
    _not_own(grant.person, by, _("Nobody ends his own role."))
    until = max(until or on, grant.since)
    if grant.until is not None and grant.until <= until:
        raise Refused(
            "account.ended_already",
            _("This role ends no later than that already."),
            field="until",
            found=grant.until.isoformat(),
            allowed=_("Nothing needs to be done."),
        )
    if until < on:
        raise Refused(
            "account.past",
            _("A role cannot be ended in the past: what was done under it stays done."),
            field="until",
            found=until.isoformat(),
            allowed=_("%(day)s or later.") % {"day": on.isoformat()},
        )
    moved = Grant.objects.filter(pk=grant.pk, until=grant.until).update(until=until, ended_by=by.ref)
    if not moved:
        raise Refused(
            "account.moved",
            _("Another operator has just changed this role."),
            allowed=_("Read it again, then decide."),
        )
    grant.refresh_from_db()
    ledger.append(
        [
            ledger.Draft(
                verb="account.revoked",
                subject=grant.ref,
                body=grant.body.ref,
                on=on,
                public={"role": grant.role},
                internal={"by": by.ref, "person": grant.person.ref, "until": until, "reason": reason.strip()},
            )
        ]
    )
    return grant


def _entry(verb: str, subject: str, *, by: Actor, on: date, **internal: object) -> None:
    ledger.append([ledger.Draft(verb=verb, subject=subject, on=on, internal={"by": by.ref, **internal})])


def _operator(by: Actor, on: date, body: Body | None = None) -> None:
    """Refuse whoever is not operator on this body (or, without one, on any)."""
    if not {"operator", "system"} & by.roles_on(body.pk if body else None, on):
        raise Refused(
            "account.not_your_role",
            _("Accounts and roles are not for your post."),
            found=_("you are not system administrator of %(body)s") % {"body": body.name} if body else None,
            allowed=_("Ask the system administrator."),
        )


def _over(person: Person, by: Actor, on: date) -> None:
    """Refuse an operator who does not reach every body on which the person holds a role.

    Else the operator of a county could take the city's powers by giving the city's operator a new password.
    """
    _operator(by, on)
    held = person.grants.filter(Q(until__isnull=True) | Q(until__gt=on)).select_related("body")
    for body in {grant.body for grant in held}:
        _operator(by, on, body)


def _not_own(person: Person, by: Actor, message: object) -> None:
    if by.person_id is not None and by.person_id == person.pk:
        raise Refused(
            "account.own",
            message,
            found=_("both are the same natural person, whichever account was used"),
            allowed=_("Ask another system administrator."),
        )


def _password(user: User, password: str) -> None:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise Refused(
            "account.password",
            _("This password is too easy to guess."),
            field="password1",
            found=_("%(n)s characters") % {"n": len(password)},
            allowed=" ".join(str(message) for message in error.messages),
        ) from None
