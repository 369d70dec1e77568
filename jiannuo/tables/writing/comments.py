"""The workbook that was handed in, with comments on its bad cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from ..describing import Table
from ..faults import Fault
from ..reading import read

MOST_ROWS = 20_000  # above, a workbook of the bad rows is handier than the whole


def commented(
    original: Path,
    table: Table,
    faults: Mapping[int, Sequence[Fault]],
    out: Path | BinaryIO,
    *,
    file_name: str = "",
    sheet: str = "",
) -> None:
    """The .xlsx itself comes back, each bad cell filled and commented. faults: line → its faults."""
    import openpyxl
    from openpyxl.comments import Comment

    reading = read(original, table, file_name=file_name or original.name, sheet=sheet)
    book = openpyxl.load_workbook(original)
    page = book[reading.sheet]
    for line, some in faults.items():
        for fault in some:
            page[f"{reading.letters.get(fault.column, 'A')}{line}"].comment = Comment(
                f"{fault.message.zh}\n{fault.message.en}", "践诺 Jiannuo"
            )
    book.save(out)
