"""A folder of tables: `name.parquet`, `name.csv`, or a folder `name` of Parquet files. Nothing else in it is read.

A CSV file (UTF-8, a header, commas) becomes Parquet in a scratch folder first, so that every engine reads the same
types: whole numbers, decimals as exact as they are written, days, text. An empty field is NULL; nothing else is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .faults import Fault, Refused, both

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
ENDLESS = r"(?i)[+-]?(inf|infinity|nan)"
READ = (
    "read_csv($1, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', strict_mode = true, "
    "null_padding = false, encoding = 'utf-8', comment = '', skip = 0)"
)
DIGITS = 38  # of a decimal in every engine


@dataclass(frozen=True)
class Data:
    """Table → its Parquet files, and SHA-256 of each file as it was given (name → hex)."""

    tables: Mapping[str, Sequence[Path]]
    digests: Mapping[str, str]


def collect(folder: Path, scratch: Path) -> Data:
    """The tables of a folder; CSV files become Parquet in `scratch`. Raises Refused with every fault found."""
    faults: list[Fault] = []
    tables: dict[str, list[Path]] = {}
    digests: dict[str, str] = {}
    if not folder.is_dir():
        raise Refused([Fault("data.no_folder", both("没有这个目录", "There is no such folder"), file=str(folder))])
    for path in sorted(folder.iterdir()):
        files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        if not files or (path.is_file() and path.suffix.lower() not in (".csv", ".parquet")):
            continue
        name = path.stem if path.is_file() else path.name
        if not NAME.fullmatch(name):
            faults.append(
                _fault(path.name, "name", "表名由字母、数字和下划线组成", "A table is named in letters, digits and _")
            )
        elif name.lower() in map(str.lower, tables):
            faults.append(_fault(path.name, "twice", "同名的表有两个", "Two tables have this name"))
        else:
            try:
                tables[name] = [_parquet(path, scratch)] if path.suffix.lower() == ".csv" else files
            except Refused as refused:
                faults += refused.faults
        for file in files:
            digests[str(file.relative_to(folder))] = _digest(file)
    if not tables and not faults:
        zh, en = "目录中没有 .csv 或 .parquet 文件", "The folder holds no .csv and no .parquet file"
        faults.append(_fault(str(folder), "empty", zh, en))
    if faults:
        raise Refused(faults)
    return Data(tables, digests)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parquet(path: Path, scratch: Path) -> Path:
    import duckdb

    if not path.stat().st_size:
        raise Refused([_fault(path.name, "empty", "文件是空的", "The file is empty")])
    out = scratch / f"{path.stem}.parquet"
    with duckdb.connect() as connection:
        try:
            connection.execute(f"CREATE TABLE raw AS SELECT * FROM {READ}", [str(path)])  # noqa: S608  (a constant)
            described = connection.execute("DESCRIBE raw").fetchall()
            columns = ", ".join(
                f'CAST("{name}" AS {_type(connection, name, path)}) AS "{name}"'
                for name in _names([row[0] for row in described], path)
            )
            connection.execute(f"COPY (SELECT {columns} FROM raw) TO '{out}' (FORMAT parquet)")  # noqa: S608  (checked names)
        except duckdb.Error as error:
            said = " ".join(str(error).split())
            line = re.search(r"[Ll]ine:? (\d+)", said)
            at = int(line[1]) if line else 0
            zh, en = "不是规整的 CSV", "This CSV is not well formed"
            raise Refused([_fault(path.name, "csv", zh, en, said, at)]) from None
    return out


def _names(names: Sequence[str], path: Path) -> Sequence[str]:
    wrong = [name for name in names if not NAME.fullmatch(name)]
    if wrong:
        zh, en = "列名由字母、数字和下划线组成", "Columns are named in letters, digits and _"
        raise Refused([_fault(path.name, "columns", zh, en, ", ".join(wrong), 1)])
    return names


def _type(connection: DuckDBPyConnection, name: str, path: Path) -> str:
    """The narrowest of BIGINT, DECIMAL, DATE, VARCHAR that holds every value as it is written."""
    row = connection.execute(
        f"""
        SELECT count(v), count_if(regexp_full_match(v, '{NUMBER}')), count_if(regexp_full_match(v, '{ENDLESS}')),
          count_if(regexp_full_match(v, '[+-]?\\d{{1,18}}')), count_if(regexp_full_match(v, '\\d{{4}}-\\d\\d-\\d\\d')
            AND try_cast(v AS DATE) IS NOT NULL),
          max(greatest(0, length(regexp_extract(v, '\\.(\\d*)', 1))
            - coalesce(try_cast(regexp_extract(v, '[eE]([+-]?\\d+)', 1) AS INTEGER), 0))),
          max(length(ltrim(regexp_extract(v, '^[+-]?(\\d*)', 1), '0'))
            + greatest(0, coalesce(try_cast(regexp_extract(v, '[eE]([+-]?\\d+)', 1) AS INTEGER), 0))),
          count_if(regexp_full_match(v, '0\\d+'))
        FROM (SELECT "{name}" AS v FROM raw)
        """  # noqa: S608  (a checked name)
    ).fetchone()
    assert row is not None
    known, numbers, endless, whole, days, scale, before, padded = row
    if known and numbers + endless == known and numbers:
        if endless:
            raise Refused([_endless(connection, name, path)])
        if padded:
            return "VARCHAR"  # 007 is a code
        if whole == known:
            return "BIGINT"
        if scale + before > DIGITS:
            zh, en = f"数字超过 {DIGITS} 位", f"Numbers of more than {DIGITS} digits"
            raise Refused([_fault(path.name, "digits", zh, en, f"{name}: {before} + {scale}")])
        return f"DECIMAL({DIGITS}, {scale})"
    return "DATE" if known and days == known else "VARCHAR"


def _endless(connection: DuckDBPyConnection, name: str, path: Path) -> Fault:
    row = connection.execute(
        f'SELECT rowid + 2, "{name}" FROM raw WHERE regexp_full_match("{name}", \'{ENDLESS}\') ORDER BY rowid'  # noqa: S608
    ).fetchone()
    line, found = row or (0, "")
    zh, en = "数字列中有无穷或非数", "Infinity or no number in a column of numbers"
    allowed = both("数字，或留空", "a number, or nothing")
    return Fault("data.endless", both(zh, en), name, path.name, line, str(found), allowed)


def _fault(file: str, code: str, zh: str, en: str, found: str = "", line: int = 0) -> Fault:
    return Fault(f"data.{code}", both(zh, en), file=file, line=line, found=found[:300])
