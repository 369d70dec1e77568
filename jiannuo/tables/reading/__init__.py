"""Files → rows: which file, which sheet, where the head stands, and the rows under it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..describing import Table
from . import books, texts
from .files import BadFile
from .sheets import Reading

__all__ = ["BadFile", "Reading", "read"]


def read(path: Path, table: Table, *, file_name: str, sheet: str = "") -> Reading:
    """Open a file for reading as this table.

    file_name  as it was called where it came from; what the file is is told by its content, not by this name
    sheet      name of the sheet to read; "": the one whose heads fit best
    Raises BadFile.
    """
    with path.open("rb") as file:
        magic = file.read(8)
    if magic.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return books.read(path, table, sheet)
    return texts.read(path, table)
