"""The old .xls, read in a process of its own that may not take more than its share of memory and time.

The library builds a sheet as a rectangle, and an .xls names its cells with numbers up to 65 535 each way: one cell at
the far corner is more memory than a machine has, and a library that gets no memory ends the process it runs in. What
can be looked at before in a zip of XML (archive.py) lies here in a file system of its own inside the file.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from ..describing import both
from ..rows import Cell
from .files import BadFile, bad, locked
from .plain import Grid

try:
    import resource
except ImportError:  # no such limits on this system
    resource = None  # type: ignore[assignment]

MEMORY = 2**30  # bytes of address space
SECONDS = 60  # of computing
_LOCKED = 3

Sheets = dict[str, tuple[bool, Grid]]


def read(path: Path) -> Sheets:
    """Name of each sheet → whether it shows, and its filled rows. Raises BadFile."""
    found = os.pathsep.join(one for one in sys.path if one)
    try:
        done = subprocess.run(  # noqa: S603  our own module, and a path that is one argument
            [sys.executable, "-m", __name__, str(path.resolve())],
            capture_output=True,
            timeout=3 * SECONDS,
            env={**os.environ, "PYTHONPATH": found},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _broken("") from error
    if done.returncode == _LOCKED:
        raise locked()
    if done.returncode:
        raise _broken(done.stderr.decode("utf-8", "replace").strip().partition("\n")[0][:200])
    sheets: Sheets = pickle.loads(done.stdout)  # noqa: S301  made by ourselves just now
    return sheets


def _broken(detail: str) -> BadFile:
    return bad(
        "broken_workbook",
        "文件不完整或已损坏，打不开",
        "The file is incomplete or damaged and cannot be opened",
        found=detail,
        allowed=both("完整的 .xlsx 文件", "a complete .xlsx file"),
        hint=(
            "用电子表格软件打开，另存为 .xlsx 再交",
            "open it in a spreadsheet program, save it as .xlsx and hand that in",
        ),
    )


def _grid(sheet: CalamineSheet) -> Grid:
    grid = Grid(merged=list(sheet.merged_cell_ranges or []))
    left = (sheet.start or (0, 0))[1]
    rows = []
    for line, row in enumerate(sheet.iter_rows(), 1):
        if any(cell != "" for cell in row):
            grid.lines.append(line)
            rows.append(row)
    blank: list[list[Cell]] = [[None] * len(rows) for _ in range(left)]
    grid.columns = [*blank, *(list(column) for column in zip(*rows, strict=True))]
    return grid


def main(path: str) -> int:
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {
            one.name: (one.visible is SheetVisibleEnum.Visible, _grid(book.get_sheet_by_name(one.name)))
            for one in book.sheets_metadata
        }
    except PasswordError:
        return _LOCKED
    except (CalamineError, ValueError, MemoryError) as error:
        print(error, file=sys.stderr)
        return 1
    pickle.dump(sheets, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
