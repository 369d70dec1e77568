"""XLSX of values, and of bad rows in the template's shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from ..describing import Column, Table
from ..faults import Fault
from ..layout import FAULTS_HEAD
from ..values import empty, parser
from .comments import told
from .look import BROKEN, BROKEN_TINT, INK_3, Look, sheet_name, width
from .pages import Form, opened, put, titles_of


def workbook(table: Table, rows: Iterable[Mapping[str, Any]], out: Path | BinaryIO) -> None:
    """All rows as one sheet, in constant memory: heads, then rows. Days and amounts are such, text is text."""
    book = opened(out, {"constant_memory": True})
    look = Look(book)
    sheet = book.add_worksheet(sheet_name(table))
    columns = [(place, column, look.cell(column), titles_of(column)) for place, column in enumerate(table.columns)]
    head = look.head()
    sheet.set_row(0, 34)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, width(column))
        sheet.write_string(0, place, f"{column.title.zh}\n{column.title.en}", head)
    sheet.freeze_panes(1, 1)
    line = 0
    for line, row in enumerate(rows, 1):
        for place, column, form, titles in columns:
            put(sheet, line, place, column, row.get(column.name), form, titles)
    sheet.autofilter(0, 0, max(line, 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()


def bad_rows(table: Table, rows: Iterable[tuple[Mapping[str, str], Sequence[Fault]]], out: Path | BinaryIO) -> None:
    """Rows (as kept by Rows.raw) in the template's shape, bad cells filled and commented: to mend and hand in again.

    What was read well is written as its kind, what was not as the text that stood there.
    """
    form = Form(table, out, example=False)
    places = {column.name: place for place, column in enumerate(table.columns)}
    last = len(table.columns)
    form.sheet.set_column(last, last, 60)
    form.sheet.write_string(form.head, last, FAULTS_HEAD, form.look.head())
    for line, (raw, faults) in enumerate(rows, form.head + 1):
        wrong = {fault.column for fault in faults}
        for column in table.columns:
            more = {"bg_color": BROKEN_TINT, "border": 1, "border_color": BROKEN} if column.name in wrong else {}
            value = _meant(column, raw.get(column.name, ""))
            put(form.sheet, line, places[column.name], column, value, form.look.cell(column, **more), titles_of(column))
        for name in dict.fromkeys(fault.column for fault in faults):
            words = told([fault for fault in faults if fault.column == name])
            form.comment(line, places.get(name, 0), words)
        summary = "；".join(_summed(table, fault) for fault in faults)
        form.sheet.write_string(line, last, summary[:2000], form.look(font_color=INK_3, text_wrap=True))
    form.close()


def _meant(column: Column, raw: str) -> Any:
    """The value of a text that is right, else the text."""
    if empty(raw):
        return None
    value = parser(column)(raw, column)
    return raw if isinstance(value, Fault) else value


def _summed(table: Table, fault: Fault) -> str:
    column = table.by_name.get(fault.column)
    return f"{column.title.zh}：{fault.message.zh}" if column else fault.message.zh
