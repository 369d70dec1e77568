"""Erasure of a person or an account: the name goes, the row stays, for other rows say "the same natural person"."""

from collections.abc import Sequence
from datetime import date

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessLog

from .models import Person, User


def forget(refs: Sequence[str], *, basis: str, on: date, by: str) -> None:
    """Blank names, sign-in names and sign-in logs of these persons ("person:3") or accounts ("account:5")."""
    persons = [int(ref.removeprefix("person:")) for ref in refs if ref.startswith("person:")]
    accounts = [int(ref.removeprefix("account:")) for ref in refs if ref.startswith("account:")]
    Person.objects.filter(pk__in=persons).update(name="")
    for user in User.objects.filter(person_id__in=persons) | User.objects.filter(pk__in=accounts):
        AccessLog.objects.filter(username=user.username).delete()
        AccessAttempt.objects.filter(username__in=[user.username, f"code\x1f{user.username}"]).delete()
        Authenticator.objects.filter(user=user).delete()
        user.username, user.email, user.is_active = f"~{user.pk}", "", False
        user.set_unusable_password()
        user.save(update_fields=["username", "email", "is_active", "password"])
