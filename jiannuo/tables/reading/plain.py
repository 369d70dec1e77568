"""A sheet as spreadsheet programs write it, read while it streams by: no rectangle, no second look.

Nearly every workbook that comes in is written in one way: rows in order, cells with address, style and type, values
without formulas. Such a sheet is taken apart by one pattern a row, made from the columns that occur, and turned to
values a column at a time. Whatever is written otherwise, were it one cell, raises Otherwise, and the sheet is looked at
and read by the library, which knows everything (archive.py, books.py). A test holds the two against each other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import repeat
from typing import Any
from xml.etree import ElementTree

from ..rows import Cell
from .cells import place_of

MOST_STRINGS = 64 * 2**20  # bytes of shared strings
MOST_KEPT = 4_000_000  # cells of one workbook that are kept as objects
_MOST_COLUMNS, _FARTHEST = 60, 255
_MOST_REST = 4 * 2**20
_SLICE = 2**16
_LESSONS = 5  # how often what is usual is learned anew
_ITEM = re.compile(r"<si>(.*?)</si>", re.DOTALL)
_RUN = re.compile(r'<t(?: xml:space="preserve")?>([^<]*)</t>')
_PHONETIC = re.compile(r"<rPh\b.*?</rPh>", re.DOTALL)  # how a word is pronounced
_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ATTRIBUTES = re.compile(rb'(?: s="(\d+)")?(?: t="(s|str|inlineStr|n|b)")?')
_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})\d')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"/>')
_DAYS = {14, *range(27, 32), 34, 35, 36, *range(50, 55), 57, 58}  # formats of days that programs know by number
_CLOCKS = {18, 19, 20, 21, 22, 32, 33, 45, 46, 47, 55, 56}
_EPOCH = date(1899, 12, 30)


class Otherwise(Exception):
    """The sheet is written in a way that only the library reads."""


@dataclass
class Grid:
    """The filled rows of a sheet, column by column.

    lines    of each its line, from 1, ascending
    columns  from the first column on, each with a cell for every line
    merged   areas as ((top, left), (bottom, right)), from 0
    """

    lines: list[int] = field(default_factory=list)
    columns: list[list[Cell]] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

    def extend(self, lines: Sequence[int], columns: Sequence[Sequence[Cell]]) -> None:
        """Rows further down; what has fewer columns than the other is blank there."""
        while len(self.columns) < len(columns):
            self.columns.append([None] * len(self.lines))
        self.lines += lines
        for at, held in enumerate(self.columns):
            held += columns[at] if at < len(columns) else repeat(None, len(lines))

    def after(self, line: int) -> int:
        """Index of the first filled row below this line."""
        return bisect_right(self.lines, line)

    def rows(self, first: int) -> Iterator[Sequence[Cell]]:
        """All rows from this one (from 0) to the last filled, the blank ones between as empty."""
        line = first + 1
        for at in range(self.after(first), len(self.lines)):
            yield from repeat((), self.lines[at] - line)
            yield [column[at] for column in self.columns]
            line = self.lines[at] + 1


def _unescaped(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    code = int(found[1], 16) if found[1] else int(found[2])
    if not 0 < code < 0x110000:
        raise Otherwise
    return chr(code)


def _joined(item: str) -> str:
    """One string of several runs."""
    item = _PHONETIC.sub("", item)
    runs = _RUN.findall(item)
    if len(runs) != item.count("<t>") + item.count("<t ") or "<t/" in item or "<!" in item:
        raise Otherwise
    return "".join(runs)


def strings(content: bytes) -> list[str]:
    """The shared strings, in order; of rich text the text. Raises Otherwise."""
    if len(content) > MOST_STRINGS:
        raise Otherwise
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise Otherwise from error
    if ":si" in text:  # a prefix: its strings would not be counted
        raise Otherwise
    start, end = text.find("<si><t>"), text.rfind("</t></si>")
    found = text[start + 7 : end].split("</t></si><si><t>") if 0 <= start < end else []
    if text.count("<", start, end) != 4 * len(found) - 2 or text.count("<si", 0, start) or text.count("<si", end + 9):
        items = _ITEM.findall(text)
        if len(items) != text.count("<si"):
            raise Otherwise
        found = list(map(_joined, items))
    return [_unescaped(one) for one in found] if "&" in text or "_x" in text else found


def day_styles(content: bytes) -> dict[int, bool]:
    """Number of a cell's style → whether it shows a day; styles that show a time of day are missing.

    The gate has let no document type pass.
    """
    try:
        root = ElementTree.fromstring(content)  # noqa: S314
    except ElementTree.ParseError as error:
        raise Otherwise from error
    space = root.tag.partition("}")[0] + "}"
    written = {one.get("numFmtId"): one.get("formatCode", "") for one in root.iter(f"{space}numFmt")}
    cells = root.find(f"{space}cellXfs")
    found: dict[int, bool] = {}
    for number, one in enumerate(cells if cells is not None else ()):
        form = one.get("numFmtId", "0")
        shape = _shape(written[form]) if form in written else _known(int(form) if form.isdecimal() else 0)
        if shape is not None:
            found[number] = shape
    return found


def _known(form: int) -> bool | None:
    return None if form in _CLOCKS else form in _DAYS


def _shape(code: str) -> bool | None:
    """Whether a written format shows a day; None if it shows a time of day."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?![hHmMsS]+\])[^\]]*\]', "", code).lower()
    if bare == "general":
        return False
    if re.search(r"[hs]", bare):
        return None
    return bool(re.search(r"[ymd]", bare))


class Plain:
    """Reads one sheet, fed piece by piece."""

    def __init__(self, shared: Sequence[str], days: dict[int, bool], most_rows: int, most_cells: int) -> None:
        self.grid = Grid()
        self.cells = 0
        self._shared, self._days = shared, days
        self._most_rows, self._most_cells = most_rows, most_cells
        self._rest = b""
        self._begun = False
        self._columns: list[bytes] = []
        self._places: list[int] = []
        self._kinds: list[bytes] = []  # of each column, the attributes that its cells have as a rule
        self._usual = self._any = re.compile(b"")
        self._learned = 0
        self._turn: dict[bytes, Callable[[bytes], Cell]] = {}
        self._day = _Days()

    def feed(self, piece: bytes) -> None:
        text = self._rest + piece
        if not self._begun:
            at = text.find(b"<sheetData>")
            if at < 0:
                if len(text) > _MOST_REST or b"<sheetData/>" in text or b":sheetData" in text:
                    raise Otherwise
                self._rest = text
                return
            self._begun, text = True, text[at + len(b"<sheetData>") :]
        cut = max(text.rfind(b"</row>") + 6, text.rfind(b"/><row ") + 2)
        if cut < 7:
            cut = 0
        self._rest = text[cut:]
        if len(self._rest) > _MOST_REST:
            raise Otherwise
        start = 0
        while start < cut:  # by few rows at a time: one odd cell then costs little
            end = text.rfind(b"</row>", start, min(start + _SLICE, cut)) + 6 if cut - start > _SLICE else cut
            end = end if end > start else cut
            self._take(text[start:end])
            start = end

    def done(self) -> Grid:
        end = self._rest.find(b"</sheetData>")
        if not self._begun or end < 0 or b"<c " in self._rest[:end]:
            raise Otherwise
        for left, top, right, bottom in _MERGED.findall(self._rest, end):
            corners = (int(top) - 1, place_of(left.decode())), (int(bottom) - 1, place_of(right.decode()))
            self.grid.merged.append(corners)
        if len(self.grid.merged) != self._rest.count(b"<mergeCell "):
            raise Otherwise
        return self.grid

    def _take(self, text: bytes) -> None:
        count = text.count(b"<row")
        found = self._usual.findall(text) if self._kinds else []
        if len(found) == count and found:
            lines, *texts = zip(*found, strict=True)
            kinds: Sequence[Any] = self._kinds
        else:
            if b"<v" not in text and b"<is" not in text:
                return  # nothing but formats
            lines, *cells = zip(*self._taken_apart(text, count), strict=True)
            kinds, texts = cells[::2], cells[1::2]
            self._learn(kinds)
        numbers = list(map(int, lines))
        if numbers[0] <= (self.grid.lines or [0])[-1] or any(map(int.__ge__, numbers, numbers[1:])):
            raise Otherwise
        turned: list[Sequence[Cell]] = [[None] * len(numbers)] * (self._places[-1] + 1)
        try:
            for place, kind, some in zip(self._places, kinds, texts, strict=True):
                turned[place] = self._turned(kind, some)
        except (ValueError, IndexError) as error:  # no number; no such string
            raise Otherwise from error
        if all(b"" in some for some in texts):  # there may be a row without any cell
            kept = [
                at for at, row in enumerate(zip(*turned, strict=True)) if any(cell not in ("", None) for cell in row)
            ]
            numbers, turned = [numbers[at] for at in kept], [[column[at] for at in kept] for column in turned]
        self.grid.extend(numbers, turned)
        self.cells += count * len(self._places)
        if self.cells > self._most_cells or len(self.grid.lines) > self._most_rows:
            raise Otherwise

    def _taken_apart(self, text: bytes, count: int) -> list[tuple[bytes, ...]]:
        """Line, and of each column attributes and content, a row. Every row must have been taken apart."""
        if b"<f" in text or b't="e"' in text:
            raise Otherwise
        columns = sorted({*self._columns, *_COLUMN.findall(text)}, key=lambda one: (len(one), one))
        if columns != self._columns:
            self._columns, self._kinds = columns, []
            self._places = [place_of(one.decode()) for one in columns]
            if not 0 < len(columns) <= _MOST_COLUMNS or self._places[-1] > _FARTHEST:
                raise Otherwise
            self._any = _pattern([rb'(?:<c r="%b\d{1,7}"%b)?' % (one, _ANY) for one in columns])
        found = self._any.findall(text)
        if len(found) != count:
            raise Otherwise
        return found

    def _learn(self, kinds: Sequence[Sequence[bytes]]) -> None:
        """Which attributes each column's cells have as a rule: rows of only such are taken apart sooner."""
        if self._learned > _LESSONS:
            return
        self._learned += 1
        usual = [Counter(filter(None, some)).most_common(1) for some in kinds]
        self._kinds = [one[0][0] if one else b"" for one in usual]
        cells = [
            rb'(?:<c r="%b\d++"%b><v>([^<]*+)</v></c>)%b' % (name, re.escape(kind), b"?" if b"" in some else b"")
            for name, kind, some in zip(self._columns, self._kinds, kinds, strict=True)
        ]
        self._usual = re.compile(rb'<row r="(\d{1,7})"[^>]*+>%b</row>' % b"".join(cells))

    def _turned(self, kinds: Sequence[bytes] | bytes, texts: Sequence[bytes]) -> Sequence[Cell]:
        """One column's cells from their attributes (of all, or of each) and what stands in them."""
        blank = b"" in texts
        each: Sequence[bytes] = [kinds] if isinstance(kinds, bytes) else kinds
        distinct = set(each)
        if len(distinct) > 1:
            ways = {one: self._way(one) for one in distinct}
            return [ways[one](text) if text else "" for one, text in zip(each, texts, strict=True)]
        (kind,) = distinct
        if kind == b' t="s"' and not blank:
            return list(map(self._shared.__getitem__, map(int, texts)))
        way = self._way(kind)
        return [way(text) if text else "" for text in texts] if blank else list(map(way, texts))

    def _way(self, kind: bytes) -> Callable[[bytes], Cell]:
        """How a cell of these attributes is read."""
        if kind not in self._turn:
            self._turn[kind] = self._made(kind)
        return self._turn[kind]

    def _made(self, kind: bytes) -> Callable[[bytes], Cell]:
        match = _ATTRIBUTES.fullmatch(kind)
        if not match:
            raise Otherwise
        style, of = match.groups()
        if of == b"s":
            shared = self._shared
            return lambda text: shared[int(text)]
        if of in (b"str", b"inlineStr"):
            return _text
        if of == b"b":
            return lambda text: text == b"1"
        shows_day = self._days.get(int(style or 0)) if style else False
        if shows_day is None:
            raise Otherwise
        return self._day.__getitem__ if shows_day else float


def _text(text: bytes) -> str:
    try:
        return _unescaped(text.decode())
    except UnicodeDecodeError as error:
        raise Otherwise from error


class _Days(dict[bytes, date]):
    """Serial number as it is written → the day."""

    def __missing__(self, text: bytes) -> date:
        if not text.isdigit() or not 60 < int(text) < 2_958_466:  # a time of day, or days that never were
            raise Otherwise
        self[text] = day = _EPOCH + timedelta(days=int(text))
        return day


# What may stand in a cell: nothing, a value, or a string of its own.
_ANY = rb'([^>/]*)(?:/>|>(?:<v>|<is><t(?: xml:space="preserve")?>)([^<]*)(?:</v>|</t></is>)</c>)'


def _pattern(cells: Sequence[bytes]) -> re.Pattern[bytes]:
    """One row: its line, then its cells."""
    return re.compile(rb'<row r="(\d{1,7})"[^>]*?(?:/>|>%b</row>)' % b"".join(cells))


def date_1904(book: bytes) -> bool:
    return bool(re.search(rb'date1904\s*=\s*["\'](?:1|true)', book))
