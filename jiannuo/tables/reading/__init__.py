"""Files → rows: which file, which sheet, where the head stands, and the rows under it."""

from __future__ import annotations

from pathlib import Path

from ..describing import Table
from ..faults import Fault
from . import books, fitting, texts
from .files import BadFile, sniff
from .sheets import Reading

__all__ = ["BadFile", "Reading", "read"]

_ENDINGS = {"xlsx": (".xlsx", ".xlsm", ".xltx"), "xls": (".xls", ".xlt", ".et"), "csv": (".csv", ".txt", ".tsv")}


def read(path: Path, table: Table, *, file_name: str, sheet: str = "") -> Reading:
    """Open a file for reading as this table.

    file_name  as it was called where it came from; what the file is is told by its content, not by this name
    sheet      name of the sheet to read; "": the one whose heads fit best
    Raises BadFile.
    """
    form = sniff(path)
    reading = texts.read(path, table) if form == "csv" else books.read(path, table, form, sheet)
    ending = Path(file_name).suffix.lower()
    if ending and ending not in _ENDINGS[form]:
        reading.notes.insert(0, _lies(ending, form))
    return reading


def _lies(ending: str, form: str) -> Fault:
    zh = f"文件名以 {ending} 结尾，内容是 .{form}；按内容读"
    return fitting.note(
        "other_format", zh, f"The name ends in {ending}, the content is .{form}: it was read as that", ending
    )
