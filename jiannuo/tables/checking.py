"""Rows → values and faults, a column at a time.

Columns are taken whole: what holds for all cells is asked of all at once, and only a piece in which something is odd
is gone through cell by cell. Both ways give the same (a test holds them against each other).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any

from rapidfuzz import process

from .columns import Parsed, parsed
from .describing import Column, Kind, Lookup, Table, both
from .faults import Fault
from .rows import Rows, said

REQUIRED = Fault("tables.required", both("必填，这里是空的", "Required, and empty"))


@dataclass
class Checked:
    """What came of some rows.

    good    (index into the rows, values: every column of the table, None where nothing stands), in order
    faults  index → what is wrong with that row; every row is in one of the two
    """

    good: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    faults: dict[int, list[Fault]] = field(default_factory=dict)


def check(
    table: Table,
    rows: Rows,
    lookups: Mapping[str, Lookup],
    seen: MutableMapping[Hashable, int] | None = None,
) -> Checked:
    """Check every cell, and that no two rows have the same natural key.

    lookups  what a NAME names → how it is found
    seen     natural keys met so far → their line; hand in the same one for all rows of a file
    """
    faults: dict[int, list[Fault]] = {index: list(some) for index, some in rows.faults.items()}
    columns = {column.name: _column(column, rows, lookups) for column in table.columns}
    torn = {index for index, some in faults.items() if any(not one.column for one in some)}
    for name, (_values, bad) in columns.items():
        for index, fault in bad.items():
            if index in torn:  # where the whole row is out of step its cells say nothing
                continue
            told = faults.setdefault(index, [])
            if not any(one.column == name for one in told):  # what reading found wrong with a cell comes first
                told.append(replace(fault, column=name))
    _strangers(table, rows, faults)
    found = {name: values for name, (values, _bad) in columns.items()}
    _repeated(table, rows, found, faults, {} if seen is None else seen)
    names = list(found)
    built = map(dict, map(zip, repeat(names), zip(*found.values(), strict=True)))
    good = (
        [(index, row) for index, row in enumerate(built) if index not in faults] if faults else list(enumerate(built))
    )
    return Checked(good, dict(sorted(faults.items())))


def _column(column: Column, rows: Rows, lookups: Mapping[str, Lookup]) -> Parsed:
    """The values of one column, and where it is at fault."""
    cells = rows.cells.get(column.name)
    if cells is None:
        count = len(rows)
        return [None] * count, dict.fromkeys(range(count), REQUIRED) if column.required else {}
    values, bad = parsed(column, cells)
    if column.kind is Kind.NAME and (lookup := lookups.get(column.names)):
        asked = list(dict.fromkeys(value for value in values if value is not None))
        answers = lookup(asked) if asked else {}
        unknown = Fault("tables.not_found", both("没有登记过", "Not registered"))
        for index, value in enumerate(values):
            if value is not None:
                values[index] = answer = answers.get(value, unknown)
                if isinstance(answer, Fault):
                    values[index], bad[index] = None, answer if answer.found else replace(answer, found=value)
    if column.required and None in values:
        bad |= {index: REQUIRED for index, value in enumerate(values) if value is None and index not in bad}
    return values, bad


def _strangers(table: Table, rows: Rows, faults: dict[int, list[Fault]]) -> None:
    """Columns that the table does not have: an API row that brings one means something that would be lost."""
    for name in rows.cells.keys() - table.by_name.keys():
        near = process.extractOne(name, list(table.by_name), score_cutoff=60)
        fault = Fault(
            "tables.no_such_column",
            both("没有这一列", "There is no such column"),
            column=name,
            allowed=both("、".join(table.by_name), ", ".join(table.by_name)),
            hint=both(f"是不是 {near[0]}？", f"is it {near[0]}?") if near else None,
        )
        for index, cell in enumerate(rows.cells[name]):
            if cell is not None:
                faults.setdefault(index, []).append(replace(fault, found=said(cell)[:200]))


def _repeated(
    table: Table,
    rows: Rows,
    found: Mapping[str, Sequence[Any]],
    faults: dict[int, list[Fault]],
    seen: MutableMapping[Hashable, int],
) -> None:
    """Two rows of the same natural key: the second is at fault and names the line of the first."""
    parts = [found[name] for name in table.key]
    if not parts:
        return
    keys: list[Any] = list(parts[0]) if len(parts) == 1 else list(zip(*parts, strict=True))
    wrong = {index for index, some in faults.items() if any(one.column in ("", *table.key) for one in some)}
    if not wrong and list(map(seen.setdefault, keys, rows.lines)) == rows.lines and None not in keys:
        return
    for index, (key, line) in enumerate(zip(keys, rows.lines, strict=True)):
        if index in wrong or key is None or (first := seen.setdefault(key, line)) == line:
            continue
        titles = [table.by_name[name].title for name in table.key]
        words = both("、".join(one.zh for one in titles), ", ".join(one.en for one in titles))
        told = " · ".join(said(rows.cells[name][index]) for name in table.key if name in rows.cells)
        faults.setdefault(index, []).append(
            Fault(
                "tables.repeated",
                both(f"与第 {first} 行重复：{words.zh}相同", f"Repeats line {first}: the same {words.en}"),
                column=table.key[0],
                found=told[:200],
                allowed=both("每行不同", "another one in each row"),
                hint=both("删去其中一行，或改正其中一行", "delete one of the two, or correct one"),
            )
        )
