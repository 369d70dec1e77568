"""From what stands in a cell to a value of the column's kind, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from ..describing import Column, Kind
from ..faults import Fault
from ..rows import Cell
from . import days, numbers, words

__all__ = ["empty", "parser"]


def empty(cell: Cell) -> bool:
    """Nothing is there: white space is nothing."""
    return cell is None or (isinstance(cell, str) and not words.clean(cell))


def _day(cell: Cell, column: Column) -> date | Fault:
    if isinstance(cell, date):
        return days.of_day(cell, cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return days.of_number(cell, cell)
    return days.of_text(words.folded(words.clean(str(cell))), cell)


def _amount(cell: Cell, column: Column) -> Any:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return numbers.amount_of_number(cell, cell)
    if isinstance(cell, (date, time, timedelta)):
        return numbers.looks_like_a_day(cell, numbers.AMOUNT)
    return numbers.amount(words.folded(words.clean(str(cell))), cell)


def _whole(cell: Cell, column: Column) -> Any:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return numbers.whole_of_number(cell, cell)
    if isinstance(cell, (date, time, timedelta)):
        return numbers.looks_like_a_day(cell, numbers.WHOLE)
    return numbers.whole(words.folded(words.clean(str(cell))), cell)


_PARSERS: dict[Kind, Callable[[Cell, Column], Any]] = {
    Kind.TEXT: words.text,
    Kind.LONG: words.text,
    Kind.NAME: words.text,
    Kind.DAY: _day,
    Kind.AMOUNT: _amount,
    Kind.WHOLE: _whole,
    Kind.YES_NO: words.yes_no,
    Kind.USCC: words.uscc,
    Kind.DIGITS: words.digits,
}


def parser(column: Column) -> Callable[[Cell, Column], Any]:
    """The function from a cell that is not empty to its value or a Fault (without its column's name).

    Of a NAME it gives the name, for the lookup. A list of codes is read now.
    """
    if column.kind is Kind.CODE:
        return words.CodeList(column.codes() if column.codes else {})
    return _PARSERS[column.kind]
