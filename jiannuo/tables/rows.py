"""Rows as they were handed in, column by column, with the line that each stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from .faults import Fault, storable

# What a spreadsheet, a CSV file or JSON may hold in one place.
Cell: TypeAlias = "str | int | float | bool | date | datetime | time | timedelta | Decimal | None"


def said(cell: object) -> str:
    """A cell as its spreadsheet shows it, near enough to find it again: what is kept beside the row."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        bare = cell.hour == cell.minute == cell.second == cell.microsecond == 0
        return cell.date().isoformat() if bare else cell.isoformat(" ")
    return str(cell)


@dataclass(frozen=True)
class Rows:
    """Some rows of one file or call.

    lines   of each row its line, as the spreadsheet numbers it, from 1
    cells   name of the column → its cells, one for each row; a column that the file lacks is missing here
    faults  index of a row → what reading it found wrong: a formula without a value, a merged cell, surplus cells
    """

    lines: list[int]
    cells: dict[str, list[Cell]]
    faults: Mapping[int, Sequence[Fault]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]], first_line: int = 1) -> Rows:
        """Rows as an API brings them: name of the column → value. Unknown names stay, for `check` to name them."""
        names = list(dict.fromkeys(name for row in rows for name in row))
        return cls(
            lines=list(range(first_line, first_line + len(rows))),
            cells={name: [row.get(name) for row in rows] for name in names},
        )

    def raw(self, index: int) -> dict[str, str]:
        """Name of the column → what stands in the cell, as text; empty cells left out."""
        found = {name: storable(said(cells[index])) for name, cells in self.cells.items()}
        return {name: text for name, text in found.items() if text}
