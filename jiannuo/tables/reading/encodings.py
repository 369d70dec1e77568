"""In which encoding a text file is written: a fixed order, no guessing by chance.

1. A mark at the start (BOM): UTF-8, UTF-16.
2. Every byte is right UTF-8: UTF-8. (No Chinese text in another encoding is, beyond a few characters.)
3. Zero bytes among the first: UTF-16 without a mark, if the heads of the table are found so.
4. GB18030 and Big5 (with the characters of Hong Kong), whichever reads every byte. Where both do, first whichever
   finds more heads of the table; then the one in which more of the characters are common ones (level 1 of GB 2312, of
   Big5): a text read in the wrong encoding is full of rare characters. Then GB18030.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..describing import both
from .files import MOST_LINE, BadFile, bad, size_of

ALLOWED = both("UTF-8、GB18030、UTF-16 或 Big5 编码的文本", "text in UTF-8, GB18030, UTF-16 or Big5")
_PIECE = 2**19  # a half of the longest line: pieces of ordinary lines are not searched for long ones
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_RESAVE = ("另存为 .xlsx 或“CSV UTF-8”再交", "save it as .xlsx or as “CSV UTF-8” and hand that in")


@dataclass
class Survey:
    """What one pass over the bytes tells.

    utf8         every byte is right UTF-8
    cut          it is UTF-8 but for a last character that stops in the middle
    wrong        line of the first byte that is not UTF-8
    lines        ends of lines, at least as many as there are lines of text
    quotes       quotation marks
    apostrophes  whether there is one
    ended        whether the last line is ended
    """

    utf8: bool = True
    cut: bool = False
    wrong: int = 0
    lines: int = 0
    quotes: int = 0
    apostrophes: bool = False
    ended: bool = False
    zero: int = 0


def survey(path: Path) -> Survey:
    """Look at every byte once. Raises BadFile for a line that is too long to be one of a table."""
    seen = Survey()
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    run, wide, piece = 0, False, b""
    with path.open("rb") as file:
        while more := file.read(_PIECE):
            piece = more
            if seen.utf8:
                try:
                    wide = not decoder.decode(piece).isascii() or wide
                except UnicodeDecodeError as error:
                    seen.utf8 = False
                    seen.wrong = seen.lines + piece.count(b"\n", 0, error.start) + 1
            if not seen.zero and (at := piece.find(b"\0")) >= 0:
                seen.zero = seen.lines + piece.count(b"\n", 0, at) + 1
            ends = max(piece.count(b"\n"), piece.count(b"\r"))
            _longest(piece, run, seen.lines)
            run = run + len(piece) if not ends else len(piece) - 1 - max(piece.rfind(b"\n"), piece.rfind(b"\r"))
            seen.lines += ends
            seen.quotes += piece.count(b'"')
            seen.apostrophes = seen.apostrophes or b"'" in piece
    seen.ended = piece.rstrip(b"\0").endswith((b"\n", b"\r"))
    if seen.utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            seen.utf8, seen.cut, seen.wrong = False, wide, seen.lines + 1
    return seen


def _longest(piece: bytes, run: int, before: int) -> None:
    """Refuse a line that would not fit into memory; `run` bytes of it came in earlier pieces."""
    if run + len(piece) <= MOST_LINE:
        return
    lengths = list(map(len, piece.replace(b"\r", b"\n").split(b"\n")))
    lengths[0] += run
    longest = max(lengths)
    if longest > MOST_LINE:
        line = before + lengths.index(longest) + 1
        raise bad(
            "line_too_long",
            f"第 {line} 行太长：超过 {size_of(MOST_LINE)}",
            f"Line {line} is too long: over {size_of(MOST_LINE)}",
            found=size_of(longest),
            allowed=both(f"一行最多 {size_of(MOST_LINE)}", f"at most {size_of(MOST_LINE)} in one line"),
            hint=(
                "可能不是表格，或缺换行、缺引号",
                "it may be no table, or ends of lines or a quotation mark are missing",
            ),
        )


def decide(path: Path, seen: Survey, heads_in: Callable[[str], int]) -> str:
    """The encoding. heads_in: encoding → how many heads of the table are found so. Raises BadFile."""
    with path.open("rb") as file:
        start = file.read(64 * 1024)
    for mark, name in _MARKS.items():
        if start.startswith(mark):
            if name == "utf-8-sig" and not seen.utf8:
                raise _undecoded(seen)
            if name == "utf-16" and not _reads(path, name):
                raise _undecoded(seen)
            return name
    if seen.zero:
        wide = [name for name in ("utf-16-le", "utf-16-be") if _reads(path, name) and heads_in(name)]
        if wide and b"\0" in start:
            return wide[0]
        raise bad(
            "zero_bytes",
            f"第 {seen.zero} 行有空字节（NUL），不是文本表格",
            f"Line {seen.zero} holds a zero byte (NUL): this is no table of text",
            found="U+0000",
            allowed=ALLOWED,
            hint=_RESAVE,
        )
    if seen.utf8:
        return "utf-8"
    if seen.cut and heads_in("utf-8"):
        raise _undecoded(seen)
    found = [name for name in ("gb18030", "big5hkscs") if _reads(path, name)]
    if not found:
        raise _undecoded(seen)
    return max(found, key=lambda name: (heads_in(name), _commonness(start, name)))  # of equals the first: GB18030


def _reads(path: Path, encoding: str) -> bool:
    """Whether every byte can be read so, and no character is one that nobody writes."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@lru_cache(maxsize=2)
def _common(encoding: str) -> frozenset[str]:
    """The common characters of an encoding, as its makers ordered them."""
    if encoding == "gb18030":  # level 1 of GB 2312, by pronunciation
        pairs = ((lead, trail) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
        encoding = "gb2312"
    else:  # level 1 of Big5, by strokes
        trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
        pairs = ((lead, trail) for lead in range(0xA4, 0xC7) for trail in trails)
    return frozenset(bytes(pair).decode(encoding, "ignore") for pair in pairs) - {""}


def _commonness(start: bytes, encoding: str) -> float:
    """Share of common characters among the Chinese ones."""
    text = codecs.getincrementaldecoder(encoding)("ignore").decode(start)
    wide = [char for char in text if ord(char) > 0x2FFF and not 0xFF00 <= ord(char) <= 0xFFEF]
    common = _common(encoding)
    return sum(char in common for char in wide) / len(wide) if wide else 0.0


def _undecoded(seen: Survey) -> BadFile:
    if seen.cut:
        return bad(
            "cut_off",
            f"文件在第 {seen.wrong} 行中断：最后一个字不完整",
            f"The file stops in line {seen.wrong}, in the middle of a character",
            allowed=both("完整的文件", "a complete file"),
            hint=("重新导出或重新传送一次", "export it or send it again"),
        )
    return bad(
        "encoding",
        f"读不出文字：第 {seen.wrong} 行的编码不对",
        f"The text cannot be read: wrong encoding in line {seen.wrong}",
        allowed=ALLOWED,
        hint=_RESAVE,
    )
