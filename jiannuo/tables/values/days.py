"""Days as people write them: six shapes of text, days of a spreadsheet and their serial numbers."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from ..describing import both
from ..faults import Fault
from ..rows import Cell, said

ALLOWED = both(
    "年-月-日，如 2026-11-02；也可写 2026/11/2、2026.11.2、20261102、2026年11月2日、二〇二六年十一月二日",
    "year-month-day, such as 2026-11-02; also 2026/11/2, 2026.11.2, 20261102, 2026年11月2日, 二〇二六年十一月二日",
)
_EPOCH = date(1899, 12, 30)  # serial 1 is 1900-01-01 there, with a 29 February 1900 that never was
SERIALS = range(14_611, 73_051)  # 1940 to 2099: a number of five digits that can only be meant as a day
_PARTED = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*([-/.月])\s*(\d{1,2})\s*([日号]?)")
_DENSE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CHINESE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十廿卅]{1,4})[日号]"
)
_CLOCK = re.compile(r"[T\s]+0{1,2}:00(:00(\.0+)?)?Z?")
_LUNAR = re.compile(
    r"农历|陰曆|阴历|農曆|旧历|腊月|臘月|正月|冬月|闰[一二三四五六七八九十]|初[一二三四五六七八九十]|除夕"
)
_LUNAR_YEAR = re.compile(r"[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年")
_RELATIVE = re.compile(r"[今去明前后本上下]\s*[年月周天日]|年底|月底|季度|上旬|中旬|下旬")
_NO_DAY = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?|[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月|\d{4}\s*年?"
)
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{2,4})")
_YEAR_SHORT = re.compile(r"\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?")
_DIGIT = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}


def _spoken(text: str) -> int:
    """A Chinese number up to 39: 十一, 二十一, 廿三."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGIT[ones] if len(ones) == 1 else 0
    return (_DIGIT.get(tens, 0) if tens else 1) * 10 + (_DIGIT.get(ones, 0) if ones else 0)


def _fault(code: str, zh: str, en: str, cell: Cell, hint: tuple[str, str] | None = None) -> Fault:
    return Fault(f"tables.{code}", both(zh, en), found=said(cell), allowed=ALLOWED, hint=both(*hint) if hint else None)


def _built(year: int, month: int, day: int, cell: Cell) -> date | Fault:
    try:
        return date(year, month, day)
    except ValueError:
        if not 1 <= month <= 12 or not 1 <= day <= 31 or year < 1:
            return _fault("no_such_day", "没有这一天", "There is no such day", cell)
        end = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)) if year < 9999 else date(9999, 12, 31)
        return _fault(
            "no_such_day",
            f"没有这一天：{year} 年 {month} 月只有 {end.day} 天",
            f"There is no such day: {year}-{month:02} has {end.day} days",
            cell,
            (f"该月最后一天是 {end.isoformat()}", f"the last day of that month is {end.isoformat()}"),
        )


def of_number(number: float, cell: Cell) -> date | Fault:
    """The serial number of a spreadsheet, or eight digits that it took for a number."""
    if isinstance(number, int) or number.is_integer():
        whole = int(number)
        if whole in SERIALS:
            return _EPOCH + timedelta(days=whole)
        if 1000_01_01 <= whole <= 9999_12_31:
            return _built(whole // 10_000, whole // 100 % 100, whole % 100, cell)
    return _fault("not_a_day", "这个数不是日期", "This number is not a day", cell)


def of_text(text: str, cell: Cell) -> date | Fault:
    """Text after NFKC, without white space around."""
    if len(text) > 40:
        return _fault("not_a_day", "不是日期", "Not a day", cell)
    bare = _CLOCK.sub("", text) if ":" in text else text
    if match := _PARTED.fullmatch(bare):
        year, first, month, second, day, mark = match.groups()
        if (first == second and not mark) or (first == "年" and second == "月"):
            return _built(int(year), int(month), int(day), cell)
    if match := _DENSE.fullmatch(bare):
        year, month, day = match.groups()
        return _built(int(year), int(month), int(day), cell)
    if match := _CHINESE.fullmatch(bare.replace(" ", "")):
        year, month, day = match.groups()
        return _built(int("".join(str(_DIGIT[char]) for char in year)), _spoken(month), _spoken(day), cell)
    if re.fullmatch(r"\d{5}(\.0+)?", bare) and int(bare[:5]) in SERIALS:
        return _EPOCH + timedelta(days=int(bare[:5]))
    return _refused(bare, cell)


def _refused(text: str, cell: Cell) -> Fault:
    """Why this text is no day: the sentence that helps most."""
    if _LUNAR.search(text) or _LUNAR_YEAR.search(text):
        return _fault(
            "lunar_day",
            "这是农历日期；农历换算公历因年而异，不代为换算",
            "This is a day of the lunar calendar; it is not converted for you",
            cell,
            ("查历书，写公历日期", "look it up and write the day of the common calendar"),
        )
    if match := _YEAR_LAST.fullmatch(text):
        one, two, year = match.groups()
        if len(year) == 4:
            told = list(
                dict.fromkeys(
                    f"{year}-{month:02}-{day:02}"
                    for month, day in ((int(one), int(two)), (int(two), int(one)))
                    if month <= 12 and day <= 31
                )
            )
            either = ("是 " + " 还是 ".join(told) + "？", " or ".join(told) + "?") if told else None
            return _fault(
                "ambiguous_day",
                "年写在最后，哪个是月、哪个是日不能确定",
                "The year stands last: which is the month and which the day cannot be told",
                cell,
                either,
            )
    if _YEAR_SHORT.fullmatch(text) or _YEAR_LAST.fullmatch(text):
        return _fault("short_year", "年份要写四位", "The year must have four digits", cell)
    if _NO_DAY.fullmatch(text):
        return _fault("day_missing", "缺少日：只写到了年或月", "The day is missing: only year or month is given", cell)
    if _RELATIVE.search(text):
        return _fault("relative_day", "要写明哪一天", "Which day is meant must be said", cell)
    if re.search(r"\d{1,2}:\d{2}", text):
        return _fault("has_clock", "只写日期，不写钟点", "Only the day, not the time of day", cell)
    return _fault("not_a_day", "不是日期", "Not a day", cell)


def of_day(cell: date, given: Cell) -> date | Fault:
    """A day of a spreadsheet; a time of day other than midnight is not cut off silently."""
    if isinstance(cell, datetime):
        if cell.hour or cell.minute or cell.second or cell.microsecond:
            return _fault("has_clock", "只写日期，不写钟点", "Only the day, not the time of day", given)
        return cell.date()
    return cell
