"""CSV and its kin: commas, semicolons or tabs, in any of the encodings that come in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from ..describing import Table, both
from ..faults import Fault
from ..rows import Cell
from . import encodings, fitting, heads
from .files import MOST_ROWS, BadFile, bad, too_many_rows
from .sheets import Reading, Spoilt, blank

DELIMITERS = ",;\t|"
MOST_CELL = 131_072  # characters of one cell; a spreadsheet holds 32 767
# An apostrophe before what a spreadsheet would take for a formula: written so by us, and dropped here.
_SHIELDED = re.compile(r"'+\s*[=+\-@＝＋－＠\t\r]")


def read(path: Path, table: Table) -> Reading:
    """Raises BadFile."""
    csv.field_size_limit(MOST_CELL)  # of the whole process; somebody else may have changed it
    seen = encodings.survey(path)

    @lru_cache(maxsize=8)
    def cut_by(encoding: str) -> tuple[int, str]:
        """How many heads are found in an encoding, and with which delimiter."""
        lines = _sample(path, encoding)
        found = {mark: len(heads.find(table, _taken_apart(lines, mark)).places) for mark in DELIMITERS}
        best = max(DELIMITERS, key=lambda mark: found[mark])
        return found[best], best

    encoding = encodings.decide(path, seen, lambda name: cut_by(name)[0])
    delimiter = cut_by(encoding)[1]
    first = _taken_apart(_sample(path, encoding), delimiter)
    head = heads.find(table, first)
    if not head.places:
        raise fitting.no_head(table, {"": first})
    notes = fitting.settle(table, head)
    if seen.quotes and (seen.quotes % 2 or encoding.startswith("utf-16")):
        _closed(path, encoding, delimiter)
    if seen.lines > MOST_ROWS:
        count = sum(not blank(row) for row in islice(_records(path, encoding, delimiter), head.first, None))
        if count > MOST_ROWS:
            raise too_many_rows(count)
    width = max(len(row) for row in first[: head.first])

    def source() -> Iterator[Sequence[Cell]]:
        rows: Iterable[Sequence[Cell]] = islice(_records(path, encoding, delimiter), head.first, None)
        if seen.apostrophes:
            rows = map(_unshielded, rows)
        return iter(rows) if seen.ended else _last_looked_at(rows, width)

    example = fitting.example_lines(table, head, first[head.first : head.first + 3])
    return Reading(
        sheet="",
        format="csv",
        head=head,
        source=source,
        notes=notes + fitting.example_note(example),
        passed=example,
        width=width,
    )


def _sample(path: Path, encoding: str) -> list[str]:
    """The first lines, enough for the head."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return list(islice(file, heads.DEPTH * 3))


def _taken_apart(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return list(islice(csv.reader(lines, delimiter=delimiter), heads.DEPTH))
    except csv.Error:
        return []


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[Sequence[Cell]]:
    """Every line taken apart. Where that fails, reading ends with a line that says so: what follows is out of step."""
    with path.open(encoding=encoding, newline="") as file:
        try:
            yield from csv.reader(file, delimiter=delimiter)
        except csv.Error:  # a cell beyond every measure: most often a quotation mark is missing
            yield Spoilt.of((), _TORN)


_TORN = Fault(
    "tables.torn_row",
    both(
        "从这一行起没有读：有一格长得没有尽头，可能缺一个引号",
        "Nothing was read from this line on: a cell has no end; a quotation mark may be missing",
    ),
    allowed=both(f"一格最多 {MOST_CELL:,} 字", f"at most {MOST_CELL:,} characters in a cell"),
    hint=both("补上引号，整个文件再交一次", "close it and hand in the whole file again"),
)


def _unshielded(row: Sequence[Cell]) -> Sequence[Cell]:
    if isinstance(row, Spoilt):
        return row
    return [cell[1:] if isinstance(cell, str) and _SHIELDED.match(cell) else cell for cell in row]


def _last_looked_at(rows: Iterable[Sequence[Cell]], width: int) -> Iterator[Sequence[Cell]]:
    """A last line that no end of line ends, and that has too few cells, was cut off."""
    held: Sequence[Cell] | None = None
    for row in rows:
        if held is not None:
            yield held
        held = row
    if held and len(held) < width and not isinstance(held, Spoilt):
        fault = Fault(
            "tables.cut_row",
            both(
                f"文件到这一行中断：应有 {width} 格，只有 {len(held)} 格",
                f"The file stops in this line: {len(held)} cells of {width}",
            ),
            hint=both("重新导出或重新传送一次", "export it or send it again"),
        )
        held = Spoilt.of(held, fault)
    if held is not None:
        yield held


def _closed(path: Path, encoding: str, delimiter: str) -> None:
    """Refuse a file that stops inside quotation marks: everything after the mark would be one cell."""
    number, told, lines = 0, "", list[str]()
    with path.open(encoding=encoding, newline="") as file:

        def remembered() -> Iterator[str]:
            for line in file:
                lines.append(line)
                yield line

        try:
            for _row in csv.reader(remembered(), delimiter=delimiter):
                number += 1
                told = "".join(lines)
                lines.clear()
        except csv.Error:
            raise _open_quote(number + 1) from None
    try:
        list(csv.reader(io.StringIO(told, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise _open_quote(number) from None


def _open_quote(line: int) -> BadFile:
    return bad(
        "open_quote",
        f"第 {line} 行有一个引号没有配对，文件在引号内结束",
        f"A quotation mark in line {line} is never closed: the file stops inside it",
        found='"',
        allowed=both("引号成对；格内的引号写成两个", "quotation marks in pairs; one inside a cell is written twice"),
        hint=("补上引号；若文件没有传完，请重新导出", "close it; if the file was not sent to its end, export it again"),
    )
