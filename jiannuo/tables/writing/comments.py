"""The workbook that was handed in, with comments on its bad cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZipFile

from ..describing import Table, both
from ..faults import Fault
from ..reading import read
from ..reading.archive import broken
from ..reading.files import bad, size_of
from .look import BROKEN_TINT

MOST_XML = 64 * 2**20  # bytes of all its sheets, unpacked: they are all held as objects while comments are written
MOST_ROWS = 20_000  # above, a workbook of the bad rows is handier than the whole
AUTHOR = "践诺 Jiannuo"


def told(faults: Iterable[Fault]) -> str:
    """The words of a comment: Chinese first, then English; what is wrong, what is allowed, what may be meant."""
    parts = []
    for language in ("zh", "en"):
        for fault in faults:
            words = [fault.message.get(language)]
            if fault.allowed:
                words.append(("可以写：" if language == "zh" else "Allowed: ") + fault.allowed.get(language))
            if fault.hint:
                words.append(("提示：" if language == "zh" else "Hint: ") + fault.hint.get(language))
            if fault.article:
                words.append(("依据：" if language == "zh" else "By: ") + fault.article.get(language))
            parts.append("\n".join(words))
    return "\n".join(parts)[:4000]


def commented(
    original: Path,
    table: Table,
    faults: Mapping[int, Sequence[Fault]],
    out: Path | BinaryIO,
    *,
    file_name: str = "",
    sheet: str = "",
) -> None:
    """The .xlsx itself comes back: each bad cell filled and commented, the first of them selected; all else as it was.

    faults  line → its faults; a fault of the whole row stands at its first column
    Comments of an earlier round go, on every cell of the table. Raises BadFile if it cannot be read or written again.
    """
    from openpyxl import load_workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    reading = read(original, table, file_name=file_name or original.name, sheet=sheet)
    with ZipFile(original) as archive:
        size = sum(info.file_size for info in archive.infolist() if info.filename.lower().endswith(".xml"))
    if size > MOST_XML:
        raise bad(
            "too_large_to_comment",
            "工作簿太大，不能加批注退回",
            "The workbook is too large to come back with comments",
            found=size_of(size),
            allowed=both(f"最大 {size_of(MOST_XML)}", f"at most {size_of(MOST_XML)}"),
        )
    try:
        book = load_workbook(original, rich_text=True)
    except Exception as error:  # it was read well, but not everything in it can be written again
        raise broken(str(error)) from error
    page = book[reading.sheet]
    letters = reading.letters
    _cleared(page, letters.values(), reading.head.first)
    fill = PatternFill("solid", start_color=BROKEN_TINT[1:], end_color=BROKEN_TINT[1:])
    first = next(iter(letters.values()))
    for line, some in sorted(faults.items()):
        for name in dict.fromkeys(fault.column for fault in some):
            cell = page[f"{letters.get(name, first)}{line}"]
            if type(cell).__name__ == "MergedCell":
                cell = _head_of(page, cell)
            words = told([fault for fault in some if fault.column == name])
            if cell.comment and cell.comment.author == AUTHOR:
                words = f"{cell.comment.text}\n{words}"
            cell.comment = Comment(words, AUTHOR, width=320, height=40 + 18 * (words.count("\n") + len(words) // 24))
            cell.fill = copy(fill)
    if faults:
        line, some = min(faults.items())
        book.active = book.index(page)
        for one in book.worksheets:
            one.sheet_view.tabSelected = one is page
        at = f"{letters.get(some[0].column, first)}{line}" if some else f"{first}{line}"
        for selection in page.sheet_view.selection:
            selection.activeCell = selection.sqref = at
    book.save(out)


def _cleared(page: Any, letters: Iterable[str], head: int) -> None:
    """Take away what an earlier round wrote: our comments and our fill."""
    from openpyxl.styles import PatternFill

    for letter in letters:
        for cell in page[letter]:
            if cell.row > head and cell.comment and cell.comment.author == AUTHOR:
                cell.comment = None
                if str(cell.fill.start_color.rgb)[2:].lower() == BROKEN_TINT[1:]:
                    cell.fill = PatternFill()


def _head_of(page: Any, cell: Any) -> Any:
    """The cell that stands for a merged area."""
    for area in page.merged_cells.ranges:
        if cell.coordinate in area:
            return page.cell(area.min_row, area.min_col)
    return cell
