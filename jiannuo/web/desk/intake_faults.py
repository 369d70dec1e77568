"""What is wrong with the rows of a batch, cell by cell: grouped by kind of fault, filtered, each with its address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jiannuo.exchange.models import Batch, Row
from jiannuo.tables import Fault, Table
from jiannuo.web.templatetags.jn import text


@dataclass(frozen=True)
class Bad:
    """One fault of one row. `address` is the cell as the spreadsheet names it; "" where the column is not in it.

    kept    as it lies in the row: of twenty thousand, only those of one page become a Fault
    """

    line: int
    title: str
    address: str
    kept: Mapping[str, Any]

    @property
    def key(self) -> str:
        return f"{self.kept.get('column', '')}~{self.kept['code']}"

    @cached_property
    def fault(self) -> Fault:
        return Fault.from_json(self.kept)


@dataclass(frozen=True)
class Group:
    """All faults of one kind in one column: `key` names it in addresses, `what` is the first one's message."""

    key: str
    title: str
    what: str
    n: int


def of_batch(batch: Batch, table: Table | None) -> list[Bad]:
    """Every fault of its refused rows, by line. The raw text of the rows stays where it is."""
    rows = Row.objects.filter(batch=batch, outcome=Row.Outcome.REFUSED).order_by("line")
    return list(_bad(rows.values_list("line", "faults").iterator(), table, batch.columns))


def _bad(
    rows: Iterable[tuple[int, list[Mapping[str, Any]]]], table: Table | None, at: Mapping[str, str]
) -> Iterator[Bad]:
    titles = titles_of(table)
    for line, faults in rows:
        for one in faults:
            column = one.get("column", "")
            where = at.get(column, "")
            yield Bad(line, titles.get(column, column), f"{where}{line}" if where else "", one)


def as_written(batch: Batch, cells: Iterable[Bad]) -> list[tuple[Bad, str]]:
    """These faults with what stands in each cell, also where the fault does not repeat it."""
    some = list(cells)
    rows = dict(Row.objects.filter(batch=batch, line__in={one.line for one in some}).values_list("line", "raw"))
    return [(one, one.fault.found or rows.get(one.line, {}).get(one.fault.column, "")) for one in some]


def titles_of(table: Table | None) -> dict[str, str]:
    """Column name → its head in the reader's language."""
    return {column.name: text(column.title) for column in table.columns} if table else {}


def groups(faults: Sequence[Bad]) -> list[Group]:
    """The kinds of fault, the most frequent first."""
    found: dict[str, list[Bad]] = {}
    for one in faults:
        found.setdefault(one.key, []).append(one)
    rows = [Group(key, some[0].title, text(some[0].fault.message), len(some)) for key, some in found.items()]
    return sorted(rows, key=lambda group: (-group.n, group.key))
