"""Keys of machines: made by an operator for one body, shown once, known here by their digest only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.offered import data_sets
from jiannuo.lifecycle.refused import Refused, listed
from jiannuo.registry.models import Body

from .models import ApiKey, Role
from .reach import Reach

PREFIX = "jn_"
LONGEST = 366  # days: a key that nobody renews ends by itself


class KeyActor(Reach):
    """A machine that acts for a body: no natural person, so never one of two pairs of eyes."""

    person_id: int | None = None

    def __init__(self, key: ApiKey) -> None:
        super().__init__()
        self.key = key

    def __repr__(self) -> str:
        return f"<KeyActor {self.ref}>"

    @property
    def ref(self) -> str:
        return self.key.ref

    @property
    def employer_id(self) -> int | None:
        """None: it hands in what its body decided, and decides nothing itself."""
        return None

    @property
    def title(self) -> str:
        return self.key.title

    def granted(self, on: date) -> dict[str, frozenset[int]]:
        return {role: frozenset({self.key.body_id}) for role in self.key.roles} if self.key.holds(on) else {}


def roles_for_keys() -> list[str]:
    """What a key may be: whatever may hand in some data set; all else is for natural persons."""
    wanted = {role for one in data_sets().values() for role in one.roles}
    return [role for role in Role.values if role in wanted]


def digest_of(secret: str) -> str:
    """A secret of 256 random bits needs no slow hash: nobody guesses it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def key_of(secret: str, on: date) -> ApiKey | None:
    """The key of this secret, if it holds on this day; notes the day of its last use."""
    if not secret.startswith(PREFIX):
        return None
    key = ApiKey.objects.select_related("body").filter(digest=digest_of(secret)).first()
    if key is None or not key.holds(on):
        return None
    if key.used != on:  # one write a day, not one for each call
        ApiKey.objects.filter(pk=key.pk).update(used=on)
    return key


@transaction.atomic
def make_key(
    title: str,
    body: Body,
    roles: Collection[str],
    *,
    since: date | None = None,
    until: date | None = None,
    by: Actor,
    on: date,
) -> tuple[ApiKey, str]:
    """A key for the machines of a body, and its secret, which is shown now and never again.

    since, until   from the day (default: `on`) to before the day (at most a year later, which is the default)
    """
    _operator(by, on, body)
    title, since = title.strip(), since or on
    last = date.fromordinal(since.toordinal() + LONGEST)
    until = until or last
    allowed = roles_for_keys()
    if not 0 < len(title) <= 60:
        raise Refused(
            "account.key_title",
            _("Say which system the key is for."),
            field="title",
            found=_("%(n)s characters") % {"n": len(title)},
            allowed=_("1 to 60 characters."),
        )
    if not roles or not set(roles) <= set(allowed):
        raise Refused(
            "account.key_roles",
            _("A key can only hand in data."),
            field="roles",
            found=listed(Role(role).label if role in Role.values else role for role in roles)
            if roles
            else _("nothing"),
            allowed=listed(Role(role).label for role in allowed),
        )
    if not since < until <= last or since < on:
        raise Refused(
            "account.key_days",
            _("A key holds for these days only if they lie ahead and are not too many."),
            field="until",
            found=f"{since.isoformat()} – {until.isoformat()}",
            allowed=_("From today or later, for at most %(n)s days; then make a new key.") % {"n": LONGEST},
        )
    if body.ended is not None and body.ended <= since:
        raise Refused(
            "account.body_ended",
            _("This body no longer exists on the day the key begins."),
            field="body",
            found=_("%(body)s ended on %(day)s") % {"body": body.name, "day": body.ended.isoformat()},
            allowed=_("Make the key for the body that succeeded it."),
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        title=title,
        body=body,
        roles=[role for role in allowed if role in roles],
        digest=digest_of(secret),
        since=since,
        until=until,
        by=by.ref,
        made=on,
    )
    facts = {"title": title, "since": since, "until": until}
    _entry("account.key_made", key, {"roles": key.roles}, facts, by=by, on=on)
    return key, secret


@transaction.atomic
def revoke_key(key: ApiKey, *, reason: str, by: Actor, on: date) -> ApiKey:
    """End a key at once. What was handed in with it stays handed in."""
    _operator(by, on, key.body)
    if not reason.strip():
        raise Refused("account.missing", _("Say why."), field="reason", found=_("nothing"))
    if not ApiKey.objects.filter(pk=key.pk, revoked=None).update(revoked=on, revoked_by=by.ref):
        raise Refused(
            "account.key_revoked",
            _("This key was revoked already."),
            found=key.title,
            allowed=_("Nothing needs to be done."),
        )
    key.refresh_from_db()
    _entry("account.key_revoked", key, {}, {"reason": reason.strip()}, by=by, on=on)
    return key


def _entry(
    verb: str, key: ApiKey, public: dict[str, object], internal: dict[str, object], *, by: Actor, on: date
) -> None:
    """Neither secret nor digest goes into the ledger."""
    ledger.append(
        [ledger.Draft(verb, key.ref, on, body=key.body.ref, public=public, internal={"by": by.ref} | internal)]
    )


def _operator(by: Actor, on: date, body: Body) -> None:
    if not {"operator", "system"} & by.roles_on(body.pk, on):
        raise Refused(
            "account.not_your_role",
            _("Keys are not for your post."),
            found=_("you are not system administrator of %(body)s") % {"body": body.name},
            allowed=_("Ask the system administrator."),
        )
