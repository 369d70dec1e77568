"""What the data sets of the registry share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from jiannuo.lifecycle.offered import Asking, Several
from jiannuo.lifecycle.refused import Refused, RefusedRows
from jiannuo.tables import Fault, Lookup

from .. import lookups

One = TypeVar("One")
KEEPERS = ("registry",)


def found(asking: Asking) -> Mapping[str, Lookup]:
    """The lookups of the room, and that of several bodies in one cell."""
    ways = lookups.lookups(asking)
    return {**ways, "bodies": several(ways["body"])}


def several(one: Lookup) -> Lookup:
    """What names one thing names several, divided by ；: each must be found."""

    def look(cells: Sequence[str]) -> dict[str, Any]:
        parts = {cell: list(pieces(cell)) for cell in cells}
        things = one(list(dict.fromkeys(name for names in parts.values() for name in names)))
        out: dict[str, Any] = {}
        for cell, names in parts.items():
            bad = next((things[name] for name in names if isinstance(things[name], Fault)), None)
            out[cell] = bad or Several(things[name] for name in names)
        return out

    return look


def pieces(cell: str | None) -> Iterator[str]:
    """What stands in one cell, divided by ； ; 、 or new lines."""
    for mark in ";、\n":
        cell = (cell or "").replace(mark, Several.MARK)
    yield from dict.fromkeys(part.strip() for part in (cell or "").split(Several.MARK) if part.strip())


def each(rows: Iterable[tuple[int, One]], enter: Callable[[One], object]) -> None:
    """Enter rows one after another; a refusal says which of them, by its place, it is about."""
    for place, row in rows:
        try:
            enter(row)
        except Refused as refused:
            raise RefusedRows({place: getattr(refused, "faults", [refused])}) from refused
