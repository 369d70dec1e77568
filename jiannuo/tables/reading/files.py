"""What a file is, told by its content; how large it may be; and the refusal of a file that cannot be read at all."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from jiannuo.rules.schema import Text

from ..describing import both
from ..faults import Fault

MOST_BYTES = 256 * 2**20  # of the file as it comes
MOST_UNPACKED = 2**30  # of everything in a workbook, unpacked
MOST_PART = 256 * 2**20  # of one part of a workbook that is no sheet: it is held in memory
MOST_RATIO = 400  # unpacked to packed; a sheet of nothing but formatted cells comes to about 60
MOST_ROWS = 200_000  # data rows of one file
MOST_CELLS = 12_000_000  # filled cells of one sheet, and the rectangle that holds them: about 0.4 GB while it is read
MOST_LINE = 2**20  # bytes of one line of text
XLSX = both(".xlsx 或 .csv 文件", "an .xlsx or .csv file")

Format = Literal["xlsx", "xls", "csv"]


class BadFile(Exception):
    """The file as a whole is refused; nothing was read. `faults` says why, never empty."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.message.en for fault in faults))
        self.faults = list(faults)


def bad(
    code: str, zh: str, en: str, *, found: str = "", allowed: Text | None = XLSX, hint: tuple[str, str] | None = None
) -> BadFile:
    """A refusal with one fault."""
    return BadFile(
        Fault(f"tables.{code}", both(zh, en), found=found, allowed=allowed, hint=both(*hint) if hint else None)
    )


def size_of(count: int) -> str:
    """Bytes for a person."""
    return f"{count / 2**20:.1f} MB" if count >= 2**20 else f"{count / 1024:.1f} KB" if count >= 1024 else f"{count} B"


def too_many_rows(count: int, sheet: str = "") -> BadFile:
    where = f"“{sheet}”" if sheet else ""
    return bad(
        "too_many_rows",
        f"行太多：{where}有 {count:,} 行数据",
        f"Too many rows: {count:,} rows of data{f' in “{sheet}”' if sheet else ''}",
        found=f"{count}",
        allowed=both(f"一个文件最多 {MOST_ROWS:,} 行", f"at most {MOST_ROWS:,} rows in one file"),
        hint=("拆成几个文件，分次交", "split it into several files and hand them in one after the other"),
    )


def sniff(path: Path) -> Format:
    """What the file is. Raises BadFile for what is not read, with the way out."""
    size = path.stat().st_size
    if size == 0:
        raise bad("empty_file", "文件是空的", "The file is empty", found="0 B")
    if size > MOST_BYTES:
        raise bad(
            "file_too_large",
            f"文件太大：{size_of(size)}",
            f"The file is too large: {size_of(size)}",
            found=size_of(size),
            allowed=both(f"最大 {size_of(MOST_BYTES)}", f"at most {size_of(MOST_BYTES)}"),
            hint=("拆成几个文件，分次交", "split it into several files and hand them in one after the other"),
        )
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith(b"PK"):
            return "xlsx"
        if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            file.seek(0)
            _encrypted(file.read(min(size, 2**22)), size, path)
            return "xls"
    _foreign(start)
    return "csv"


def _encrypted(start: bytes, size: int, path: Path) -> None:
    """An .xlsx with a password is an old compound file that holds its encrypted package."""
    names = [name.encode("utf-16-le") for name in ("EncryptedPackage", "EncryptionInfo")]
    tail = b""
    if size > len(start):
        with path.open("rb") as file:
            file.seek(max(0, size - 2**22))
            tail = file.read()
    if any(name in start or name in tail for name in names):
        raise locked()
    if b"W\0o\0r\0d\0D\0o\0c" in start or b"P\0o\0w\0e\0r\0P\0o\0i\0n\0t" in start:
        raise bad("not_a_table", "这不是电子表格", "This is no spreadsheet", found="Word / PowerPoint")


def locked() -> BadFile:
    return bad(
        "password",
        "文件有密码，打不开",
        "The file has a password and cannot be opened",
        allowed=both("没有密码的文件", "a file without a password"),
        hint=("去掉密码另存后再交", "save a copy without the password and hand that in"),
    )


def _foreign(start: bytes) -> None:
    """Contents that people hand in as tables and that are none."""
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    save = (
        "用电子表格软件打开，另存为 .xlsx 再交",
        "open it in a spreadsheet program, save it as .xlsx and hand that in",
    )
    if text.startswith((b"<html", b"<!doctype", b"<table", b"<meta")) or b"<html" in text or b"<table" in text:
        raise bad("html", "这是网页，不是电子表格", "This is a web page, not a spreadsheet", found="HTML", hint=save)
    if text.startswith(b"<?xml"):
        kind = "XML"
        raise bad("xml", "这是 XML，不是电子表格", "This is XML, not a spreadsheet", found=kind, hint=save)
    known = {
        b"%PDF": "PDF",
        b"\x89PNG": "PNG",
        b"\xff\xd8\xff": "JPEG",
        b"Rar!": "RAR",
        b"7z\xbc\xaf": "7z",
        b"{\\rtf": "RTF",
    }
    for magic, name in {**known, b"\x1f\x8b": "gzip", b"PAR1": "Parquet", b"SQLite": "SQLite"}.items():
        if start.startswith(magic):
            raise bad(
                "not_a_table",
                f"这是 {name} 文件，不是电子表格",
                f"This is a {name} file, not a spreadsheet",
                found=name,
            )
