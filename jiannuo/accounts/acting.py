"""Who acts, as an Actor: a signed-in user with the roles of the person behind the account, or a key."""

from datetime import date
from typing import Any

from jiannuo.lifecycle.actor import PUBLIC, Actor

from .keys import KeyActor
from .models import ApiKey, Grant, User
from .reach import Reach


class UserActor(Reach):
    """An account that acts. Its roles are its natural person's: two accounts of one person are one actor.

    A closed account has none. `actor_of` keeps one per request.
    """

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user

    def __repr__(self) -> str:
        return f"<UserActor {self.ref}>"

    @property
    def ref(self) -> str:
        return self.user.ref

    @property
    def person_id(self) -> int | None:
        return self.user.person_id

    @property
    def employer_id(self) -> int | None:
        """The body the person works for, if it was entered: they decide nothing about it."""
        return self.user.person.employer_id

    @property
    def title(self) -> str:
        """What screens show: the post, never the name."""
        return self.user.person.post_title

    def granted(self, on: date) -> dict[str, frozenset[int]]:
        if not self.user.is_active:
            return {}
        found: dict[str, set[int]] = {}
        rows = Grant.objects.filter(person_id=self.user.person_id).holding(on)
        for role, body_id in rows.values_list("role", "body_id"):
            found.setdefault(role, set()).add(body_id)
        return {role: frozenset(bodies) for role, bodies in found.items()}


def actor_of(user: Any) -> Actor:
    """The Actor of a request's user: a UserActor, kept on the user object, or PUBLIC for a visitor."""
    if not getattr(user, "is_authenticated", False):
        return PUBLIC
    actor = getattr(user, "_actor", None)
    if actor is None:
        actor = user._actor = UserActor(user)
    return actor


def actor_from_ref(ref: str) -> Actor:
    """The Actor that a ref names, with the rights it has now: whoever left since has none. Used by long work."""
    kind, _colon, number = ref.partition(":")
    if kind == "account" and number.isdigit():
        user = User.objects.select_related("person").filter(pk=number).first()
        if user is not None:
            return UserActor(user)
    if kind == "key" and number.isdigit():
        key = ApiKey.objects.select_related("body").filter(pk=number).first()
        if key is not None:
            return KeyActor(key)
    return PUBLIC
