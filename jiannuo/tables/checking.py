"""Rows → values and faults, a column at a time."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from .describing import Column, Kind, Lookup, Table, both
from .faults import Fault
from .rows import Cell, Rows
from .values import empty, parser


@dataclass
class Checked:
    """What came of some rows.

    good    (index into the rows, values: every column of the table, None where nothing stands)
    faults  index → what is wrong with that row; a row is in one of the two
    """

    good: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    faults: dict[int, list[Fault]] = field(default_factory=dict)


def check(
    table: Table,
    rows: Rows,
    lookups: Mapping[str, Lookup],
    seen: MutableMapping[Hashable, int] | None = None,
) -> Checked:
    """Check every cell.

    lookups  what a NAME names → how it is found
    seen     natural keys met so far → their line; hand in the same one for all rows of a file
    """
    checked = Checked(faults={index: list(faults) for index, faults in rows.faults.items()})
    found: dict[str, list[Any]] = {}
    for column in table.columns:
        values, bad = _column(column, rows.cells.get(column.name), len(rows), lookups)
        for index, fault in bad.items():
            told = checked.faults.setdefault(index, [])
            if not any(one.column == column.name for one in told):
                told.append(replace(fault, column=column.name))
        found[column.name] = values
    names = list(found)
    for index, row in enumerate(zip(*found.values(), strict=True)):
        if index not in checked.faults:
            checked.good.append((index, dict(zip(names, row, strict=True))))
    return checked


def _column(
    column: Column, cells: list[Cell] | None, count: int, lookups: Mapping[str, Lookup]
) -> tuple[list[Any], dict[int, Fault]]:
    """The values of one column, and where it is at fault."""
    values: list[Any] = []
    bad: dict[int, Fault] = {}
    parse = parser(column)
    for index, cell in enumerate(cells if cells is not None else [None] * count):
        value = None if empty(cell) else parse(cell, column)
        if value is None and column.required:
            value = Fault("tables.required", both("必填，这里是空的", "Required, and empty"))
        if isinstance(value, Fault):
            bad[index] = value
            value = None
        values.append(value)
    if column.kind is Kind.NAME and column.names in lookups:
        asked = list(dict.fromkeys(value for value in values if value is not None))
        answers = lookups[column.names](asked) if asked else {}
        for index, value in enumerate(values):
            if value is not None:
                answer = answers.get(value)
                values[index] = answer
                if isinstance(answer, Fault):
                    bad[index], values[index] = answer, None
    return values, bad
