"""Workbooks as they come in: sheets, formulas, merged cells, numbers that were codes."""

from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter

from jiannuo.tables import Kind, Table, check
from jiannuo.tables.reading import BadFile, read

from . import own
from .own import SMALL, checked, codes, column, read_all

HEADS = ["名称", "日期", "金额"]


@pytest.fixture(autouse=True, params=["plainly", "by the library"])
def way(request, monkeypatch):
    """Every story is told twice: read as it streams by where that can be, and by the library."""
    if request.param == "by the library":
        monkeypatch.setattr("jiannuo.tables.reading.plain.MOST_KEPT", 0)
    return request.param


@pytest.fixture
def book(tmp_path):
    """A workbook to fill; `book.read()` closes it and opens it for reading."""

    class Book(xlsxwriter.Workbook):
        path = tmp_path / "t.xlsx"

        def sheet(self, name="数据", rows=()):
            sheet = self.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
            return sheet

        def read(self, sheet="", table=SMALL):
            self.close()
            return read(self.path, table, file_name="t.xlsx", sheet=sheet)

        def refused(self, sheet=""):
            with pytest.raises(BadFile) as caught:
                self.read(sheet)
            return caught.value.faults

    return Book(tmp_path / "t.xlsx")


def test_cells_of_every_type(book):
    sheet = book.sheet(rows=[HEADS])
    day = book.add_format({"num_format": "yyyy/m/d"})
    sheet.write_datetime(1, 1, datetime(2026, 11, 2), day)
    sheet.write(1, 0, "甲")
    sheet.write_number(1, 2, 1234.5)
    sheet.write_row(2, 0, [7, "2026年11月2日", "1,234.50"])
    reading = book.read()
    assert reading.format == "xlsx"
    assert reading.sheet == "数据"
    found = check(SMALL, read_all(reading), {})
    row = {"day": date(2026, 11, 2), "amount": Decimal("1234.50")}
    assert found.good == [(0, {"name": "甲", **row}), (1, {"name": "7", **row})]


def test_a_table_that_does_not_begin_in_the_corner(book):
    sheet = book.sheet()
    sheet.write_row(4, 3, HEADS)
    sheet.write_row(7, 3, ["甲", "2026-11-02", 5])
    reading = book.read()
    assert reading.letters == {"name": "D", "day": "E", "amount": "F"}
    rows = read_all(reading)
    assert rows.lines == [8]
    assert rows.raw(0) == {"name": "甲", "day": "2026-11-02", "amount": "5"}


def test_blank_rows_between_are_no_rows_and_keep_their_numbers(book):
    book.sheet(rows=[HEADS, [], ["甲"], ["", "  ", ""], [], ["乙"]])
    assert read_all(book.read()).lines == [3, 6]


def test_the_sheet_whose_heads_fit_is_taken(book):
    book.sheet("封面", [["云川市财政局"]])
    book.sheet("数据", [HEADS, ["甲"]])
    book.sheet("其他", [["科目", "数额"], ["一", 2]])
    assert book.read().sheet == "数据"


def test_another_sheet_with_the_same_heads_is_named(book):
    book.sheet("一月", [HEADS, ["甲"]])
    book.sheet("二月", [HEADS, ["乙"]])
    reading = book.read()
    assert reading.sheet == "一月"
    assert codes(reading.notes) == ["tables.other_sheet"]
    assert reading.notes[0].found == "二月"


def test_the_sheet_that_was_asked_for(book):
    book.sheet("一月", [HEADS, ["甲"]])
    book.sheet("二月", [HEADS, ["乙"]])
    reading = book.read("二月")
    assert reading.sheet == "二月"
    assert read_all(reading).cells["name"] == ["乙"]


def test_no_such_sheet_names_the_sheets(book):
    book.sheet("一月份", [HEADS])
    book.sheet("二月份", [HEADS])
    (fault,) = book.refused("1月份")
    assert fault.code == "tables.no_such_sheet"
    assert fault.allowed.zh == "一月份、二月份"
    assert "一月份" in fault.hint.zh


def test_the_wrong_sheet_names_heads_found_and_expected(book):
    book.sheet("封面", [["云川市财政局"]])
    book.sheet("付款", [["单位名称", "付款金额"], ["甲", 2]])
    (fault,) = book.refused()
    assert fault.code == "tables.no_head"
    assert "“封面”、“付款”" in fault.message.zh
    assert "单位名称" in fault.found
    assert "名称" in fault.allowed.zh
    assert "“单位名称”是不是“名称”？" in fault.hint.zh


def test_hidden_sheets_are_not_read_and_are_named(book):
    book.sheet("数据", [HEADS, ["甲"]])
    book.sheet("去年", [HEADS, ["乙"]]).hide()
    book.sheet("更早", [HEADS, ["丙"]]).very_hidden()
    reading = book.read()
    assert reading.sheet == "数据"
    assert codes(reading.notes) == ["tables.hidden_sheets"]
    assert reading.notes[0].found == "去年、更早"


def test_heads_on_a_hidden_sheet_alone(book):
    book.sheet("封面", [["云川市财政局"]])
    book.sheet("数据", [HEADS, ["甲"]]).hide()
    (fault,) = book.refused()
    assert "隐藏的工作表 数据" in fault.hint.zh
    assert read(book.path, SMALL, file_name="t.xlsx", sheet="数据").sheet == "数据"


def test_formulas_give_what_they_gave_when_saved(book):
    sheet = book.sheet(rows=[HEADS, ["甲"], ["乙"], ["丙"], ["丁"]])
    sheet.write_formula(1, 2, "=1+1", value=2)
    sheet.write_formula(2, 2, "=1+1", value="")
    sheet.write_formula(3, 2, "=1/0", value="#DIV/0!")
    sheet.write_formula(4, 1, '="2026-"&"11-02"', value="2026-11-02")
    reading = book.read()
    assert codes(reading.notes) == ["tables.formulas"]
    found = check(SMALL, read_all(reading), {})
    assert [(values["name"], values["amount"]) for _index, values in found.good] == [
        ("甲", Decimal("2.00")),
        ("丁", None),
    ]
    assert codes(found.faults[1]) == ["tables.formula_without_value"]
    assert codes(found.faults[2]) == ["tables.formula_error"]
    assert found.faults[2][0].found == "#DIV/0!"
    assert found.faults[1][0].column == "amount"


def test_merged_cells_under_the_head(book):
    sheet = book.sheet(rows=[HEADS, ["甲", "2026-11-02"], ["乙"], ["丙"], ["丁", "2026-11-03"]])
    sheet.merge_range(1, 1, 3, 1, "2026-11-02")
    found = check(SMALL, read_all(book.read()), {})
    assert [values["name"] for _index, values in found.good] == ["甲", "丁"]
    assert codes(found.faults[1]) == ["tables.merged_cell"]
    assert found.faults[2][0].found == "B2:B4"


def test_a_credit_code_that_became_a_number(book):
    table = Table("t", own.NOTHING, own.NOTHING, (SMALL.columns[0], own.CODE), ("name",))
    book.sheet(rows=[["名称", "统一社会信用代码"], ["甲", 119901000000000018]])
    found = check(table, read_all(book.read(table=table)), {})
    assert codes(found.faults[0]) == ["tables.digits_lost"]


def test_a_code_of_few_digits_that_became_a_number_is_whole(book):
    table = Table("t", own.NOTHING, own.NOTHING, (SMALL.columns[0], own.DIVISION), ("name",))
    book.sheet(rows=[["名称", "区划代码"], ["甲", 990102]])
    assert check(table, read_all(book.read(table=table)), {}).good[0][1]["division"] == "990102"


def test_days_counted_from_1904(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(HEADS)
    book.active.append(["甲", date(2026, 11, 2), 5])
    book.save(tmp_path / "t.xlsx")
    assert checked(tmp_path / "t.xlsx", SMALL).good[0][1]["day"] == date(2026, 11, 2)


def test_a_workbook_of_another_program(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADS)
    for n in range(1200):
        book.active.append([f"第{n}局", date(2026, 11, 2), n / 100])
    book.save(tmp_path / "t.xlsx")
    found = checked(tmp_path / "t.xlsx", SMALL)
    assert len(found.good) == 1200
    assert found.good[7][1]["amount"] == Decimal("0.07")


def test_the_old_format(tmp_path):
    xlwt = pytest.importorskip("xlwt", reason="only the bench packages can write .xls")
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("数据")
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for line, row in enumerate([["小表"], HEADS, ["甲", date(2026, 11, 2), 5.25], [], ["乙", "2026年11月3日", "6"]]):
        for place, cell in enumerate(row):
            sheet.write(line, place, cell, style if isinstance(cell, date) else xlwt.Style.default_style)
    book.save(str(tmp_path / "t.xls"))
    reading = read(tmp_path / "t.xls", SMALL, file_name="t.xls")
    assert reading.format == "xls"
    rows = read_all(reading)
    assert rows.lines == [3, 5]
    assert [values["amount"] for _index, values in check(SMALL, rows, {}).good] == [Decimal("5.25"), Decimal("6.00")]


def test_a_workbook_called_csv_is_read_as_a_workbook(book):
    book.sheet(rows=[HEADS, ["甲"]])
    book.close()
    reading = read(book.path, SMALL, file_name="t.csv")
    assert codes(reading.notes) == ["tables.other_format"]
    assert len(read_all(reading)) == 1


def test_a_column_without_a_head_is_named(book):
    book.sheet(rows=[HEADS, ["甲", "2026-11-02", 5, "补充说明"]])
    reading = book.read()
    assert codes(reading.notes) == ["tables.unheaded"]
    assert reading.notes[0].found == "D"


def test_many_columns_and_kinds_at_once(book):
    heads = [one.title.zh for one in own.TABLE.columns]
    row = ["云记〔2026〕7号", "云川市财政局", own.GOOD_USCC, "較重", 46328, 1234.5, 12, True, 990102, "第一行\n第二行"]
    book.sheet(rows=[heads, row])
    found = check(own.TABLE, read_all(book.read(table=own.TABLE)), own.LOOKUPS)
    assert found.faults == {}
    assert found.good[0][1] == {**own.GOOD, "organ": "<云川市财政局>"}


def test_a_plain_sheet_is_read_plainly_and_another_is_not(book, way, monkeypatch):
    opened = []
    monkeypatch.setattr("jiannuo.tables.reading.books._Book._opened", lambda self: opened.append(self) or 1 / 0)
    book.sheet(rows=[HEADS, ["甲", "2026-11-02", 5.5], ["", "", ""], ["乙 & 丙 <丁>", True, 1e15]])
    if way == "plainly":
        rows = read_all(book.read())
        assert opened == []
        assert rows.cells == {"name": ["甲", "乙 & 丙 <丁>"], "day": ["2026-11-02", True], "amount": [5.5, 1e15]}
    else:
        with pytest.raises(ZeroDivisionError):
            book.read()


@pytest.mark.parametrize(
    "form",
    [
        "yyyy-mm-dd",
        'yyyy"年"m"月"d"日"',
        "m/d/yy",
        "[$-804]yyyy/m/d;@",
        "yyyy-mm-dd hh:mm",
        "h:mm",
        "0.00",
        "[Red]0.00",
        "General",
        '"号" 0',
        "@",
    ],
)
def test_what_a_format_shows(book, form):
    """Both ways take the same formats for days."""
    sheet = book.sheet(rows=[HEADS])
    style = book.add_format({"num_format": form})
    for line, number in enumerate([46328, 46328.25, 0.5, 12], 1):
        sheet.write_string(line, 0, f"第{line}局")
        sheet.write_number(line, 1, number, style)
    cells = read_all(book.read()).cells["day"]
    shows_day = any(mark in form for mark in "ym") and form != "h:mm"
    if shows_day:
        assert cells[0] in (date(2026, 11, 2), datetime(2026, 11, 2))
        assert cells[1] == datetime(2026, 11, 2, 6)
    elif form != "h:mm":
        assert cells == [46328, 46328.25, 0.5, 12]


def test_text_that_looks_like_an_escape_stays(book):
    sheet = book.sheet(rows=[HEADS])
    for line, words in enumerate(["_x0041_ 号", "a & b < c", "=1+1 是文字"], 1):
        sheet.write_string(line, 0, words)
    assert read_all(book.read()).cells["name"] == ["_x0041_ 号", "a & b < c", "=1+1 是文字"]


def test_kinds_of_columns_of_one_letter_and_beyond(book):
    columns = tuple(column(f"c{n}", f"第{n}列", f"Column {n}", Kind.TEXT) for n in range(40))
    table = Table("wide", own.NOTHING, own.NOTHING, columns, ())
    book.sheet(rows=[[one.title.zh for one in columns], [f"值{n}" for n in range(40)]])
    reading = book.read(table=table)
    assert reading.letters["c39"] == "AN"
    assert read_all(reading).cells["c39"] == ["值39"]
