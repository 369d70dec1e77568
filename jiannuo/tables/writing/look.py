"""How our workbooks look: the colours of the pages, two typefaces, thin rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..describing import Column, Kind, Table
from ..layout import OURS

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

INK, INK_2, INK_3 = "#16191d", "#434950", "#5f666e"
WASH, RULE, RULE_2 = "#f3f1ea", "#ddd8cb", "#b8b1a1"
PRESS = "#0f3d8c"
BROKEN, BROKEN_TINT = "#b8321a", "#fbe9e3"
SANS, SONG = "Microsoft YaHei", "SimSun"

# How the cells of a kind are formatted: text stays text, so that no code loses its zeros or its last digits.
FORMS: dict[Kind, str] = {Kind.DAY: "yyyy-mm-dd", Kind.AMOUNT: "#,##0.00", Kind.WHOLE: "0"}
_NUMBERS = (Kind.AMOUNT, Kind.WHOLE)
_WIDTHS = {Kind.DAY: 13, Kind.AMOUNT: 16, Kind.WHOLE: 10, Kind.YES_NO: 10, Kind.USCC: 24, Kind.LONG: 48, Kind.NAME: 30}


class Look:
    """Formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **wanted: Any) -> Format:
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            ground = {"font_name": SANS, "font_size": 10.5, "font_color": INK, "valign": "vcenter"}
            self._made[key] = self._book.add_format(ground | wanted)
        return self._made[key]

    def cell(self, column: Column, **more: Any) -> Format:
        """A cell of a column."""
        right = {"align": "right", "indent": 1} if column.kind in _NUMBERS else {"align": "left"}
        wrapped = {"text_wrap": True} if column.kind is Kind.LONG else {}
        return self(num_format=FORMS.get(column.kind, "@"), **right, **wrapped, **more)

    def head(self, column: Column | None = None) -> Format:
        """A head; over numbers it stands right, as they do."""
        right = column is not None and column.kind in _NUMBERS
        rules = {"top": 2, "top_color": INK, "bottom": 1, "bottom_color": RULE_2}
        side = {"align": "right", "indent": 1} if right else {"align": "left"}
        return self(bold=True, text_wrap=True, bg_color=WASH, **side, **rules)

    def two(self, zh: str, en: str, *more: str) -> list[Any]:
        """Pieces of a text in both languages, the English small and quiet below."""
        small = self(font_size=8, font_color=INK_3)
        return [self(bold=True), zh, *[piece for line in (en, *more) for piece in (small, f"\n{line}")]]


def width(column: Column) -> float:
    """Width of a column in characters of the typeface."""
    about = _WIDTHS.get(column.kind) or min(40, max(14, len(column.example) * 1.9 + 2))
    return max(about, _wide(column.title.zh) + 4, min(_wide(column.title.en) + 2, 26))


def _wide(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def sheet_name(table: Table) -> str:
    """The table's title as a spreadsheet allows it for a sheet: 31 characters, without []:*?/\\."""
    name = re.sub(r"[\[\]:*?/\\]", " ", table.title.zh).strip("' ")[:31] or "数据"
    return f"{name[:29]} 1" if name in OURS else name
