"""CSV that every spreadsheet opens right: UTF-8 with BOM, CRLF, every cell in quotation marks, no formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from types import NoneType
from typing import Any

from ..describing import Column, Table
from .pages import Titles, titles_of
from .saying import risky, shielded

_AT_ONCE = 200  # rows a piece
# What the writer writes as a person types it: days and whole numbers; texts, unless they need a shield.
_PLAIN, _TEXTS = {date, int, NoneType}, {str, NoneType}


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
        writer.writerows(
            zip(
                *[_texts(column, [row.get(name) for row in some], titles) for column, name, titles in columns],
                strict=True,
            )
        )
        yield "".join(lines).encode("utf-8", "replace")
        lines.clear()


def _texts(column: Column, values: Sequence[Any], titles: Titles) -> Sequence[Any]:
    """One column of a piece, whole where the writer's own text of each value is right, cell by cell where not."""
    if titles:
        return [_said(column, value, titles) for value in values]
    kinds = set(map(type, values))
    if kinds <= _PLAIN or (kinds <= _TEXTS and not risky([value or "" for value in values])):
        return values
    return [shielded(column, value) for value in values]


def _said(column: Column, value: Any, titles: Titles) -> str:
    return titles[value].zh if titles and value in titles else shielded(column, value)
