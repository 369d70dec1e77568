"""One column of cells → its values: whole where all is plain, cell by cell where not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import compress
from operator import not_
from typing import Any, TypeAlias

from .describing import Column, Kind
from .faults import Fault
from .rows import Cell
from .values import empty, numbers, parser, words

# Values (None where nothing stands or where it is at fault), and index → fault.
Parsed: TypeAlias = "tuple[list[Any], dict[int, Fault]]"
_CENTS = re.compile(r"(?:(?:-?\d{1,13}\.\d\d)?\n)*", re.ASCII)
_CENT = numbers.CENT
_MOST_MEMOS = 512
_FEW = 16
MOST_KEPT = 50_000  # distinct texts whose values are remembered, per column
_PLAIN_AMOUNTS = re.compile(r"(?:(?:-?\d{1,13}(?:\.\d\d?)?)?\n)*", re.ASCII)


class Memo(dict[str, Any]):
    """Text → value, Fault or None; each distinct text is parsed once.

    bad   texts whose value is a Fault
    """

    def __init__(self, column: Column, parse: Callable[[Cell, Column], Any]) -> None:
        super().__init__()
        self.column, self.parse = column, parse
        self.bad: set[str] = set()

    def __missing__(self, text: str) -> Any:
        value = None if empty(text) else self.parse(text, self.column)
        if isinstance(value, Fault):
            self.bad.add(text)
        self[text] = value
        return value

    def trimmed(self) -> Memo:
        if len(self) > MOST_KEPT:
            self.clear()
            self.bad.clear()
        return self


_MEMOS: dict[int, tuple[Memo, object]] = {}  # by the column itself: to hash one takes longer than to check a cell


def _memo(column: Column) -> Memo:
    """What is remembered of a column; of one with codes only while its code list is the same."""
    codes = column.codes() if column.kind is Kind.CODE and column.codes else None
    listed = codes and [(key, title.zh, title.en) for key, title in codes.items()]
    memo, same = _MEMOS.get(id(column), (None, None))
    if memo is None or memo.column is not column or same != listed:
        if len(_MEMOS) > _MOST_MEMOS:
            _MEMOS.clear()
        memo = Memo(column, words.CodeList(codes) if codes is not None else parser(column))
        _MEMOS[id(column)] = memo, listed
    return memo.trimmed()


def one_by_one(column: Column, cells: Sequence[Cell]) -> Parsed:
    """The plain way: every cell by itself."""
    values: list[Any] = []
    bad: dict[int, Fault] = {}
    parse = parser(column)
    for index, cell in enumerate(cells):
        value = None if empty(cell) else parse(cell, column)
        if isinstance(value, Fault):
            bad[index], value = value, None
        values.append(value)
    return values, bad


def _halved(column: Column, cells: Sequence[Any], way: Callable[[Column, Sequence[Any]], Parsed]) -> Parsed:
    """Something is odd among these cells: find the few that it may be, and take the rest the quick way."""
    if len(cells) <= _FEW:
        return one_by_one(column, cells)
    middle = len(cells) // 2
    values, bad = way(column, cells[:middle])
    more, worse = way(column, cells[middle:])
    return values + more, bad | {middle + index: fault for index, fault in worse.items()}


def _by_memo(column: Column, cells: Sequence[str]) -> Parsed:
    memo = _memo(column)
    values = list(map(memo.__getitem__, cells))
    if memo.bad.isdisjoint(cells):
        return values, {}
    bad = {}
    for index, cell in enumerate(cells):
        if cell in memo.bad:
            bad[index], values[index] = values[index], None
    return values, bad


def _texts(column: Column, cells: Sequence[str]) -> Parsed:
    joined = "".join(cells)
    # Printable: no control or invisible character, no end of line, no space but the plain one.
    if not joined.isprintable() or "\ufffd" in joined:
        return _halved(column, cells, _texts)
    values: list[Any] = list(map(str.strip, cells)) if " " in joined else list(cells)
    if max(map(len, values), default=0) > words.most(column):
        return _halved(column, cells, _texts)
    return ([value or None for value in values] if "" in values else values), {}


def _amounts(column: Column, cells: Sequence[str]) -> Parsed:
    joined = "\n".join(cells) + "\n"
    if joined.count("\n") != len(cells) or not _PLAIN_AMOUNTS.fullmatch(joined):
        return _halved(column, cells, _amounts)
    if _CENTS.fullmatch(joined):
        return [Decimal(cell) if cell else None for cell in cells], {}
    return [Decimal(cell).quantize(_CENT) if cell else None for cell in cells], {}


def _numbers(column: Column, cells: Sequence[float]) -> Parsed:
    """Amounts that a spreadsheet holds as numbers: those that are a number of cents as near as a number can be."""
    texts = ("%.2f\n" * len(cells) % tuple(cells)).split()
    if list(map(float, texts)) != cells or max(map(abs, cells)) > 1e12:
        return _halved(column, cells, _numbers)
    return list(map(Decimal, texts)), {}


_OF_TEXT: Mapping[Kind, Callable[[Column, Sequence[str]], Parsed]] = {
    Kind.TEXT: _texts,
    Kind.LONG: _texts,
    Kind.NAME: _texts,
    Kind.AMOUNT: _amounts,
}


def parsed(column: Column, cells: Sequence[Cell]) -> Parsed:
    """The values of one column's cells, and which are at fault. Faults do not name the column yet."""
    types = list(map(type, cells))
    kinds = set(types)
    if kinds <= {str, type(None)}:
        texts = [cell or "" for cell in cells] if type(None) in kinds else cells
        return _OF_TEXT.get(column.kind, _by_memo)(column, texts)  # type: ignore[arg-type]
    if kinds == {date} and column.kind is Kind.DAY:
        return list(cells), {}
    if kinds == {float} and column.kind is Kind.AMOUNT:
        return _numbers(column, cells)  # type: ignore[arg-type]
    if str in kinds:  # texts for themselves, the others for themselves
        is_text = [one is str for one in types]
        texts = list(compress(cells, is_text))
        others = list(compress(cells, map(not_, is_text)))
        found, wrong = parsed(column, texts) if any(texts) else ([None] * len(texts), {})
        rest, ill = parsed(column, others)
        of_text, of_other = iter(found), iter(rest)
        values = [next(of_text) if one else next(of_other) for one in is_text]
        if not wrong and not ill:
            return values, {}
        places = [index for index, one in enumerate(is_text) if one]
        bad = {places[at]: fault for at, fault in wrong.items()}
        places = [index for index, one in enumerate(is_text) if not one]
        bad |= {places[at]: fault for at, fault in ill.items()}
        return values, dict(sorted(bad.items()))
    return one_by_one(column, cells)
