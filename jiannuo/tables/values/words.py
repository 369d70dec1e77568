"""Texts, digits, codes, yes and no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from rapidfuzz import fuzz, process

from jiannuo.rules.schema import Text

from .. import uscc as gb32100
from ..describing import Column, Kind, both
from ..faults import Fault
from ..folding import fold
from ..rows import Cell, said

# Marks that carry nothing and come in by copying from web pages.
INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
# Control characters (a tab and ends of lines apart), lone halves of characters, marks that turn the order of writing.
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
MOST_TEXT, MOST_LONG = 500, 20_000  # characters, where a column names no limit of its own
_YES = {"是", "有", "对", "yes", "y", "true", "1", "√", "✓", "☑"}
_NO = {"否", "无", "不", "no", "n", "false", "0", "×", "✗", "☐"}
YES_NO = both("是 或 否", "yes or no")
AS_TEXT = both(
    "先把整列设为“文本”格式，再重新填写（不是只改格式，丢了的数字不会回来）",
    "set the whole column to the format Text first, then type the code again (digits that are lost do not come back)",
)


def clean(text: str) -> str:
    """Without white space around and invisible marks; ends of lines are \\n."""
    if "\r" in text or "\x85" in text or "\u2028" in text:
        text = re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text)
    return INVISIBLE.sub("", text).strip()


def folded(text: str) -> str:
    """Half-width, without white space around: how codes, numbers and days are read."""
    return text if text.isascii() else unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).strip()


def most(column: Column) -> int:
    """The longest text that a column takes."""
    return column.most or (MOST_LONG if column.kind is Kind.LONG else MOST_TEXT)


def text_fault(text: str, column: Column) -> Fault | None:
    """What forbids this text; it is clean already."""
    limit = most(column)
    if len(text) > limit:
        return Fault(
            "tables.too_long",
            both(f"太长：{len(text)} 字", f"Too long: {len(text)} characters"),
            found=text[:60] + "…",
            allowed=both(f"最多 {limit} 字", f"at most {limit} characters"),
        )
    if match := CONTROL.search(text):
        return Fault(
            "tables.control_character",
            both(
                f"含有不能显示的字符 U+{ord(match.group()):04X}",
                f"Holds a character that cannot be shown: U+{ord(match.group()):04X}",
            ),
            found=text.replace(match.group(), "�")[:200],
            allowed=both("可以显示的文字", "characters that can be shown"),
            hint=both("删去后重新输入", "delete it and type the text again"),
        )
    if "\ufffd" in text:
        return Fault(
            "tables.lost_character",
            both("有字在转换编码时已丢失（�）", "A character was lost in an earlier conversion (�)"),
            found=text[:200],
            allowed=both("原来的文字", "the original text"),
            hint=both("从原件补上", "take it from the original"),
        )
    if column.kind is not Kind.LONG and "\n" in text:
        return Fault(
            "tables.line_break",
            both("本列只写一行，这里有换行", "This column takes one line; there is a line break"),
            found=text[:200],
            allowed=both("一行文字", "text of one line"),
            hint=both("若是 CSV 文件，可能缺一个引号", "in a CSV file a quotation mark may be missing"),
        )
    return None


def text(cell: Cell, column: Column) -> str | Fault:
    words = clean(said(cell))
    return text_fault(words, column) or words


def _lost(cell: float, column: Column) -> Fault:
    return Fault(
        "tables.digits_lost",
        both(
            "电子表格把这个编码当成了数，只留下前 15 位，后面的数字已丢失",
            "The spreadsheet took this code for a number and kept its first 15 digits; the rest is lost",
        ),
        found=f"{cell:.15g}" if isinstance(cell, float) else str(cell),
        allowed=both("文本格式的编码", "a code in a cell of the format Text"),
        hint=AS_TEXT,
    )


def _number_as_code(cell: Cell, column: Column) -> str | Fault:
    """A code that a spreadsheet holds as a number: whole if short, refused if digits are lost."""
    if isinstance(cell, (bool, date)):
        return Fault("tables.not_digits", both("不是数字编码", "Not a code of digits"), found=said(cell))
    if isinstance(cell, float):
        if abs(cell) >= 1e15:
            return _lost(cell, column)
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def digits(cell: Cell, column: Column) -> str | Fault:
    found = _number_as_code(cell, column) if not isinstance(cell, str) else folded(clean(cell)).replace(" ", "")
    if isinstance(found, Fault):
        return found
    if re.fullmatch(r"\d(?:\.\d+)?[Ee]\+?\d+", found):
        return _lost(float(found), column)
    if not re.fullmatch(r"[0-9]+", found):
        return Fault(
            "tables.not_digits",
            both("只能是数字", "Only digits"),
            found=found[:200],
            allowed=both(f"数字，如 {column.example}", f"digits, such as {column.example}")
            if column.example
            else both("数字", "digits"),
        )
    return text_fault(found, column) or found


def uscc(cell: Cell, column: Column) -> str | Fault:
    found = _number_as_code(cell, column) if not isinstance(cell, str) else folded(clean(cell)).replace(" ", "").upper()
    if isinstance(found, Fault):
        return found
    if gb32100.right(found):
        return found
    allowed = both("18 位统一社会信用代码（GB 32100）", "a unified social credit code of 18 characters (GB 32100)")
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", found):
        return _lost(float(found), column)
    if len(found) != gb32100.LENGTH:
        short = gb32100.LENGTH - len(found)
        zh = f"少 {short} 位，应为 18 位" if short > 0 else f"多 {-short} 位，应为 18 位"
        en = f"{abs(short)} characters too {'few' if short > 0 else 'many'}: it has 18"
        return Fault("tables.uscc_length", both(zh, en), found=found[:60], allowed=allowed)
    if chars := gb32100.strange(found):
        told = " ".join(chars)
        meant = found.translate(str.maketrans("IOSVZ", "10522"))
        return Fault(
            "tables.uscc_character",
            both(
                f"信用代码中没有 {told}（不用 I、O、S、V、Z）",
                f"{told} does not occur in such a code (I, O, S, V, Z are never used)",
            ),
            found=found,
            allowed=allowed,
            hint=both(f"是不是 {meant}？", f"is it {meant}?") if gb32100.right(meant) else None,
        )
    if not column.strict:
        return found
    expected = gb32100.check_character(found[:-1])
    return Fault(
        "tables.uscc_check",
        both(
            f"校验位不符：按前 17 位，末位应为 {expected}，现在是 {found[-1]}",
            f"The check character does not fit: after these 17 it should be {expected}, it is {found[-1]}",
        ),
        found=found,
        allowed=allowed,
        hint=both("前 17 位中或末位有一处写错，请对照证书", "one of the 18 is wrong: compare it with the certificate"),
    )


def yes_no(cell: Cell, column: Column) -> bool | Fault:
    if isinstance(cell, bool):
        return cell
    mark = fold(said(cell))
    if mark in _YES:
        return True
    if mark in _NO:
        return False
    return Fault(
        "tables.not_yes_no", both("既不是“是”，也不是“否”", "Neither yes nor no"), found=said(cell)[:60], allowed=YES_NO
    )


class CodeList:
    """One code list, ready to be asked: a code is its key, or its title in either language."""

    def __init__(self, codes: Mapping[str, Text]) -> None:
        self.codes = codes
        self.keys: dict[str, str] = {}
        for key, title in codes.items():
            self.keys.setdefault(fold(title.zh), key)
            self.keys.setdefault(fold(title.en), key)
        self.keys |= {fold(key): key for key in codes}

    def __call__(self, cell: Cell, column: Column) -> str | Fault:
        asked = fold(said(cell))
        if found := self.keys.get(asked):
            return found
        shown = [f"{title.zh}（{key}）" for key, title in self.codes.items()]
        english = [f"{title.en} ({key})" for key, title in self.codes.items()]
        rest = len(shown) - 30
        near = self._near(asked)
        return Fault(
            "tables.no_such_code",
            both("不在代码表中", "Not in the code list"),
            found=said(cell)[:60],
            allowed=both(
                "、".join(shown[:30]) + (f"等 {len(shown)} 项" if rest > 0 else ""),
                ", ".join(english[:30]) + (f" and {rest} more" if rest > 0 else ""),
            )
            if shown
            else None,
            hint=both(
                "最接近的：" + "、".join(self.codes[key].zh for key in near),
                "nearest: " + ", ".join(self.codes[key].en for key in near),
            )
            if near
            else None,
        )

    def _near(self, asked: str) -> list[str]:
        found = process.extract(asked, list(self.keys), scorer=fuzz.WRatio, limit=6, score_cutoff=60)
        return list(dict.fromkeys(self.keys[name] for name, _score, _at in found))[:3]
