"""Files as a clerk makes them: the template of the house, filled in; and the worker's turn, taken at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from jiannuo.exchange import jobs
from jiannuo.exchange.models import Batch
from jiannuo.lifecycle.offered import data_sets
from jiannuo.tables import Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_of(name: str) -> Table:
    return data_sets()[name].table


def head_of(sheet: Any, table: Table) -> tuple[int, dict[str, int]]:
    """The row of the heads, and column name → its place in the sheet, from 1."""
    titles = {column.title.zh: column.name for column in table.columns}
    for row in sheet.iter_rows(min_row=1, max_row=10):
        found = {
            titles[title.strip(" *")]: cell.column
            for cell in row
            for title in str(cell.value or "").splitlines()
            if title.strip(" *") in titles
        }
        if len(found) > 1:
            return row[0].row, found
    raise AssertionError("no heads")


def filled(template: bytes, name: str, rows: Sequence[Mapping[str, str]]) -> bytes:
    """The downloaded template with these rows under its heads, typed as text, as a careful clerk does."""
    book = openpyxl.load_workbook(BytesIO(template))
    sheet = book.worksheets[0]
    line, places = head_of(sheet, table_of(name))
    for n, row in enumerate(rows, 1):
        for column, place in places.items():
            cell = sheet.cell(line + n, place)
            cell.value, cell.number_format = row.get(column) or None, "@"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def upload(content: bytes, file_name: str = "记录_11月.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(file_name, content, XLSX)


def work() -> None:
    """What the worker does with all that waits."""
    while jobs.work(timezone.now()):
        pass


def newest() -> Batch:
    return Batch.objects.order_by("-id")[0]
