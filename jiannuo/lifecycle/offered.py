"""What a room's datasets.py offers: one declaration per data set, and the room's own functions behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiannuo.tables import Lookup, Table

from .actor import Actor
from .rooms import offers

# One parsed row: column name → str, date, Decimal, int, bool, model instance (of a NAME) or None.
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Asking:
    """In what circumstances names are looked up: who hands in, on which day, for which body (registry id)."""

    by: Actor
    on: date
    provider: int | None = None


@dataclass(frozen=True)
class Known:
    """What stands already under a natural key: its ref, the version that a difference is computed against, its values.

    label   how a person names it: the number of a record, the name of a body
    """

    ref: str
    version: int
    values: Values
    label: str = ""


@dataclass(frozen=True)
class Published:
    """A data set as everybody may have it.

    table     columns of the open data: never an internal one; `valid_until` and `leaf` are added by exchange
    rows      (ref, values, valid_until) of what is public on a day, in a total order
    """

    table: Table
    rows: Callable[[date], Iterator[tuple[str, Values, date | None]]]


@dataclass(frozen=True)
class DataSet:
    """One data set.

    table     what is handed in: sheet, API and template
    roles     who may hand it in: any one of these, held on the provider
    lookups   how the names in its columns become things: name of the thing named → lookup
    known     for each row, what stands already under its natural key, or None
    enter     the room's action: all rows or none; returns refs
    amend     proposes other content of one known thing, with a reason; None: it changes only by the room's own acts
    published what everybody may have of it; None: nothing
    """

    table: Table
    roles: tuple[str, ...]
    lookups: Callable[[Asking], Mapping[str, Lookup]]
    known: Callable[[Sequence[Values]], list[Known | None]]
    enter: Callable[..., list[str]]  # (rows, *, by, on)
    amend: Callable[..., None] | None = None  # (ref, version, values, *, reason, paper, by, on)
    published: Published | None = None


def data_sets() -> dict[str, DataSet]:
    """Every data set of the installed rooms, by name, lowest room first."""
    return {one.table.name: one for room in offers("datasets") for one in room.DATA_SETS}
