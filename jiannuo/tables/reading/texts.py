"""CSV and its kin."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from ..describing import Table, both
from ..faults import Fault
from ..rows import Cell
from . import heads
from .files import BadFile
from .sheets import Reading


def read(path: Path, table: Table) -> Reading:
    def records() -> Iterator[list[str]]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.reader(file)

    head = heads.find(table, list(islice(records(), heads.DEPTH)))
    if not head.places:
        raise BadFile(Fault("tables.no_head", both("找不到表头", "No heads were found")))

    def source() -> Iterator[Sequence[Cell]]:
        return islice(records(), head.first, None)

    return Reading("", "csv", head, source)
