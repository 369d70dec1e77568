"""The terms in which a table is described. Every text is in both languages, for a template shows both at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from jiannuo.rules.schema import Text

from .faults import Fault

# Code → its title. A function, for codes of the rulebook are read when they are needed.
Codes = Callable[[], Mapping[str, Text]]
# Names as people wrote them → what each names, or why it names nothing. Asked once for all distinct values of a column.
Lookup = Callable[[Sequence[str]], Mapping[str, "Any | Fault"]]


def both(zh: str, en: str) -> Text:
    """One text in both languages."""
    return Text(zh=zh, en=en)


class Kind(StrEnum):
    """What a cell may hold, and what it becomes: str, date, Decimal, int, bool; NAME becomes what its lookup finds."""

    TEXT = "text"
    LONG = "long"  # text of several lines
    DAY = "day"
    AMOUNT = "amount"  # yuan, to the cent
    WHOLE = "whole"
    YES_NO = "yes_no"
    CODE = "code"  # one of `codes`; its key, or its title in either language
    USCC = "uscc"  # unified social credit code, GB 32100
    DIGITS = "digits"  # a code of digits that a spreadsheet must not take for a number
    NAME = "name"  # names a thing that is registered: see `names`


@dataclass(frozen=True)
class Column:
    """One column.

    name       of the column in the API and in open data
    title      head of the column in a sheet
    about      what belongs into it: explanation in the template, description in the dictionary
    example    as a person would type it
    most       the longest text, in characters
    codes      the code list of a CODE
    names      what a NAME names, and so which lookup finds it: "body", "division", "post", …
    strict     a code of the wrong check character is refused (else: a person may confirm it)
    """

    name: str
    title: Text
    kind: Kind
    about: Text
    example: str = ""
    required: bool = False
    most: int | None = None
    codes: Codes | None = None
    names: str = ""
    strict: bool = True


@dataclass(frozen=True)
class Table:
    """One data set as a person sees it: its columns, and which of them tell two rows apart (the natural key)."""

    name: str
    title: Text
    about: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names) or not set(self.key) <= set(names):
            raise ValueError(f"{self.name}: column names are unique, and the key names some of them")

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}
