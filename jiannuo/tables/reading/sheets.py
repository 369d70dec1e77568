"""One sheet, opened: its heads, and the rows under them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ..faults import Fault
from ..rows import Cell, Rows
from .heads import Head, letters

# Line and cells of each row under the head, in order.
Source = Callable[[], Iterator[tuple[int, Sequence[Cell]]]]


@dataclass
class Reading:
    """A file that can be read.

    sheet    name of the sheet; "" for text
    format   "xlsx", "xls" or "csv"
    columns  names of the table's columns that the file has
    letters  name of the column → its letter in the sheet
    notes    to be known: unknown heads, other and hidden sheets, formulas
    """

    sheet: str
    format: str
    head: Head
    source: Source
    notes: list[Fault] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        return list(self.head.places)

    @property
    def letters(self) -> dict[str, str]:
        return {name: letters(place) for name, place in self.head.places.items()}

    def rows(self, size: int = 500, skip: int = 0) -> Iterator[Rows]:
        """The data rows, at most `size` at a time; blank rows are left out and not counted.

        skip  data rows already read: they are passed over
        """
        filled = (
            (line, row)
            for line, row in self.source()
            if any(cell not in ("", None) and str(cell).strip() for cell in row)
        )
        left = islice(filled, skip, None)
        while some := list(islice(left, size)):
            yield Rows(
                lines=[line for line, _row in some],
                cells={
                    name: [row[place] if place < len(row) else None for _line, row in some]
                    for name, place in self.head.places.items()
                },
            )
