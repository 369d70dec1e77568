"""Amounts in yuan to the cent, and whole numbers. Never a binary float on the way."""

from __future__ import annotations

import re
from decimal import Decimal

from jiannuo.rules.schema import Text

from ..describing import both
from ..faults import Fault
from ..rows import Cell, said

AMOUNT = both(
    "以元为单位的数，最多两位小数，如 1234.50；可带千位逗号、￥或“元”",
    "a number in yuan with at most two decimals, such as 1234.50; thousands commas, ￥ or 元 may stand with it",
)
WHOLE = both("整数，如 12", "a whole number, such as 12")
CENT = Decimal("0.01")
MOST = Decimal("9999999999999.99")  # thirteen digits before the point: above every budget there is
MOST_WHOLE = 10**15
_UNITS = {"万": 4, "百万": 6, "千万": 7, "亿": 8, "万亿": 12, "萬": 4, "億": 8, "百": 2, "千": 3}
_PLAIN = re.compile(r"[-+]?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,5})(?:\.\d+)?")
_IN_UNITS = re.compile(r"([-+]?\d[\d,]*(?:\.\d+)?)\s*(万亿|百万|千万|[万亿萬億百千])元?(\d?)")
_MARKS = re.compile(r"^(-?)(?:人民币|RMB|CNY)?[¥￥]?\s*|\s*(?:元整?|圆整?)$", re.IGNORECASE)


def _fault(
    code: str, zh: str, en: str, cell: Cell, allowed: Text = AMOUNT, hint: tuple[str, str] | None = None
) -> Fault:
    hinted = both(*hint) if hint else None
    return Fault(f"tables.{code}", both(zh, en), found=said(cell), allowed=allowed, hint=hinted)


def plain(amount: Decimal) -> str:
    """1234.50, without an exponent."""
    return f"{amount:f}"


def _fits(amount: Decimal, cell: Cell) -> Decimal | Fault:
    if abs(amount) > MOST:
        return _fault("too_large", "数太大：整数部分最多 13 位", "Too large: at most 13 digits before the point", cell)
    cents = amount.quantize(CENT)
    if cents != amount:
        near = plain(cents)
        return _fault(
            "too_exact",
            "多于两位小数：金额到分为止",
            "More than two decimals: an amount ends at the cent",
            cell,
            hint=(f"四舍五入是 {near}，请核对后写", f"rounded it is {near}; check it and write it so"),
        )
    return cents


def amount_of_number(number: float | int, cell: Cell) -> Decimal | Fault:
    """A number of a spreadsheet. What it shows with 15 digits is what was meant: 0.1 + 0.2 is 0.30."""
    if isinstance(number, int):
        return _fits(Decimal(number), cell)
    if number != number or number in (float("inf"), float("-inf")):
        return _fault("not_an_amount", "不是数字", "Not a number", cell)
    return _fits(Decimal(f"{number:.15g}"), cell)


def amount(text: str, cell: Cell) -> Decimal | Fault:
    """Text after NFKC, without white space around."""
    if _PLAIN.fullmatch(text):
        return _fits(Decimal(text.replace(",", "")), cell)
    bare = _MARKS.sub(r"\1", text).strip()
    if bare.startswith("(") and bare.endswith(")") and _PLAIN.fullmatch(bare[1:-1]):
        bare = "-" + bare[1:-1]  # accountants' negative
    if _PLAIN.fullmatch(bare):
        return _fits(Decimal(bare.replace(",", "")), cell)
    if match := _IN_UNITS.fullmatch(bare):
        digits, unit, rest = match.groups()
        exact = Decimal(digits.replace(",", "")).scaleb(_UNITS[unit])
        if rest:  # 38万6 is 386 000 in speech
            exact += Decimal(rest).scaleb(_UNITS[unit] - 1)
        return _fault(
            "not_in_yuan",
            f"写的是“{unit}”，本列以元为单位",
            f"This is in {unit}; the column is in yuan",
            cell,
            hint=(
                f"若是 {plain(exact.quantize(CENT))} 元，请照此写",
                f"if {plain(exact.quantize(CENT))} is meant, write it so",
            ),
        )
    if re.fullmatch(r"[-+]?[\d,]+(?:\.\d+)?", bare):
        return _fault("thousands", "逗号的位置不对：千位逗号每三位一个", "Commas belong after every third digit", cell)
    return _fault("not_an_amount", "不是数字", "Not a number", cell)


def whole_of_number(number: float | int, cell: Cell) -> int | Fault:
    if isinstance(number, float) and not number.is_integer():
        return _fault("not_whole", "不是整数", "Not a whole number", cell, WHOLE)
    if abs(number) >= MOST_WHOLE:
        return _fault("too_large", "数太大：最多 15 位", "Too large: at most 15 digits", cell, WHOLE)
    return int(number)


def whole(text: str, cell: Cell) -> int | Fault:
    """Text after NFKC, without white space around."""
    if re.fullmatch(r"[-+]?(?:\d{1,18}|\d{1,3}(?:,\d{3}){1,5})(?:\.0+)?", text):
        return whole_of_number(int(text.replace(",", "").partition(".")[0]), cell)
    return _fault("not_whole", "不是整数", "Not a whole number", cell, WHOLE)


def looks_like_a_day(cell: Cell, allowed: Text) -> Fault:
    """A number that its spreadsheet shows as a day, or a day where a number belongs."""
    hint = ("若本来是数，把这一格的格式改为“数值”", "if it is a number, set the format of the cell to Number")
    return _fault("shown_as_day", "这一格是日期，不是数", "A day stands here, not a number", cell, allowed, hint)
