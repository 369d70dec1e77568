"""The form that is filled in: a sheet with heads, lists, formats; a page that explains it; a page of codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jiannuo.rules.schema import Text

from ..describing import Column, Kind, Table, both
from ..layout import CODES_SHEET, GUIDE_SHEET
from ..values import days, numbers, parser, words
from .look import BROKEN, INK, INK_2, INK_3, RULE, SONG, WASH, Look, sheet_name, width
from .saying import text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Titles = Mapping[str, Text]
LINES = 20_000  # lines that have lists and formats
_EXACT = 10**13  # below, a spreadsheet's number holds the cents
AUTHOR = "践诺 Jiannuo"
_KINDS = {
    Kind.TEXT: both("一行文字", "Text of one line"),
    Kind.LONG: both("文字，可分行", "Text, of several lines if need be"),
    Kind.DAY: days.ALLOWED,
    Kind.AMOUNT: numbers.AMOUNT,
    Kind.WHOLE: numbers.WHOLE,
    Kind.YES_NO: words.YES_NO,
    Kind.CODE: both("从下拉列表中选；全部代码见“代码”页", "Choose from the list; all codes are on the page “Codes”"),
    Kind.USCC: both("18 位统一社会信用代码，按文本填写", "Unified social credit code of 18 characters, as text"),
    Kind.DIGITS: both("数字编码，按文本填写", "Code of digits, as text"),
    Kind.NAME: both("已登记的名称", "A registered name"),
}


def opened(out: Path | BinaryIO, more: dict[str, Any] | None = None) -> Workbook:
    """A workbook that takes text for text: no formulas, links or numbers out of strings."""
    from xlsxwriter import Workbook

    safe: dict[str, Any] = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    safe["in_memory"] = not isinstance(out, Path)
    book = Workbook(out, safe | (more or {}))
    book.set_properties({"author": AUTHOR, "comments": ""})
    return book


def put(sheet: Worksheet, line: int, place: int, column: Column, value: Any, form: Format, titles: Titles) -> None:
    """One value into one cell: a day as a day, a number as a number, everything else as text, never as a formula.

    A code is written as its title, which is what the list offers.
    """
    if value is None or value == "":
        sheet.write_blank(line, place, None, form)
    elif isinstance(value, Decimal | int) and not isinstance(value, bool) and -_EXACT < value < _EXACT:
        sheet.write_number(line, place, float(value), form)
    elif isinstance(value, date) and column.kind is Kind.DAY and value >= date(1900, 3, 1):
        sheet.write_datetime(line, place, value, form)
    else:
        said = text(column, value)
        sheet.write_string(line, place, titles[said].zh if said in titles else said, form)


def titles_of(column: Column) -> Titles:
    """Code → title, of a column of codes; nothing of another."""
    return column.codes() if column.kind is Kind.CODE and column.codes else {}


class Form:
    """A workbook with the form as its first sheet. Lines and places from 0."""

    head = 2

    def __init__(self, table: Table, out: Path | BinaryIO, *, example: bool) -> None:
        self.table = table
        self.book = opened(out)
        self.look = Look(self.book)
        self.sheet = self.book.add_worksheet(sheet_name(table))
        guide = self.book.add_worksheet(GUIDE_SHEET)
        self._codes = self.book.add_worksheet(CODES_SHEET)
        self._lists = 0
        self._sheet(example)
        self._explain(guide)
        self.sheet.activate()

    def comment(self, line: int, place: int, words: str) -> None:
        size = {"width": 300, "height": 24 + 17 * sum(1 + len(part) // 26 for part in words.splitlines())}
        style = {"author": AUTHOR, "color": "#fbfaf6", "font_name": "Microsoft YaHei", "font_size": 9}
        self.sheet.write_comment(line, place, words, size | style)

    def close(self) -> None:
        self.book.close()

    def _sheet(self, example: bool) -> None:
        sheet, look, table = self.sheet, self.look, self.table
        sheet.hide_gridlines(0)
        sheet.set_row(0, 34)
        title = look(font_name=SONG, font_size=18, bold=True, font_color=INK)
        small = look(font_size=11, font_color=INK_3)
        sheet.write_rich_string(0, 0, title, table.title.zh, small, f"   {table.title.en}", title)
        sheet.set_row(1, 20)
        told = "带 * 的列必填。每列怎样填，见“填写说明”页。"
        told_en = "Columns with * are required; the page “Guide” explains each."
        if example:
            told = "带 * 的列必填。灰色斜体一行是示例，不会读入。每列怎样填，见“填写说明”页。"
            told_en = (
                "Columns with * are required. The grey line is an example and is not read. The page “Guide” explains."
            )
        sheet.write_string(1, 0, f"{told}  {told_en}", look(font_size=9, font_color=INK_3))
        sheet.set_row(self.head, 40)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, width(column), look.cell(column))
            self._head(place, column)
            self._list(place, column)
        if example:
            self._example()
        sheet.freeze_panes(self.head + 1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(self.head)
        sheet.set_footer(f"&L&8{table.title.zh.replace('&', '&&')}&R&8第 &P 页，共 &N 页")

    def _head(self, place: int, column: Column) -> None:
        look, form = self.look, self.look.head(column)
        bold = look(bold=True, font_color=INK)
        star = look(bold=True, font_color=BROKEN)
        small = look(font_size=8, font_color=INK_3)
        parts = [bold, column.title.zh, *([star, " *"] if column.required else []), small, f"\n{column.title.en}"]
        self.sheet.write_rich_string(self.head, place, *parts, form)

    def _list(self, place: int, column: Column) -> None:
        """What a cell offers or warns about. A warning only: the reader takes more shapes than a spreadsheet knows."""
        first, last = self.head + 1, self.head + LINES
        rule: dict[str, Any] = {"error_type": "warning", "error_title": "请核对", "ignore_blank": True}
        if column.kind is Kind.CODE:
            source = self._code_list(column)
            if not source:
                return
            rule |= {"validate": "list", "source": source}
            rule["error_message"] = "请从列表中选。 Choose from the list."
        elif column.kind is Kind.YES_NO:
            rule |= {"validate": "list", "source": ["是", "否"], "error_message": "是 或 否。 是 is yes, 否 is no."}
        elif column.kind is Kind.AMOUNT:
            rule |= {"validate": "decimal", "criteria": "between", "minimum": -1e13, "maximum": 1e13}
            rule["error_message"] = "只写数字，单位为元。 A number in yuan."
        elif column.kind in (Kind.TEXT, Kind.NAME) and column.most:
            rule |= {"validate": "length", "criteria": "<=", "value": column.most}
            rule["error_message"] = f"最多 {column.most} 字。 At most {column.most} characters."
        else:
            return
        self.sheet.data_validation(first, place, last, place, rule)

    def _code_list(self, column: Column) -> str:
        """Write a column's codes to the page of codes: titles, key. Where they stand, as the source of a list."""
        codes = titles_of(column)
        if not codes:
            return ""
        sheet, look, place = self._codes, self.look, self._lists * 4
        self._lists += 1
        for at, (head, wide) in enumerate(((column.title.zh, 24), (column.title.en, 28), ("key", 16), ("", 3))):
            sheet.set_column(place + at, place + at, wide)
            if head:
                sheet.write_string(1, place + at, head, look.head())
        rule = {"bottom": 1, "bottom_color": RULE}
        for line, (key, title) in enumerate(codes.items(), 2):
            sheet.write_string(line, place, title.zh, look(**rule))
            sheet.write_string(line, place + 1, title.en, look(font_color=INK_2, **rule))
            sheet.write_string(line, place + 2, key, look(font_color=INK_3, **rule))
        letter = _absolute(place)
        return f"='{CODES_SHEET}'!${letter}$3:${letter}${len(codes) + 2}"

    def _example(self) -> None:
        line = self.head + 1
        for place, column in enumerate(self.table.columns):
            form = self.look.cell(column, italic=True, font_color=INK_3, bg_color=WASH)
            value: Any = None
            if column.example:
                value = parser(column)(column.example, column)
                value = value if isinstance(value, (date, Decimal, bool, int)) else column.example
            put(self.sheet, line, place, column, value, form, titles_of(column))
        self.comment(line, 0, "示例行：可留可删，不会读入。\nExample: leave or delete it, it is not read.")

    def _explain(self, sheet: Worksheet) -> None:
        """One line a column: head, required, what belongs there, how it is written, example. Then the codes."""
        look, table = self.look, self.table
        sheet.hide_gridlines(2)
        heads = [("列", "Column", 26), ("必填", "Required", 10), ("填什么", "What belongs there", 54)]
        heads += [("怎样写", "How it is written", 50), ("示例", "Example", 28)]
        sheet.set_row(0, 34)
        sheet.write_string(0, 0, f"{table.title.zh}：填写说明", look(font_name=SONG, font_size=18, bold=True))
        about = look(text_wrap=True, font_color=INK_2, valign="top")
        sheet.merge_range(1, 0, 1, len(heads) - 1, "", about)
        sheet.write_string(1, 0, f"{table.about.zh}\n{table.about.en}", about)
        sheet.set_row(1, 40)
        for place, (zh, en, wide) in enumerate(heads):
            sheet.set_column(place, place, wide)
            sheet.write_rich_string(2, place, *look.two(zh, en), look.head())
        sheet.set_row(2, 34)
        rule = {"bottom": 1, "bottom_color": RULE, "text_wrap": True, "valign": "top"}
        for line, column in enumerate(table.columns, 3):
            cells = [
                f"{column.title.zh}\n{column.title.en}\n{column.name}",
                "必填\nyes" if column.required else "",
                f"{column.about.zh}\n{column.about.en}",
                _written(column),
                column.example,
            ]
            sheet.write_rich_string(line, 0, *look.two(column.title.zh, column.title.en, column.name), look(**rule))
            for place, told in enumerate(cells[1:], 1):
                sheet.write_string(line, place, told, look(**rule, **({"font_color": BROKEN} if place == 1 else {})))
            sheet.set_row(line, 16.5 * max(3, *(_lines(told, heads[at][2]) for at, told in enumerate(cells))) + 6)
        sheet.freeze_panes(3, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        self._codes.hide_gridlines(2)
        self._codes.set_row(0, 34)
        self._codes.set_row(1, 24)
        self._codes.write_string(
            0, 0, "代码" if self._lists else "没有代码表", look(font_name=SONG, font_size=18, bold=True)
        )
        self._codes.freeze_panes(2, 0)


def _written(column: Column) -> str:
    kind: Text = _KINDS[column.kind]
    more = f"\n最多 {column.most} 字 at most {column.most} characters" if column.most else ""
    return f"{kind.zh}\n{kind.en}{more}"


def _lines(words: str, wide: float) -> int:
    """How many lines these words take in a cell of this width."""
    return sum(
        1 + int(sum(2 if ord(char) > 0x2E7F else 1 for char in part) * 1.05 / wide) for part in words.split("\n")
    )


def _absolute(place: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(place))
