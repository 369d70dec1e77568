"""Bodies of the fictional 云川市 for the tests of this room, made by the real actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry import actions as registry
from jiannuo.registry.kinds import BodyKind
from jiannuo.registry.models import Body, Division

FOUNDED = date(2000, 1, 1)
DAY = date(2026, 3, 2)
PAPER = "云编发〔2026〕1号"


@dataclass(frozen=True)
class Keeper:
    """An actor who holds one role everywhere."""

    role: str = "registry"
    ref: str = "account:1"
    person_id: int | None = 1

    def roles_on(self, body_id: int | None, on: date) -> frozenset[str]:
        return frozenset({self.role})


KEEPER = Keeper()


def division() -> Division:
    there = Division.objects.filter(source="demo", code="9901").first()
    return (
        there
        or registry.add_divisions(
            [registry.NewDivision("9901", "云川市", "city", source="demo")], by=SYSTEM, on=FOUNDED
        )[0]
    )


def body(name: str, kind: str = BodyKind.DEPARTMENT, **more: Any) -> Body:
    values: dict[str, Any] = {"founded": FOUNDED} | more
    return registry.found([registry.NewBody(name, kind, division(), **values)], by=KEEPER, on=FOUNDED)[0]
