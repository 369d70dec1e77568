"""What a room's datasets.py offers: one declaration per data set, and the room's own functions behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import override

from jiannuo.rules.schema import Text
from jiannuo.tables import Codes, Lookup, Table

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
    enter     (rows, *, provider, by, on) → refs: all rows or none. Raises RefusedRows where it knows which rows are at
              fault, else Refused. `provider`: the Body on whose behalf they are handed in
    amend     (ref, version, values, *, reason, paper, by, on): proposes other content of one known thing; None: it
              changes only by the room's own acts
    fixed     where amend is None: why, and what to do instead
    published what everybody may have of it; None: nothing
    dated     the column by whose day a row belongs to a reporting period; empty: the day of handing in counts
    standing  (first, last, refs) → (ref, values) of what is dated from first to last and is settled here: what is
              handed up to the next level; with refs: of these things whatever stands. None: it is not handed up
    """

    table: Table
    roles: tuple[str, ...]
    lookups: Callable[[Asking], Mapping[str, Lookup]]
    known: Callable[[Sequence[Values]], list[Known | None]]
    enter: Callable[..., list[str]]
    amend: Callable[..., None] | None = None
    fixed: Text | None = None
    published: Published | None = None
    dated: str = ""
    standing: Callable[[date, date, Collection[str] | None], Iterator[tuple[str, Values]]] | None = None


class Several(tuple[Any, ...]):
    """Several things named in one cell, which a lookup found; as text it reads as it is typed."""

    MARK = "；"

    def __str__(self) -> str:
        return self.MARK.join(str(one) for one in self)


def defaulted(row: Values, values: dict[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """What stands, as this row would have said it: a default that was not written is not written there either."""
    return {
        name: None if name in defaults and row.get(name) is None and value == defaults[name] else value
        for name, value in values.items()
    }


def in_both(label: Any) -> Text:
    """In both languages: a Text, the title of a rule, or a text of the catalogue."""
    for one in (label, getattr(label, "title", None)):
        if isinstance(one, Text):
            return one
    with override("zh-hans"):
        chinese = str(label)
    with override("en"):
        return Text(zh=chinese, en=str(label))


def codes(titles: Callable[[], Mapping[str, Any]]) -> Codes:
    """A code list, made when it is first asked for: code → whatever `in_both` reads."""
    return cache(lambda: {code: in_both(title) for code, title in titles().items()})


def data_sets() -> dict[str, DataSet]:
    """Every data set of the installed rooms, by name, lowest room first."""
    return {one.table.name: one for room in offers("datasets") for one in room.DATA_SETS}
