"""XLSX of values, and of bad rows in the template's shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from ..describing import Table
from ..faults import Fault
from .saying import text


def workbook(table: Table, rows: Iterable[Mapping[str, Any]], out: Path | BinaryIO) -> None:
    """All rows as one sheet."""
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet(table.title.zh[:31])
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, f"{column.title.zh}\n{column.title.en}")
    for line, row in enumerate(rows, 1):
        for place, column in enumerate(table.columns):
            sheet.write_string(line, place, text(column, row.get(column.name)))
    book.close()


def bad_rows(table: Table, rows: Iterable[tuple[Mapping[str, str], Sequence[Fault]]], out: Path | BinaryIO) -> None:
    """Rows (as kept by Rows.raw) with their faults as comments; handing it in again completes the batch."""
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet(table.title.zh[:31])
    places = {column.name: place for place, column in enumerate(table.columns)}
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, f"{column.title.zh}\n{column.title.en}")
    for line, (raw, faults) in enumerate(rows, 1):
        for name, place in places.items():
            sheet.write_string(line, place, raw.get(name, ""))
        for fault in faults:
            sheet.write_comment(line, places.get(fault.column, 0), f"{fault.message.zh}\n{fault.message.en}")
    book.close()
