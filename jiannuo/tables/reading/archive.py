"""The gate of a workbook: nothing is opened before its zip directory, sizes and XML are looked at.

An .xlsx is a zip of XML. Its parts are unpacked here once, piece by piece and never kept, so that a bomb is stopped by
count and not by promise (a directory may lie), a document type or entity is refused, and each sheet's true extent, its
formulas without values and its errors are known before the sheet is built in memory.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile, ZipInfo

from ..describing import both
from . import plain
from .cells import Extent, Looking, Parsing
from .files import MOST_PART, MOST_RATIO, MOST_ROWS, MOST_UNPACKED, BadFile, bad, size_of
from .heads import DEPTH
from .plain import Grid

PIECE = 2**20
_PARTS = 20_000
_KEPT = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedstrings.xml")
_SHEET = re.compile(rb"<(?:[^\s<>/!?:]+:)?(?:worksheet|sheetData)\b")
# Pictures and the like are never opened by us; they only count.
_OPAQUE = ("xl/media/", "xl/embeddings/", "xl/printersettings/", "docprops/thumbnail", "xl/vbaproject", "customui/")


@dataclass
class Gate:
    """A workbook that may be opened.

    sheets  part of each worksheet that is written otherwise → what was seen in it
    grids   part of each worksheet that is written plainly → its rows
    parts   parts that are read whole: the book, its relations, styles, shared strings
    """

    sheets: dict[str, Extent] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)


def broken(detail: str) -> BadFile:
    return bad(
        "broken_workbook",
        "文件不完整或已损坏，打不开",
        "The file is incomplete or damaged and cannot be opened",
        found=detail,
        allowed=both("完整的 .xlsx 文件", "a complete .xlsx file"),
        hint=("重新保存或重新传送一次", "save it or send it again"),
    )


def _bomb(found: int) -> BadFile:
    return bad(
        "bomb",
        f"文件解开后太大：{size_of(found)}",
        f"Unpacked, the file is too large: {size_of(found)}",
        found=size_of(found),
        allowed=both(f"解开后最大 {size_of(MOST_UNPACKED)}", f"at most {size_of(MOST_UNPACKED)} unpacked"),
        hint=("把数据复制到新表另存，或拆成几个文件", "copy the data to a new sheet, or split it into several files"),
    )


def look(path: Path) -> Gate:
    """Look at every part. Raises BadFile."""
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise broken(str(error)) from error
    _directory(parts)
    gate = Gate()
    with path.open("rb") as file:
        sheets = [info for info in parts if not _part(file, info, gate)]
        _sheets(file, sheets, gate)
    return gate


def _directory(parts: list[ZipInfo]) -> None:
    names = {info.filename.lower() for info in parts}
    if len(names) < len(parts) or len(parts) > _PARTS:
        raise broken(f"{len(parts)} parts, {len(names)} names")
    if any(info.flag_bits & 1 for info in parts):
        raise bad("password", "压缩包有密码，打不开", "The archive has a password and cannot be opened")
    whole = sum(info.file_size for info in parts)
    if whole > MOST_UNPACKED:
        raise _bomb(whole)
    for info in parts:
        if info.file_size > PIECE and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            raise _bomb(info.file_size)
    if "xl/workbook.bin" in names:
        raise bad(
            "xlsb", "这是 .xlsb 文件，不读", "This is an .xlsb file, which is not read", found=".xlsb", hint=_SAVE
        )
    if "content.xml" in names and "mimetype" in names:
        raise bad("ods", "这是 .ods 文件，不读", "This is an .ods file, which is not read", found=".ods", hint=_SAVE)
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise bad("not_a_table", "这不是电子表格", "This is no spreadsheet", found="Word / PowerPoint")
    if "xl/workbook.xml" not in names:
        if any(name.endswith((".xlsx", ".xls", ".csv")) for name in names):
            hint = ("解开后，把里面的表格一个一个交", "unpack it and hand in the tables one by one")
            raise bad(
                "archive", "这是压缩包，不是电子表格", "This is an archive, not a spreadsheet", found=".zip", hint=hint
            )
        raise bad("not_a_table", "这不是电子表格", "This is no spreadsheet", found=".zip")


_SAVE = ("用电子表格软件另存为 .xlsx 再交", "save it as .xlsx in a spreadsheet program and hand that in")


def _pieces(file: BinaryIO, info: ZipInfo) -> Iterator[bytes]:
    """What a part really unpacks to. Its directory entry must have told the truth."""
    file.seek(info.header_offset)
    head = file.read(30)
    if len(head) < 30 or not head.startswith(b"PK\x03\x04"):
        raise broken(info.filename)
    file.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    left, count = info.compress_size, 0
    unpack = zlib.decompressobj(-15) if info.compress_type == 8 else None
    if info.compress_type not in (0, 8):
        raise broken(f"{info.filename}: {info.compress_type}")
    pending = b""
    while True:
        if not pending:
            pending = file.read(min(left, PIECE // 8))
            left = left - len(pending) if pending else 0
        if unpack is None:
            piece, pending = pending, b""
        else:
            try:
                piece = unpack.decompress(pending, PIECE)
            except zlib.error as error:
                raise broken(f"{info.filename}: {error}") from error
            pending = unpack.unconsumed_tail
        count += len(piece)
        if count > info.file_size:
            raise broken(f"{info.filename}: {size_of(info.file_size)} < {size_of(count)}")
        if piece:
            yield piece
        elif not pending and not left:
            break
    if count != info.file_size or (unpack is not None and not unpack.eof):
        raise broken(f"{info.filename}: {count} / {info.file_size}")


def _part(file: BinaryIO, info: ZipInfo, gate: Gate) -> bool:
    """Look at a part and keep it if it is wanted whole. Returns False at once for a worksheet."""
    name = info.filename.lower()
    if name.startswith(_OPAQUE) and not name.endswith((".xml", ".rels")):
        for _piece in _pieces(file, info):
            pass
        return True
    kept: list[bytes] = []
    for piece in _declared(file, info):
        if not kept and _SHEET.search(piece):
            return False
        if info.file_size > MOST_PART:
            raise _bomb(info.file_size)
        kept = [*kept, piece] if name in _KEPT else [b""]
    if name in _KEPT:
        gate.parts[name] = b"".join(kept)
    return True


def _declared(file: BinaryIO, info: ZipInfo) -> Iterator[bytes]:
    """The pieces of a part of XML that declares no document type."""
    last = b""
    for piece in _pieces(file, info):
        if not last and (piece[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in piece[:64]):
            raise _dtd(info.filename, "UTF-16")
        seam = last + piece[:9]
        if b"<!DOCTYPE" in piece or b"<!DOCTYPE" in seam:  # entities are declared nowhere else
            raise _dtd(info.filename, "DOCTYPE")
        last = (last + piece)[-9:] if len(piece) < 9 else piece[-9:]
        yield piece


def _sheets(file: BinaryIO, sheets: list[ZipInfo], gate: Gate) -> None:
    """Read each worksheet the plain way, or look how far it reaches before the library builds it."""
    left = plain.MOST_KEPT
    try:
        if plain.date_1904(gate.parts.get("xl/workbook.xml", b"")):
            raise plain.Otherwise
        shared = plain.strings(gate.parts.pop("xl/sharedstrings.xml", b""))
        days = plain.day_styles(gate.parts.pop("xl/styles.xml", b""))
    except plain.Otherwise:
        left = 0
    for info in sheets:
        if left > 0:
            reading = plain.Plain(shared, days, MOST_ROWS + DEPTH, left)
            try:
                for piece in _declared(file, info):
                    reading.feed(piece)
                gate.grids[info.filename.lower()] = reading.done()
                left -= reading.cells
                continue
            except plain.Otherwise:
                pass
        looking = Looking()
        for piece in _declared(file, info):
            looking.feed(piece)
        gate.sheets[info.filename.lower()] = _whole(file, info, looking)


def measure(path: Path, part: str) -> Extent:
    """One sheet's exact extent."""
    with ZipFile(path) as archive:
        info = next(one for one in archive.infolist() if one.filename.lower() == part)
    with path.open("rb") as file:
        looking = Looking(exact=True)
        for piece in _pieces(file, info):
            looking.feed(piece)
        return _whole(file, info, looking)


def _whole(file: BinaryIO, info: ZipInfo, looking: Looking) -> Extent:
    """What was seen, or, of a sheet that is not written as programs write it, what a parser sees."""
    extent = looking.done()
    if not looking.odd:
        return extent
    if info.file_size > MOST_PART:
        raise _bomb(info.file_size)
    parsing = Parsing()
    try:
        for piece in _pieces(file, info):
            parsing.feed(piece)
        return parsing.done()
    except ExpatError as error:
        raise broken(f"{info.filename}: {error}") from error


def _dtd(name: str, found: str) -> BadFile:
    return bad(
        "dtd",
        "文件里有不允许的 XML 声明（DOCTYPE、实体或编码）",
        "The file holds an XML declaration that is not allowed (document type, entity or encoding)",
        found=f"{name}: {found}",
        allowed=both("电子表格软件保存的 .xlsx 文件", "an .xlsx file as spreadsheet programs save it"),
        hint=("用电子表格软件打开，另存为新的 .xlsx", "open it in a spreadsheet program and save it as a new .xlsx"),
    )
