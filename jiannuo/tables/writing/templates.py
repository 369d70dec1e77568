"""The Excel template of a table."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from ..describing import Table
from .books import workbook


def template(table: Table, out: Path | BinaryIO) -> None:
    """An empty sheet with heads."""
    workbook(table, [], out)
