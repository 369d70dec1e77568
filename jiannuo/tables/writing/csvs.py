"""CSV that every spreadsheet opens right: UTF-8 with BOM, CRLF, heads in Chinese."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..describing import Table
from .saying import text


def csv_lines(table: Table, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The file, a piece at a time."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(column.title.zh for column in table.columns)
    yield b"\xef\xbb\xbf" + buffer.getvalue().encode()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(text(column, row.get(column.name)) for column in table.columns)
        yield buffer.getvalue().encode()
