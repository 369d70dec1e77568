"""Who acts. Accounts make one from a signed-in user; the worker acts as SYSTEM; a visitor is PUBLIC."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Actor(Protocol):
    """Whoever takes a step.

    ref        "account:3", "system:sweep", "public"; goes into the internal part of ledger entries
    person_id  the natural person behind the account, or None for machines: four eyes are counted by it
    employer_id  the body that person works for, where it is known: nobody decides about it (回避)
    """

    @property
    def ref(self) -> str: ...

    @property
    def person_id(self) -> int | None: ...

    @property
    def employer_id(self) -> int | None: ...

    def roles_on(self, body_id: int | None, on: date) -> frozenset[str]:
        """Roles that hold on this body on this day, granted on it or above it; None: roles held anywhere."""
        ...


@dataclass(frozen=True)
class System:
    """The clock and the starting sets: it takes only steps whose role is "system", and is no second pair of eyes."""

    ref: str = "system:sweep"
    person_id: int | None = None
    employer_id: int | None = None

    def roles_on(self, body_id: int | None, on: date) -> frozenset[str]:
        return frozenset({"system"})


@dataclass(frozen=True)
class Public:
    """A visitor: sees what is published, may take no step."""

    ref: str = "public"
    person_id: int | None = None
    employer_id: int | None = None

    def roles_on(self, body_id: int | None, on: date) -> frozenset[str]:
        return frozenset()


SYSTEM = System()
PUBLIC = Public()
