"""Workbooks: which sheet is meant, and what must be said about its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError
from rapidfuzz import process

from ..describing import Table, both
from ..faults import Fault
from ..layout import OURS
from ..rows import Cell
from . import archive, fitting, heads, old
from .cells import MOST_TOLD, Extent, letters, place_of
from .files import MOST_CELLS, MOST_ROWS, BadFile, Format, bad, locked, too_many_rows
from .plain import Grid
from .sheets import Reading

_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


@dataclass
class _Sheet:
    """A sheet that was looked into. `held`: its rows, read the plain way or by the library."""

    name: str
    held: CalamineSheet | Grid
    head: heads.Head = field(default_factory=heads.Head)

    @property
    def last(self) -> int:
        """Index of the last row that holds anything."""
        if isinstance(self.held, Grid):
            return self.held.lines[-1] - 1 if self.held.lines else 0
        return (self.held.end or (0, 0))[0]

    @property
    def merged(self) -> Sequence[tuple[tuple[int, int], tuple[int, int]]]:
        """Merged areas as ((top, left), (bottom, right)), from 0."""
        return self.held.merged if isinstance(self.held, Grid) else self.held.merged_cell_ranges or []

    def rows(self, first: int = 0, count: int | None = None) -> Iterator[Sequence[Cell]]:
        """All rows from this one, blank ones too."""
        if isinstance(self.held, Grid):
            return islice(self.held.rows(first), count)
        stop = None if count is None else first + count
        rows: Iterator[list[Any]] = islice(self.held.iter_rows(), first, stop)
        if not (shift := (self.held.start or (0, 0))[1]):
            return rows
        pad: list[Cell] = [None] * shift
        return ([*pad, *row] for row in rows)


@contextmanager
def _told() -> Iterator[None]:
    """What the library cannot read is a bad file; so is what makes it panic, which is no ordinary exception."""
    try:
        yield
    except PasswordError as error:
        raise locked() from error
    except (CalamineError, OSError, ValueError) as error:
        raise archive.broken(str(error)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise archive.broken(str(error)[:200]) from error
        raise


class _Book:
    """The sheets of a workbook, each read when it is asked for."""

    def __init__(self, path: Path, form: Format) -> None:
        self._path = path
        self._grids: dict[str, Grid] = {}
        self.extents: dict[str, Extent] = {}
        self._library: CalamineWorkbook | None = None
        if form == "xls":
            told = old.read(path)
            sheets = {name: visible for name, (visible, _grid) in told.items()}
            self._grids = {name: grid for name, (_visible, grid) in told.items()}
        else:
            gate = archive.look(path)
            parts = _parts(gate.parts)
            sheets = {name: visible for name, (_part, visible) in parts.items()}
            for name, (part, _visible) in parts.items():
                if part in gate.grids:
                    self._grids[name] = gate.grids[part]
                elif part in gate.sheets:
                    self.extents[name] = _measured(path, part, gate.sheets[part])
        self.names = list(sheets)
        self.shown = [name for name, visible in sheets.items() if visible]

    def sheet(self, name: str, table: Table) -> tuple[_Sheet, Sequence[Sequence[Cell]]]:
        """A sheet with its head, and its first rows."""
        one = _Sheet(name, self._grids[name] if name in self._grids else self._built(name))
        first = list(one.rows(0, heads.DEPTH))
        one.head = heads.find(table, first)
        return one, first

    def _opened(self) -> CalamineWorkbook:
        with _told():
            self._library = self._library or CalamineWorkbook.from_path(self._path)
        return self._library

    def _built(self, name: str) -> CalamineSheet:
        book = self._opened()
        with _told():
            return book.get_sheet_by_name(name)


def _measured(path: Path, part: str, extent: Extent) -> Extent:
    """The extent, exact where a rough one would refuse the sheet."""
    return archive.measure(path, part) if extent.width * extent.last > MOST_CELLS else extent


def read(path: Path, table: Table, form: Format, sheet: str) -> Reading:
    """Raises BadFile."""
    book = _Book(path, form)
    hidden = [one for one in book.names if one not in book.shown and one not in OURS]
    if sheet and sheet not in book.names:
        raise _no_such_sheet(sheet, book.shown)
    looked: dict[str, Sequence[Sequence[Cell]]] = {}
    fit: list[_Sheet] = []
    refused: list[BadFile] = []
    for name in [sheet] if sheet else [one for one in book.shown if one not in OURS]:
        if too_much := _too_much(name, book.extents.get(name)):
            refused.append(too_much)
            continue
        one, first = book.sheet(name, table)
        looked[name] = first
        if one.head.places:
            fit.append(one)
    if not fit:
        if refused:
            raise refused[0]
        raise fitting.no_head(table, looked, [] if sheet else list(_fitting(book, hidden, table)))
    best = max(fit, key=lambda one: len(one.head.places))  # the first of the best
    extent = book.extents.get(best.name, Extent())
    notes = fitting.settle(table, best.head)
    notes += _about_sheets(best.name, [one.name for one in fit], [] if sheet else hidden, refused)
    if extent.formulas:
        words = (
            "有公式：读的是上次保存时算出的值",
            "There are formulas: the values computed when it was last saved were read",
        )
        notes.append(fitting.note("formulas", *words))
    below = list(best.rows(best.head.first, heads.DEPTH))
    example = fitting.example_lines(table, best.head, below[:3])
    notes += fitting.example_note(example) + fitting.unheaded(best.head, below)
    reading = Reading(
        sheet=best.name,
        format=form,
        head=best.head,
        source=lambda: best.rows(best.head.first),
        notes=notes,
        faults=_cell_faults(best, extent),
        passed=example,
        grid=best.held if isinstance(best.held, Grid) else None,
    )
    if best.last + 1 - best.head.first > MOST_ROWS:
        count = sum(len(rows) for rows in reading.rows(5000))
        if count > MOST_ROWS:
            raise too_many_rows(count, best.name)
    return reading


def _parts(parts: dict[str, bytes]) -> dict[str, tuple[str, bool]]:
    """Name of each sheet → its part in the archive, and whether it shows. The gate has let no document type pass."""
    try:
        book = ElementTree.fromstring(parts.get("xl/workbook.xml", b""))  # noqa: S314
        links = ElementTree.fromstring(parts.get("xl/_rels/workbook.xml.rels", b""))  # noqa: S314
    except ElementTree.ParseError as error:
        raise archive.broken(str(error)) from error
    targets = {one.get("Id"): one.get("Target", "") for one in links.iter() if one.tag.endswith("Relationship")}
    found = {}
    for one in book.iter():
        if one.tag.endswith("}sheet") or one.tag == "sheet":
            link = next((value for name, value in one.attrib.items() if name.endswith("}id")), None)
            target = targets.get(link, "")
            part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            found[one.get("name", "")] = part.lower(), one.get("state", "visible") == "visible"
    return found


def _too_much(name: str, extent: Extent | None) -> BadFile | None:
    if extent is None:
        return None
    if extent.rows > MOST_ROWS + heads.DEPTH:
        return too_many_rows(extent.rows - 1, name)
    if extent.cells > MOST_CELLS or extent.width * extent.last > MOST_CELLS:
        corner = f"{letters(extent.width - 1)}{extent.last}"
        return bad(
            "too_wide",
            f"“{name}”的内容散得太开，一直到 {corner}",
            f"The cells of “{name}” lie too far apart, up to {corner}",
            found=corner,
            allowed=both("数据连成一片，在表头之下", "data in one block under the heads"),
            hint=("删去远处零星的格子，或把数据复制到新表", "delete the far cells, or copy the data to a new sheet"),
        )
    return None


def _fitting(book: _Book, names: Iterable[str], table: Table) -> Iterator[str]:
    """Those of the hidden sheets that would have fitted."""
    for name in names:
        if not _too_much(name, book.extents.get(name)) and book.sheet(name, table)[0].head.places:
            yield name


def _no_such_sheet(sheet: str, shown: list[str]) -> BadFile:
    near = process.extractOne(sheet, shown, score_cutoff=50)
    return bad(
        "no_such_sheet",
        f"没有叫“{sheet}”的工作表",
        f"There is no sheet “{sheet}”",
        found=sheet,
        allowed=both("、".join(shown) or "（无）", ", ".join(shown) or "(none)"),
        hint=(f"是不是“{near[0]}”？", f"is it “{near[0]}”?") if near else None,
    )


def _about_sheets(name: str, fit: list[str], hidden: list[str], refused: list[BadFile]) -> list[Fault]:
    notes = [fault for one in refused for fault in one.faults]
    for other in fit:
        if other != name:
            zh = f"工作表“{other}”也有这样的表头，没有读；要交，请另选该表再交一次"
            en = f"The sheet “{other}” has such heads too and was not read: to hand it in, choose it and hand in again"
            notes.append(fitting.note("other_sheet", zh, en, other))
    if hidden:
        zh, en = "没有读隐藏的工作表：" + "、".join(hidden), "Hidden sheets were not read: " + ", ".join(hidden)
        notes.append(fitting.note("hidden_sheets", zh, en, "、".join(hidden)[:200]))
    return notes


def _cell_faults(one: _Sheet, extent: Extent) -> dict[int, list[Fault]]:
    """Line → what is wrong with its cells before anybody asks what they mean."""
    columns = {place: name for name, place in one.head.places.items()}
    found: dict[int, list[Fault]] = {}

    def tell(line: int, place: int, code: str, zh: str, en: str, said: str, hint: tuple[str, str]) -> None:
        if line > one.head.first and place in columns:
            fault = Fault(f"tables.{code}", both(zh, en), column=columns[place], found=said[:200], hint=both(*hint))
            found.setdefault(line, []).append(fault)

    save = (
        "在电子表格软件里打开，重新计算并保存，或改填数值",
        "open it in a spreadsheet program, let it compute and save, or type the value",
    )
    for address in extent.hollow:
        if match := _ADDRESS.fullmatch(address):
            words = ("公式没有保存下值", "The formula was saved without a value")
            tell(int(match[2]), place_of(match[1]), "formula_without_value", *words, "=", save)
    for address, error in extent.errors.items():
        if match := _ADDRESS.fullmatch(address):
            words = (f"公式出错：{error}", f"The formula has an error: {error}")
            tell(int(match[2]), place_of(match[1]), "formula_error", *words, error, save)
    told = 0
    unmerge = ("取消合并，每格各自填写", "unmerge and fill in every cell")
    for (top, left), (bottom, right) in one.merged:
        area = f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"
        for place in range(left, min(right, max(columns)) + 1):
            for row in range(max(top, one.head.first), min(bottom, one.last) + 1):
                if (row, place) != (top, left) and told < MOST_TOLD:
                    told += 1
                    words = (f"是合并单元格 {area} 的一部分", f"Is part of the merged cell {area}")
                    tell(row + 1, place, "merged_cell", *words, area, unmerge)
    return found
