"""Workbooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook

from ..describing import Table, both
from ..faults import Fault
from ..rows import Cell
from . import heads
from .files import BadFile
from .sheets import Reading


def read(path: Path, table: Table, sheet: str) -> Reading:
    book = CalamineWorkbook.from_path(path)
    best: tuple[CalamineSheet, heads.Head] | None = None
    for name in [sheet] if sheet else book.sheet_names:
        one = book.get_sheet_by_name(name)
        shift = (one.start or (0, 0))[1]
        head = heads.find(table, [[*([None] * shift), *row] for row in islice(one.iter_rows(), heads.DEPTH)])
        if head.places and (best is None or len(head.places) > len(best[1].places)):
            best = one, head
    if best is None:
        raise BadFile(Fault("tables.no_head", both("找不到表头", "No heads were found")))
    chosen, head = best
    shift = (chosen.start or (0, 0))[1]

    def source() -> Iterator[tuple[int, Sequence[Cell]]]:
        pad: list[Cell] = [None] * shift
        return ((line, [*pad, *row]) for line, row in islice(enumerate(chosen.iter_rows(), 1), head.first, None))

    return Reading(chosen.name, "xlsx", head, source)
