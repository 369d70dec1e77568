"""CSV that every spreadsheet opens right: UTF-8 with BOM, CRLF, every cell in quotation marks, no formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from types import NoneType
from typing import Any

from ..describing import Column, Table
from .pages import Titles, titles_of
from .saying import SAFE, risky, shielded

_AT_ONCE = 200  # rows a piece
# What is as text as a person types it: days and whole numbers; texts, unless they need a shield.
_PLAIN, _TEXTS = {date, int, NoneType}, {str, NoneType}


def csv_lines(table: Table, rows: Iterable[Mapping[str, Any]], *, names: bool = False) -> Iterator[bytes]:
    """The file, a piece of some rows at a time, in constant memory.

    names  for machines: heads are the columns' names, codes their keys; else both are Chinese titles
    """
    heads = [[column.name if names else column.title.zh] for column in table.columns]
    yield b"\xef\xbb\xbf" + _lines(heads).encode()
    columns = [(column, column.name, {} if names else titles_of(column)) for column in table.columns]
    source = iter(rows)
    while some := list(islice(source, _AT_ONCE)):
        said = [_texts(column, [row.get(name) for row in some], titles) for column, name, titles in columns]
        yield _lines(said).encode("utf-8", "replace")


def _lines(columns: Sequence[Sequence[str]]) -> str:
    """Lines of these columns. Joined in one go, three times as fast as a writer, if no mark is within a text."""
    joined = '"\r\n"'.join(map('","'.join, zip(*columns, strict=True)))
    if joined.count('"') + 2 == 2 * len(columns) * len(columns[0]):
        return f'"{joined}"\r\n'
    doubled = [[text.replace('"', '""') for text in column] for column in columns]
    joined = '"\r\n"'.join(map('","'.join, zip(*doubled, strict=True)))
    return f'"{joined}"\r\n'


def _texts(column: Column, values: Sequence[Any], titles: Titles) -> Sequence[str]:
    """One column of a piece as text, whole where nothing needs a shield, cell by cell where something may."""
    kinds = set(map(type, values))
    if titles:
        return [titles[value].zh if value in titles else shielded(column, value) for value in values]
    if kinds <= _TEXTS:
        texts = [value or "" for value in values] if NoneType in kinds else values
        return [shielded(column, text) for text in texts] if column.kind not in SAFE and risky(texts) else texts
    if kinds <= _PLAIN:
        return ["" if value is None else str(value) for value in values]
    return [shielded(column, value) for value in values]
