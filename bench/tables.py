"""How fast a table is read and checked, beside frictionless (XLSX) and pandera on polars (CSV).

`python bench/tables.py`: one table of 100 000 rows and 9 columns (a number that may not repeat, names, unified social
credit codes, titles, two code lists, days, amounts, yes or no), as XLSX with shared strings, days and numbers as
spreadsheets write them, and as CSV, with the same 200 bad cells: days and codes that do not exist, texts where an
amount belongs, too many decimals, credit codes of wrong length or characters, required cells left empty, titles too
long. Every side must name exactly these 200, by line and column, or the bench fails.

Ours: `tables.reading.read` and `tables.check` as the product calls them, in pieces of 500 rows, every value parsed to
its type and every row built. It also computes the check character of each credit code, finds natural keys that repeat,
takes full-width and traditional characters, and on XLSX guards against bombs, which the others are not asked to do.
frictionless reads the XLSX by openpyxl and checks it by a Table Schema with the same rules and one check of its own for
cents. polars reads the CSV as text; pandera checks it lazily by one schema of column checks and gives its failure
cases; then polars casts days and amounts, so that both sides end with typed columns (ours also with rows).

Each run is a process of its own that has imported what it needs before the clock starts; ROUNDS runs a side in turns
(frictionless two), the best counts, for whatever else the machine does only adds. Memory is the peak of the whole
process, Python and libraries included.
"""

from __future__ import annotations

import csv
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jiannuo.tables import Column, Kind, Table, both, check, reading, uscc

ROWS, BAD, ROUNDS = 100_000, 200, 5
KINDS = {f"K{n:02}": both(f"类别{n}", f"Kind {n}") for n in range(12)}
GRADES = {"minor": both("一般", "Minor"), "serious": both("较重", "Serious"), "grave": both("严重", "Grave")}
NOTHING = both("说明", "About")
Bad = set[tuple[int, str]]  # line, name of the column


def column(name: str, zh: str, kind: Kind, **more: object) -> Column:
    return Column(name, both(zh, name), kind, NOTHING, **more)  # type: ignore[arg-type]


TABLE = Table(
    "measured",
    both("量一量", "Measured"),
    NOTHING,
    (
        column("number", "文号", Kind.TEXT, required=True, most=40),
        column("organ", "机构", Kind.TEXT, required=True, most=60),
        column("uscc", "统一社会信用代码", Kind.USCC, required=True),
        column("title", "标题", Kind.TEXT, required=True, most=80),
        column("kind", "类别", Kind.CODE, required=True, codes=lambda: KINDS),
        column("grade", "等级", Kind.CODE, required=True, codes=lambda: GRADES),
        column("decided", "决定日期", Kind.DAY, required=True),
        column("amount", "金额", Kind.AMOUNT),
        column("open", "公开", Kind.YES_NO, required=True),
    ),
    key=("number",),
)
NAMES = [one.name for one in TABLE.columns]
SPOILT: dict[str, list[str]] = {
    "number": [""],
    "organ": [""],
    "uscc": ["I1990100MB1L0826C", "11990100MB1L08265O", "11990100"],
    "title": ["长" * 81],
    "kind": ["K99", "议标"],
    "grade": ["中等"],
    "decided": ["2026-02-30", "农历腊月二十", "11/2/2026"],
    "amount": ["三百万", "12.345"],
    "open": ["也许"],
}


def made() -> tuple[list[list[str]], Bad]:
    """The rows as text, and where the bad cells are."""
    chance = random.Random(20_261_102)
    first = ["11990" + "".join(chance.choices(uscc.ALPHABET, k=12)) for _ in range(5_000)]
    codes = [one + uscc.check_character(one) for one in first]
    places = ["云川市", "东陵区", "西湖区", "南岭县", "北川县"]
    names = [f"{places[n % 5]}第{n}局" for n in range(5_000)]
    days = [(date(2019, 1, 1) + timedelta(days=n)).isoformat() for n in range(2_800)]
    rows = []
    for n in range(ROWS):
        body = chance.randrange(5_000)
        rows.append(
            [
                f"云记〔2026〕{n:06}号",
                names[body],
                codes[body],
                f"关于{names[body]}未按期支付第{n}号合同款项的记录",
                f"K{chance.randrange(12):02}",
                chance.choice(list(GRADES)),
                chance.choice(days),
                f"{chance.randrange(10_000_000_00) / 100:.2f}" if chance.random() < 0.9 else "",
                chance.choice("是否"),
            ]
        )
    bad: Bad = set()
    while len(bad) < BAD:
        index, name = chance.randrange(ROWS), NAMES[len(bad) % len(NAMES)]
        if not any(line == index + 2 for line, _name in bad):
            rows[index][NAMES.index(name)] = chance.choice(SPOILT[name])
            bad.add((index + 2, name))
    return rows, bad


def write(rows: list[list[str]], folder: Path) -> None:
    import xlsxwriter

    with (folder / "t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([NAMES, *rows])
    book = xlsxwriter.Workbook(folder / "t.xlsx", {"strings_to_numbers": False})
    day, money = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, NAMES)
    for line, row in enumerate(rows, 1):
        for place, (name, cell) in enumerate(zip(NAMES, row, strict=True)):
            if name == "decided" and cell not in SPOILT[name]:
                sheet.write_datetime(line, place, date.fromisoformat(cell), day)
            elif name == "amount" and cell and cell != "三百万":
                sheet.write_number(line, place, float(cell), money)
            elif cell:
                sheet.write_string(line, place, cell)
    book.close()


def ours(path: Path) -> Callable[[], Bad]:
    def run() -> Bad:
        found: Bad = set()
        good = 0
        opened = reading.read(path, TABLE, file_name=path.name)
        seen: dict[object, int] = {}
        for rows in opened.rows():
            checked = check(TABLE, rows, {}, seen)
            good += len(checked.good)
            found |= {(rows.lines[at], fault.column) for at, faults in checked.faults.items() for fault in faults}
        assert good == ROWS - BAD, good
        return found

    return run


def by_frictionless(path: Path) -> Callable[[], Bad]:
    from frictionless import Check, Checklist, Resource, Schema, errors, system

    class Cents(Check):  # the one rule that a Table Schema has no word for
        type = "cents"
        Errors = [errors.ConstraintError]

        def validate_row(self, row: Any) -> Iterator[Any]:
            amount = row["amount"]
            if amount is not None and amount != round(amount, 2):
                yield errors.ConstraintError.from_row(row, note="more than two decimals", field_name="amount")

    system.trusted = True
    pattern = "[0-9A-HJ-NP-RTUW-Y]{18}"
    rules = {
        "number": {"type": "string", "constraints": {"required": True, "maxLength": 40}},
        "organ": {"type": "string", "constraints": {"required": True, "maxLength": 60}},
        "uscc": {"type": "string", "constraints": {"required": True, "pattern": pattern}},
        "title": {"type": "string", "constraints": {"required": True, "maxLength": 80}},
        "kind": {"type": "string", "constraints": {"required": True, "enum": list(KINDS)}},
        "grade": {"type": "string", "constraints": {"required": True, "enum": list(GRADES)}},
        "decided": {"type": "date", "constraints": {"required": True}},
        "amount": {"type": "number", "constraints": {}},
        "open": {"type": "boolean", "trueValues": ["是"], "falseValues": ["否"], "constraints": {"required": True}},
    }
    schema = Schema.from_descriptor({"fields": [{"name": name, **rules[name]} for name in NAMES]})
    checklist = Checklist(checks=[Cents()])

    def run() -> Bad:
        report = Resource(path=str(path), schema=schema).validate(checklist, limit_errors=10_000)
        return {
            (row, name)
            for row, name in report.flatten(["rowNumber", "fieldName"])
            if row is not None and name is not None
        }

    return run


def by_pandera(path: Path) -> Callable[[], Bad]:
    import pandera.polars as pa
    import polars as pl

    pattern = "^[0-9A-HJ-NP-RTUW-Y]{18}$"

    def is_day(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col(data.key).str.to_date("%Y-%m-%d", strict=False).is_not_null())

    schema = pa.DataFrameSchema(
        {
            "number": pa.Column(str, pa.Check.str_length(1, 40)),
            "organ": pa.Column(str, pa.Check.str_length(1, 60)),
            "uscc": pa.Column(str, pa.Check.str_matches(pattern)),
            "title": pa.Column(str, pa.Check.str_length(1, 80)),
            "kind": pa.Column(str, pa.Check.isin(list(KINDS))),
            "grade": pa.Column(str, pa.Check.isin(list(GRADES))),
            "decided": pa.Column(str, pa.Check(is_day)),
            "amount": pa.Column(str, pa.Check.str_matches(r"^-?\d{1,13}(\.\d{1,2})?$"), nullable=True),
            "open": pa.Column(str, pa.Check.isin(["是", "否"])),
        }
    )

    def run() -> Bad:
        frame = pl.read_csv(path, infer_schema=False)
        found: Bad = set()
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as errors:
            cases = errors.failure_cases.select("index", "column")
            found = {(index + 2, name) for index, name in cases.iter_rows()}
        frame.with_columns(
            pl.col("decided").str.to_date("%Y-%m-%d", strict=False),
            pl.col("amount").cast(pl.Decimal(15, 2), strict=False),
        )
        return found

    return run


SIDES: dict[str, tuple[Callable[[Path], Callable[[], Bad]], str]] = {
    "ours xlsx": (ours, "t.xlsx"),
    "frictionless xlsx": (by_frictionless, "t.xlsx"),
    "ours csv": (ours, "t.csv"),
    "pandera csv": (by_pandera, "t.csv"),
}


def one(side: str, folder: Path) -> None:
    """In a process of its own: seconds, peak memory in MB, and what was found."""
    build, name = SIDES[side]
    run = build(folder / name)
    start = time.perf_counter()
    found = run()
    took = time.perf_counter() - start
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024  # type: ignore[index]
    print(json.dumps({"took": took, "peak": peak, "found": sorted(found)}))


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows, bad = made()
        write(rows, folder)
        times: dict[str, list[float]] = {side: [] for side in SIDES}
        peaks: dict[str, float] = {}
        for turn in range(ROUNDS):
            for side in SIDES:
                if side.startswith("frictionless") and turn > 1:
                    continue  # a quarter of a minute each: twice is enough
                told = subprocess.run(
                    [sys.executable, __file__, side, name], check=True, capture_output=True, text=True
                ).stdout
                answer = json.loads(told.splitlines()[-1])
                found = {(line, column) for line, column in answer["found"]}
                assert found == bad, (side, sorted(found ^ bad)[:10])
                times[side].append(answer["took"])
                peaks[side] = max(peaks.get(side, 0), answer["peak"])
    print(f"{ROWS:,} rows, {len(NAMES)} columns, {len(bad)} bad cells: each side named every one of them and no other")
    best = {side: min(some) for side, some in times.items()}
    for side, some in times.items():
        told = f"{best[side]:7.2f} s (median {statistics.median(some):.2f}, worst {max(some):.2f})"
        print(f"{side:18} {told}, peak {peaks[side]:4.0f} MB")
    print(f"xlsx: ours is {best['frictionless xlsx'] / best['ours xlsx']:.1f} times as fast as frictionless")
    print(f"csv: ours takes {best['ours csv'] / best['pandera csv']:.2f} times as long as pandera on polars")
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 2:
        one(sys.argv[1], Path(sys.argv[2]))
    else:
        sys.exit(main())
