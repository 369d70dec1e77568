"""CSV that every spreadsheet opens right: UTF-8 with BOM, CRLF, every cell in quotation marks, no formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ..describing import Column, Table
from .pages import Titles, titles_of
from .saying import shielded

_AT_ONCE = 200  # rows a piece


class _Lines(list[str]):
    """What the CSV writer writes into."""

    write = list.append


def csv_lines(table: Table, rows: Iterable[Mapping[str, Any]], *, names: bool = False) -> Iterator[bytes]:
    """The file, a piece of some rows at a time, in constant memory.

    names  for machines: heads are the columns' names, codes their keys; else both are Chinese titles
    """
    lines = _Lines()
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL)
    writer.writerow(column.name if names else column.title.zh for column in table.columns)
    yield b"\xef\xbb\xbf" + lines.pop().encode()
    columns = [(column, column.name, {} if names else titles_of(column)) for column in table.columns]
    source = iter(rows)
    while some := list(islice(source, _AT_ONCE)):
        writer.writerows([[_said(column, row.get(name), titles) for column, name, titles in columns] for row in some])
        yield "".join(lines).encode("utf-8", "replace")
        lines.clear()


def _said(column: Column, value: Any, titles: Titles) -> str:
    return titles[value].zh if titles and value in titles else shielded(column, value)
