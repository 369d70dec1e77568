"""How articles are cited: as the rulebook keeps them ("17", "四（二）") and as people write them (第十七条)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from .schema import Instrument

DIGITS = "零一二三四五六七八九"
UNITS = {"十": 10, "百": 100, "千": 1000}
MARK = "；"  # between two citations in one cell
MOST = 20  # characters of an article: what is longer is another instrument
_NUMBER = rf"[{DIGITS}〇两十百千0-9]+"
_ARTICLES = re.compile(rf"第?{_NUMBER}条(?:[、,，和]第?{_NUMBER}条)*")
_BRACKETS = str.maketrans("〔［【[（〈(〕］】]）〉)", "(((((((" + ")))))))")
# What of a title people leave out.
_STATE = "中华人民共和国"

# One citation: instrument (key in the rulebook), article, used_for; the last two may be missing.
Citation = dict[str, str]


class NoInstrument(ValueError):
    """No instrument of the rulebook is named; `near`: the titles that come nearest."""

    def __init__(self, part: str, near: list[str]) -> None:
        self.part, self.near = part, near
        super().__init__(part)


def numeral(n: int) -> str:
    """A number below 1000 as laws write it: 17 → 十七, 201 → 二百零一, 110 → 一百一十."""
    if n < 10:
        return DIGITS[n]
    if n < 100:
        return (DIGITS[n // 10] if n >= 20 else "") + "十" + (DIGITS[n % 10] if n % 10 else "")
    rest = n % 100
    if not rest:
        return DIGITS[n // 100] + "百"
    tail = f"零{DIGITS[rest]}" if rest < 10 else ("一" if rest < 20 else "") + numeral(rest)
    return DIGITS[n // 100] + "百" + tail


def number(text: str) -> int:
    """The number that such a numeral, or digits, stand for."""
    if text.isdecimal():
        return int(text)
    total = digit = 0
    for char in text.replace("〇", "零").replace("两", "二"):
        if char in UNITS:
            total, digit = total + (digit or 1) * UNITS[char], 0
        else:
            digit = DIGITS.index(char)
    return total + digit


def as_article(article: str) -> str:
    """ "17" → 第十七条; "2, 6" → 第二条、第六条. A part of a plan (四（二）) stands as it is."""
    parts = [part.strip() for part in article.split(",")]
    return "、".join(f"第{numeral(int(part))}条" if part.isdecimal() and len(part) < 4 else part for part in parts)


def as_cell(basis: list[Citation] | tuple[Citation, ...], instruments: Mapping[str, Instrument]) -> str:
    """Citations in one cell: 保障中小企业款项支付条例 第九条：到期日；…"""
    return MARK.join(_cited(one, instruments) for one in basis)


def read_cell(text: str, instruments: Mapping[str, Instrument]) -> list[Citation]:
    """Citations as people write them, divided by ； or new lines. Raises NoInstrument.

    An instrument is known by title (with or without 《》 and 中华人民共和国), by number or by its key.
    """
    names = _names(instruments)
    return [_read(part, names, instruments) for part in re.split(r"[；;\n]+", text) if part.strip()]


def _cited(one: Citation, instruments: Mapping[str, Instrument]) -> str:
    row = instruments.get(one["instrument"])
    title = row.title.zh if row else one["instrument"]
    article = f" {as_article(one['article'])}" if one.get("article") else ""
    return f"{title}{article}" + (f"：{one['used_for']}" if one.get("used_for") else "")


def _names(instruments: Mapping[str, Instrument]) -> dict[str, str]:
    """Name as it is compared → key; longest first, for one title may begin with another."""
    found: dict[str, str] = {}
    for key, row in instruments.items():
        for name in (row.title.zh, row.title.zh.removeprefix(_STATE), row.title.en, row.number, key):
            if name:
                found.setdefault(_folded(name), key)
    return dict(sorted(found.items(), key=lambda one: -len(one[0])))


def _read(part: str, names: Mapping[str, str], instruments: Mapping[str, Instrument]) -> Citation:
    cited, _colon, used_for = part.replace(":", "：").partition("：")
    whole = _folded(cited)
    name = next((name for name in names if whole.startswith(name)), "")
    key = names.get(name, "")
    rest = whole.removeprefix(name)
    for other, same in names.items():  # 《…》（发改财金〔2023〕1103号）: the number stands again behind the title
        if same == key and rest.startswith(f"({other})"):
            rest = rest.removeprefix(f"({other})")
    if not key or len(rest) > MOST or (name == key and rest[:1].isalpha()):
        near = get_close_matches(whole, names, n=3, cutoff=0.5)
        raise NoInstrument(part.strip(), list(dict.fromkeys(instruments[names[one]].title.zh for one in near)))
    out = {"instrument": key, "article": _article(rest), "used_for": used_for.strip()}
    return {name: value for name, value in out.items() if value}


def _article(text: str) -> str:
    text = text.strip(",，、")
    if not _ARTICLES.fullmatch(text):
        return text.replace("(", "（").replace(")", "）")
    return ", ".join(str(number(one)) for one in _numbers(text))


def _numbers(text: str) -> Iterator[str]:
    for match in re.finditer(rf"({_NUMBER})条", text):
        yield match[1]


def _folded(text: str) -> str:
    """As names are compared: no white space, no 《》, one sort of brackets, small letters."""
    plain = unicodedata.normalize("NFKC", text.translate(_BRACKETS)).translate(_BRACKETS)
    return re.sub(r"[\s《》“”\"]", "", plain).casefold()
