"""A signed-in user as an Actor: which roles the person behind the account holds, on which body and day."""

from datetime import date
from typing import Any

from django.utils import timezone

from jiannuo.lifecycle.actor import PUBLIC, Actor
from jiannuo.registry import reading as registry

from .models import Grant, User


class UserActor:
    """An account that acts. Its roles are its natural person's: two accounts of one person are one actor.

    Grants and subtrees are looked up once per instance; `actor_of` keeps one per request.
    """

    def __init__(self, user: User) -> None:
        self.user = user
        self._granted: dict[date, dict[str, frozenset[int]]] = {}
        self._reach: dict[tuple[str, date], frozenset[int]] = {}
        self._subtrees: dict[tuple[int, date], frozenset[int]] = {}

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

    def roles_on(self, body_id: int | None, on: date) -> frozenset[str]:
        """Roles that hold on this body on this day; None: on any body. A closed account has none."""
        granted = self._grants(on)
        if body_id is None:
            return frozenset(granted)
        return frozenset(role for role in granted if body_id in self.bodies_with(role, on))

    def can(self, role: str, on: date | None = None, body_id: int | None = None) -> bool:
        """Whether the role is held on the day (default: today's date in the city) on the body, or on any."""
        return role in self.roles_on(body_id, on or timezone.localdate())

    def bodies_with(self, role: str, on: date) -> frozenset[int]:
        """Ids of the bodies on which this role holds on this day: those granted, what is below and inherited."""
        key = (role, on)
        if key not in self._reach:
            roots = self._grants(on).get(role, frozenset())
            self._reach[key] = frozenset().union(*(self._subtree(root, on) for root in roots))
        return self._reach[key]

    def _grants(self, on: date) -> dict[str, frozenset[int]]:
        if not self.user.is_active:
            return {}
        if on not in self._granted:
            found: dict[str, set[int]] = {}
            rows = Grant.objects.filter(person_id=self.user.person_id).holding(on)
            for role, body_id in rows.values_list("role", "body_id"):
                found.setdefault(role, set()).add(body_id)
            self._granted[on] = {role: frozenset(bodies) for role, bodies in found.items()}
        return self._granted[on]

    def _subtree(self, body_id: int, on: date) -> frozenset[int]:
        # The subtree, not the ancestors of each body asked for: a list then costs no query per row.
        key = (body_id, on)
        if key not in self._subtrees:
            # With what it inherited: whoever answers today for what an ended body took on also acts for it.
            self._subtrees[key] = frozenset(registry.subtree(body_id, on))
        return self._subtrees[key]


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
    return PUBLIC
