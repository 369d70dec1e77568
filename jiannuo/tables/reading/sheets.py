"""One sheet, opened: its heads, and the rows under them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter

from ..describing import both
from ..faults import Fault
from ..rows import Cell, Rows, said
from .cells import letters
from .heads import Head
from .plain import Grid

# Cells of each line under the head, blank lines too, in order. A line that could not be taken apart is a Spoilt.
Source = Callable[[], Iterator[Sequence[Cell]]]


class Spoilt(tuple[Cell, ...]):
    """The cells of a line that could not be read as it should, as far as they go, and why."""

    fault: Fault

    @classmethod
    def of(cls, cells: Sequence[Cell], fault: Fault) -> Spoilt:
        made = cls(cells)
        made.fault = fault
        return made


def blank(row: Sequence[Cell]) -> bool:
    """Nothing but white space in any cell."""
    return not any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in row)


def _all_text(cells: Sequence[Cell]) -> bool:
    """Text that is no white space stands in all of these: then none of their rows is blank."""
    return set(map(type, cells)) == {str} and all(map(str.strip, cells))  # type: ignore[arg-type]


@dataclass
class Reading:
    """A file that can be read.

    sheet    name of the sheet; "" for text
    format   "xlsx", "xls" or "csv"
    columns  names of the table's columns that the file has
    letters  name of the column → its letter in the sheet: with the line, the address of a cell
    notes    to be known: unknown heads, other and hidden sheets, formulas, the template's example
    """

    sheet: str
    format: str
    head: Head
    source: Source
    notes: list[Fault] = field(default_factory=list)
    faults: Mapping[int, Sequence[Fault]] = field(default_factory=dict)  # line → what is wrong with its cells
    passed: frozenset[int] = frozenset()  # lines that hold no data: the template's example
    grid: Grid | None = None  # the rows, where they are held already, column by column
    width: int = 0  # cells that a line may have, where more means that it went out of step; 0: any

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
        if self.grid:
            yield from self._held(self.grid, size, skip)
            return
        source = self.source()
        line = self.head.first + 1
        while taken := list(islice(source, size)):
            lines = list(range(line, line + len(taken)))
            line += len(taken)
            lines, taken = self._filled(lines, taken)
            if skip:
                gone = min(skip, len(taken))
                lines, taken, skip = lines[gone:], taken[gone:], skip - gone
            if taken:
                yield self._built(lines, taken)

    def _held(self, grid: Grid, size: int, skip: int) -> Iterator[Rows]:
        """The same of rows that are held: columns are cut, not built."""
        lead = min(self.head.places.values())
        for start in range(grid.after(self.head.first), len(grid.lines), size):
            piece = slice(start, start + size)
            lines = grid.lines[piece]
            columns = [column[piece] for column in grid.columns]
            if not self.passed.isdisjoint(lines) or not _all_text(columns[lead]):
                rows = enumerate(zip(*columns, strict=True))
                kept = [at for at, row in rows if lines[at] not in self.passed and not blank(row)]
                lines, columns = [lines[at] for at in kept], [[column[at] for at in kept] for column in columns]
            gone = min(skip, len(lines))
            skip -= gone
            if gone < len(lines):
                lines = lines[gone:]
                cells = {name: columns[place][gone:] for name, place in self.head.places.items()}
                yield Rows(lines, cells, self._told(lines))

    def _told(self, lines: list[int]) -> dict[int, list[Fault]]:
        return (
            {at: list(self.faults[line]) for at, line in enumerate(lines) if line in self.faults} if self.faults else {}
        )

    def _filled(self, lines: list[int], taken: list[Sequence[Cell]]) -> tuple[list[int], list[Sequence[Cell]]]:
        """Without blank rows, and without the template's example."""
        if self.passed and not self.passed.isdisjoint(lines):
            kept = [at for at, line in enumerate(lines) if line not in self.passed]
            lines, taken = [lines[at] for at in kept], [taken[at] for at in kept]
        lead = min(self.head.places.values())
        if min(map(len, taken), default=0) > lead and _all_text(list(map(itemgetter(lead), taken))):
            return lines, taken
        kept = [at for at, row in enumerate(taken) if not blank(row) or isinstance(row, Spoilt)]
        return [lines[at] for at in kept], [taken[at] for at in kept]

    def _built(self, lines: list[int], taken: list[Sequence[Cell]]) -> Rows:
        places = self.head.places
        width = max(places.values()) + 1
        short = min(map(len, taken))
        if short < width:
            taken = [row if len(row) >= width else _padded(row, width) for row in taken]
            short = width
        whole = list(zip(*taken, strict=False))
        faults = self._told(lines)
        if Spoilt in set(map(type, taken)):
            for at, row in enumerate(taken):
                if isinstance(row, Spoilt):
                    faults.setdefault(at, []).append(row.fault)
        if self.width and max(map(len, taken)) > self.width:
            for at, row in enumerate(taken):
                if not blank(row[self.width :]):
                    faults.setdefault(at, []).append(_surplus(row, self.width))
        return Rows(lines, {name: list(whole[place]) for name, place in places.items()}, faults)


def _padded(row: Sequence[Cell], width: int) -> Sequence[Cell]:
    more = [*row, *([None] * (width - len(row)))]
    return Spoilt.of(more, row.fault) if isinstance(row, Spoilt) else more


def _surplus(row: Sequence[Cell], width: int) -> Fault:
    return Fault(
        "tables.surplus_cells",
        both(f"这一行有 {len(row)} 格，表头只有 {width} 格", f"This line has {len(row)} cells, the head has {width}"),
        found="、".join(map(said, row[width:]))[:200],
        allowed=both(f"{width} 格", f"{width} cells"),
        hint=both("格内有分隔符时，整格要加引号", "a cell that holds the delimiter must stand in quotation marks"),
    )
