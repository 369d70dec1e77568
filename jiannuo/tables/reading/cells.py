"""What a worksheet's XML holds, seen as it streams by: extent, formulas without a value, errors.

The reader builds a sheet as a rectangle in memory, so one cell at XFD1048576 would fill the machine. Programs write
`<c r="B7" …>`, and that is looked for as text: a piece in which every cell lies within the columns and the number of
digits seen so far is passed in one search. Where a sheet is written otherwise (no address, other quotes, a prefix) the
same is counted by a parser, which is slow but sees what the reader will see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

MOST_TOLD = 10_000  # broken cells that are remembered by address
MOST_CELL = 8 * 2**20  # bytes of XML of one cell
_ADDRESS = re.compile(r"([A-Za-z]{1,3})(\d{1,10})")
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
_ODD = re.compile(rb'<c(?! r="[A-Z]{1,3}\d{1,7}")[\s/>]')  # a cell written otherwise
_PREFIXED = re.compile(rb"<[^\s<>/!?:]+:c[\s/>]")
_FORMULA = re.compile(rb"<f[\s/>]")
_HOLLOW = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
_ERROR = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"[^>]*\bt="e"[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL)


def letters(place: int) -> str:
    """Column of a spreadsheet, from 0: A … Z, AA …"""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def place_of(name: str) -> int:
    """Column of a spreadsheet from its letters, from 0."""
    place = 0
    for letter in name.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1


@dataclass
class Extent:
    """What was seen in one sheet.

    rows      lines with at least one filled cell
    cells     filled cells
    last      greatest line with a filled cell, from 1
    width     columns up to the rightmost filled cell
    formulas  whether there are formulas
    hollow    addresses of formulas that no value was kept of
    errors    address → #REF! and the like
    """

    rows: int = 0
    cells: int = 0
    last: int = 0
    width: int = 0
    formulas: bool = False
    hollow: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


class Looking:
    """Looks at a sheet's XML as text, fed piece by piece.

    exact  every cell is looked at; else `last` may be too great, by less than ten times, never too small
    odd    it is written otherwise than programs write it: ask Parsing
    """

    def __init__(self, exact: bool = False) -> None:
        self.exact = exact
        self.odd = False
        self._extent = Extent()
        self._rest = b""
        self._filled = False  # whether the row that the last piece ended in has a filled cell
        self._outside = _outside(0, 0)

    def feed(self, piece: bytes) -> None:
        text = self._rest + piece
        cut = text.rfind(b"<c ")  # a cell is looked at whole
        if cut < 0:
            cut = max(0, len(text) - 64)
        self._rest = text[cut:]
        if len(self._rest) > MOST_CELL:
            self.odd, self._rest = True, b""
        self._see(text, cut)

    def done(self) -> Extent:
        self._see(self._rest, len(self._rest))
        self._extent.rows += self._filled
        if not self.exact:
            self._extent.last = 10 ** len(str(self._extent.last)) - 1
        return self._extent

    def _see(self, text: bytes, end: int) -> None:
        extent = self._extent
        if text.find(b"<v", 0, end) >= 0 or text.find(b"<is", 0, end) >= 0:
            extent.cells += text.count(b"<c ", 0, end)
            self._rows(text[:end])
            if self.exact or self._outside.search(text, 0, end):
                self._measure(text, end)
            if text.find(b":c", 0, end) >= 0 and _PREFIXED.search(text, 0, end):
                self.odd = True
        if text.find(b"<f", 0, end) >= 0 and _FORMULA.search(text, 0, end):
            extent.formulas = True
            if len(extent.hollow) < MOST_TOLD:
                extent.hollow += [address.decode() for address in _HOLLOW.findall(text, 0, end)]
        if text.find(b't="e"', 0, end) >= 0 and len(extent.errors) < MOST_TOLD:
            extent.errors |= {at.decode(): told.decode("utf-8", "replace") for at, told in _ERROR.findall(text, 0, end)}

    def _rows(self, text: bytes) -> None:
        """Count the rows that have a filled cell."""
        first, *rows = text.split(b"<row")
        self._filled = self._filled or _has_value(first)
        if rows:
            self._extent.rows += self._filled + sum(map(_has_value, rows[:-1]))
            self._filled = _has_value(rows[-1])

    def _measure(self, text: bytes, end: int) -> None:
        """Extend the extent by these cells, and what is searched for from now on."""
        if _ODD.search(text, 0, end):
            self.odd = True
        found = set(_CELL.findall(text, 0, end))
        extent = self._extent
        extent.last = max([extent.last, *(int(row) for _column, row in found)])
        extent.width = max([extent.width, *(place_of(column.decode()) + 1 for column in {one for one, _row in found})])
        self._outside = _outside(extent.width, len(str(extent.last)))


def _has_value(row: bytes) -> bool:
    return b"<v" in row or b"<is" in row


def _outside(width: int, digits: int) -> re.Pattern[bytes]:
    """Finds a cell that lies beyond these columns or whose line has more digits; beyond 26 columns any cell."""
    inside = rf' r="[A-{letters(width - 1)}]\d{{1,{digits}}}"' if 0 < width <= 26 else "$^"
    return re.compile(rf"<c(?!{inside})[\s/>]".encode())


class Parsing:
    """The same by a parser."""

    def __init__(self) -> None:
        self._extent = Extent()
        self._row, self._column = 0, 0  # from 0, counted on where a row or cell gives no address
        self._rows: set[int] = set()
        self._at = (0, 0)
        self._told = ""
        self._has = {"v": False, "f": False}
        self._error = False
        self._in_value = False
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._parser = parser

    def feed(self, piece: bytes) -> None:
        self._parser.Parse(piece)

    def done(self) -> Extent:
        self._parser.Parse(b"", True)
        self._extent.rows = len(self._rows)
        return self._extent

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            self._row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self._row
            self._column = 0
        elif name == "c":
            address = _ADDRESS.fullmatch(attributes.get("r", ""))
            self._at = (int(address[2]) - 1, place_of(address[1])) if address else (self._row, self._column)
            self._column = self._at[1] + 1
            self._has = {"v": False, "f": False}
            self._error = attributes.get("t") == "e"
            self._told = ""
        elif name == "f":
            self._extent.formulas = self._has["f"] = True
        elif name in ("v", "is"):
            self._has["v"] = self._in_value = True

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            self._row += 1
        elif name in ("v", "is"):
            self._in_value = False
        elif name == "c" and (self._has["v"] or self._has["f"]):
            extent, (row, column) = self._extent, self._at
            extent.cells += 1
            self._rows.add(row)
            extent.last = max(extent.last, row + 1)
            extent.width = max(extent.width, column + 1)
            address = f"{letters(column)}{row + 1}"
            if self._has["f"] and not self._told and len(extent.hollow) < MOST_TOLD:
                extent.hollow.append(address)
            elif self._error and len(extent.errors) < MOST_TOLD:
                extent.errors[address] = self._told

    def _text(self, text: str) -> None:
        if self._in_value and len(self._told) < 100:
            self._told += text
