"""The Excel template of a table."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from ..describing import Table
from .pages import Form


def template(table: Table, out: Path | BinaryIO) -> None:
    """The form to fill in: heads in both languages, lists, formats, an example; pages that explain it."""
    Form(table, out, example=True).close()
