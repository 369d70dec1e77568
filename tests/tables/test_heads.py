"""Where the head of a table stands, however it was made."""

import csv

import pytest
import xlsxwriter

from jiannuo.tables import Table
from jiannuo.tables.reading import BadFile, read

from . import own
from .own import SMALL, TABLE, codes, read_all


def as_csv(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def opened(tmp_path, rows, table=SMALL):
    path = as_csv(tmp_path / "t.csv", rows)
    return read(path, table, file_name="t.csv")


@pytest.mark.parametrize(
    "head",
    [
        ["名称", "日期", "金额"],
        ["Name", "Day", "Amount"],
        ["name", "day", "amount"],
        ["NAME", " Day ", "ＡＭＯＵＮＴ"],
        ["名稱", "日期", "金額"],
        ["名称*", "* 日期", "金额＊"],
        ["名 称", "日　期", "金\u200a额"],
        ["名称（必填）", "日期(年-月-日)", "金额（元）"],
        ["名称\nName", "日期\nDay", "金额 *\nAmount"],
        ["名称：", "日期", "金额："],
    ],
)
def test_a_head_in_any_dress(tmp_path, head):
    reading = opened(tmp_path, [head, ["甲", "2026-11-02", "1"]])
    assert reading.columns == ["name", "day", "amount"]
    assert reading.notes == []
    assert read_all(reading).lines == [2]


def test_title_rows_above_the_head(tmp_path):
    rows = [
        ["二〇二六年汇总表", "", ""],
        ["填报单位：云川市财政局", "", "单位：元"],
        [],
        ["名称", "日期", "金额"],
        ["甲", "", ""],
    ]
    reading = opened(tmp_path, rows)
    assert read_all(reading).lines == [5]
    assert reading.letters == {"name": "A", "day": "B", "amount": "C"}


def test_heads_in_two_languages_in_two_rows(tmp_path):
    reading = opened(tmp_path, [["名称", "日期", "金额"], ["Name", "Day", "Amount"], ["甲", "", "1"]])
    assert read_all(reading).lines == [3]


def test_other_order_and_other_columns(tmp_path):
    reading = opened(tmp_path, [["序号", "金额", "名称", "备注"], ["1", "5", "甲", "无"]])
    assert reading.letters == {"amount": "B", "name": "C"}
    assert [note.found for note in reading.notes] == ["序号", "备注"]
    assert codes(reading.notes) == ["tables.unknown_head"] * 2
    assert read_all(reading).cells == {"amount": ["5"], "name": ["甲"]}


def test_an_unknown_head_that_is_nearly_ours_is_named(tmp_path):
    reading = opened(tmp_path, [["名称", "金额", "日期日"], ["甲", "5", "2026-11-02"]])
    assert "是不是“日期”" in reading.notes[0].hint.zh


def test_merged_heads_over_two_rows(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 3, "二〇二六年汇总表")
    sheet.merge_range(1, 0, 2, 0, "名称")
    sheet.merge_range(1, 1, 1, 2, "款项情况")
    sheet.write_row(2, 1, ["日期", "金额"])
    sheet.write_row(3, 0, ["甲", "2026-11-02", 5])
    book.close()
    reading = read(tmp_path / "t.xlsx", SMALL, file_name="t.xlsx")
    assert reading.letters == {"name": "A", "day": "B", "amount": "C"}
    rows = read_all(reading)
    assert rows.lines == [4]
    assert rows.faults == {}


def test_a_data_row_under_one_head_row_is_not_taken_for_a_head(tmp_path):
    """A body may be called as a column is; the row has other cells too."""
    reading = opened(tmp_path, [["名称", "日期", "金额"], ["名称", "2026-11-02", "1"]])
    assert read_all(reading).lines == [2]


def test_a_missing_required_column_names_the_nearest_head(tmp_path):
    with pytest.raises(BadFile) as caught:
        opened(tmp_path, [["单位名称", "日期", "金额"], ["甲", "", ""]])
    (fault,) = caught.value.faults
    assert fault.code == "tables.head_missing"
    assert fault.column == "name"
    assert "单位名称" in fault.hint.zh
    assert "name" in fault.allowed.zh


def test_a_column_that_stands_there_twice(tmp_path):
    with pytest.raises(BadFile) as caught:
        opened(tmp_path, [["名称", "日期", "日期", "金额"], ["甲", "", "", ""]])
    assert caught.value.faults[0].found == "B、C"


def test_no_head_at_all(tmp_path):
    with pytest.raises(BadFile) as caught:
        opened(tmp_path, [["甲", "2026-11-02", "5"], ["乙", "2026-11-03", "6"]])
    (fault,) = caught.value.faults
    assert fault.code == "tables.no_head"
    assert "小表" in fault.message.zh
    assert "名称" in fault.allowed.zh
    assert "模板" in fault.hint.zh


def test_a_table_of_one_column(tmp_path):
    lone = Table("lone", own.NOTHING, own.NOTHING, (SMALL.columns[0],), ("name",))
    assert read_all(opened(tmp_path, [["名称"], ["甲"]], lone)).cells == {"name": ["甲"]}


def test_the_example_of_the_template_is_passed_over_once_it_is_unchanged(tmp_path):
    example = [column.example for column in TABLE.columns]
    other = ["云记〔2026〕8号", *example[1:]]
    heads = [column.title.zh for column in TABLE.columns]
    reading = opened(tmp_path, [heads, example, other], TABLE)
    assert read_all(reading).lines == [3]
    assert codes(reading.notes) == ["tables.example_row"]
    assert "第 2 行" in reading.notes[0].message.zh
