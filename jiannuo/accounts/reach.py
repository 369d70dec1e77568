"""Which bodies a role reaches: those it is granted on and all below them, on a day."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date

from django.utils import timezone

from jiannuo.registry import reading as registry


class Reach(ABC):
    """Half of an Actor. The other half says what is granted: role → bodies, on a day.

    Grants and subtrees are looked up once per instance, which lives as long as a request or a piece of work.
    """

    def __init__(self) -> None:
        self._granted: dict[date, dict[str, frozenset[int]]] = {}
        self._reach: dict[tuple[str, date], frozenset[int]] = {}
        self._subtrees: dict[tuple[int, date], frozenset[int]] = {}

    @abstractmethod
    def granted(self, on: date) -> dict[str, frozenset[int]]:
        """Role → the bodies on which it is granted on this day."""

    def roles_on(self, body_id: int | None, on: date) -> frozenset[str]:
        """Roles that hold on this body on this day; None: on any body."""
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
        if on not in self._granted:
            self._granted[on] = self.granted(on)
        return self._granted[on]

    def _subtree(self, body_id: int, on: date) -> frozenset[int]:
        # The subtree, not the ancestors of each body asked for: a list then costs no query per row.
        key = (body_id, on)
        if key not in self._subtrees:
            # With what it inherited: whoever answers today for what an ended body took on also acts for it.
            self._subtrees[key] = frozenset(registry.subtree(body_id, on))
        return self._subtrees[key]
