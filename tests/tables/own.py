"""A table of our own with one column of every kind, and helpers that write and read files of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from jiannuo.tables import Checked, Column, Fault, Kind, Rows, Table, both, check, uscc
from jiannuo.tables.reading import Reading, read

NOTHING = both("说明", "About")
GRADES = {"minor": both("一般", "Minor"), "serious": both("较重", "Serious"), "grave": both("严重", "Grave")}
GOOD_USCC = "11990100MB1L08265"
GOOD_USCC += uscc.check_character(GOOD_USCC)


def column(name: str, zh: str, en: str, kind: Kind, **more: Any) -> Column:
    return Column(name, both(zh, en), kind, both(f"{zh}怎样填", f"How {en} is filled in"), **more)


NUMBER = column("number", "文号", "Document number", Kind.TEXT, required=True, most=40, example="云信录〔2026〕1 号")
ORGAN = column("organ", "决定机关", "Deciding organ", Kind.NAME, names="body", required=True, example="云川市财政局")
CODE = column("uscc", "统一社会信用代码", "Unified social credit code", Kind.USCC, example=GOOD_USCC)
GRADE = column("grade", "严重程度", "Severity", Kind.CODE, codes=lambda: GRADES, required=True, example="较重")
DECIDED = column("decided", "决定日期", "Decided on", Kind.DAY, required=True, example="2026-11-02")
AMOUNT = column("amount", "涉及金额", "Amount", Kind.AMOUNT, example="1234.50")
PEOPLE = column("people", "涉及人数", "People", Kind.WHOLE, example="12")
OPEN = column("open", "是否公开", "Open", Kind.YES_NO, example="是")
DIVISION = column("division", "区划代码", "Division code", Kind.DIGITS, most=12, example="990102")
FACTS = column("facts", "事实", "Facts", Kind.LONG, most=2000, example="未按期支付合同款项。")

TABLE = Table(
    "findings",
    both("认定结果", "Findings"),
    both("市级机关认定的结果，每行一件。", "What the city's organs found, one a row."),
    (NUMBER, ORGAN, CODE, GRADE, DECIDED, AMOUNT, PEOPLE, OPEN, DIVISION, FACTS),
    key=("number",),
)
GOOD: dict[str, Any] = {
    "number": "云记〔2026〕7号",
    "organ": "云川市财政局",
    "uscc": GOOD_USCC,
    "grade": "serious",
    "decided": date(2026, 11, 2),
    "amount": Decimal("1234.50"),
    "people": 12,
    "open": True,
    "division": "990102",
    "facts": "第一行\n第二行",
}
SMALL = Table(
    "small",
    both("小表", "Small"),
    NOTHING,
    (
        column("name", "名称", "Name", Kind.TEXT, required=True, example="甲单位"),
        column("day", "日期", "Day", Kind.DAY, example="2026-11-02"),
        column("amount", "金额", "Amount", Kind.AMOUNT, example="10.00"),
    ),
    key=("name",),
)


def bodies(names: Sequence[str]) -> dict[str, Any]:
    """Everything called 云川… is registered; what is found is the name in brackets."""
    unknown = Fault("test.no_such_body", both("没有这个机构", "No such body"))
    return {name: f"<{name}>" if name.startswith("云川") else unknown for name in names}


LOOKUPS = {"body": bodies}


def read_all(reading: Reading, size: int = 500, skip: int = 0) -> Rows:
    """All rows in one."""
    pieces = list(reading.rows(size, skip))
    lines, cells, faults = [], {name: [] for name in reading.columns}, {}
    for piece in pieces:
        faults |= {index + len(lines): some for index, some in piece.faults.items()}
        lines += piece.lines
        for name, some in piece.cells.items():
            cells[name] += some
    return Rows(lines, cells, faults)


def checked(path: Path, table: Table = TABLE, sheet: str = "") -> Checked:
    return check(table, read_all(read(path, table, file_name=path.name, sheet=sheet)), LOOKUPS)


def one(column: Column, cell: Any) -> Any:
    """The value of one cell, or its Fault."""
    table = Table("one", NOTHING, NOTHING, (column,), ())
    found = check(table, Rows.of([{column.name: cell}]), LOOKUPS)
    return found.faults[0][0] if found.faults else found.good[0][1][column.name]


def codes(faults: Sequence[Fault]) -> list[str]:
    return [fault.code for fault in faults]


@dataclass
class Apart:
    """What reading a file cost a process of its own: by how many MB its memory grew at the highest."""

    faults: list[Fault]
    rows: int
    grown: float


def apart(path: Path) -> Apart:
    """Read a file as the small table in a process of its own, which may take 60 s and 2 GB."""
    done = subprocess.run(
        [sys.executable, "-c", _APART, str(path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    faults = [Fault.from_json(fault) for fault in told["faults"]]
    return Apart(faults, told["rows"], told["grown"])


_APART = """
import json, resource, sys
from pathlib import Path
from jiannuo.tables.reading import BadFile, read
from jiannuo.tables.folding import fold
from tests.tables.own import SMALL
fold("名稱")  # the dictionaries of the converter are no part of the file
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, faults, rows = peak(), [], 0
try:
    for some in read(Path(sys.argv[1]), SMALL, file_name=sys.argv[1]).rows():
        rows += len(some)
except BadFile as bad:
    faults = [fault.as_json() for fault in bad.faults]
print(json.dumps({"faults": faults, "rows": rows, "grown": peak() - before}))
"""
