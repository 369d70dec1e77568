"""Files that go out: the template is read back, comments come home, no text becomes a formula, nothing changes."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiannuo.tables import Fault, Kind, Rows, Table, both, check, writing
from jiannuo.tables.reading import BadFile, archive, read
from jiannuo.tables.values import words

from ..shared_data import shared
from . import own
from .own import GOOD, LOOKUPS, SMALL, TABLE, checked, codes, read_all

OFF = Fault(
    "t.bad", both("没有这一天", "No such day"), "decided", "x", both("年-月-日", "y-m-d"), both("明天", "tomorrow")
)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "t.xlsx"
    writing.template(TABLE, path)
    return path


def test_a_template_is_read_back_without_a_remark_and_without_its_example(template):
    reading = read(template, TABLE, file_name="t.xlsx")
    assert reading.columns == [one.name for one in TABLE.columns]
    assert codes(reading.notes) == ["tables.example_row"]
    assert len(read_all(reading)) == 0


def test_the_example_of_a_template_is_right_by_its_own_rules(template):
    found = check(TABLE, Rows.of([{one.name: one.example for one in TABLE.columns}]), LOOKUPS)
    assert found.faults == {}


def test_a_template_that_was_filled_in_is_read(template, tmp_path):
    """As a clerk does it in a spreadsheet: the example stays, rows go below it."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    row = [
        "云记〔2026〕7号",
        "云川市财政局",
        own.GOOD_USCC,
        "较重",
        date(2026, 11, 2),
        1234.5,
        12,
        "是",
        "990102",
        "一\n二",
    ]
    sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    assert set(archive.look(template).grids) >= {"xl/worksheets/sheet1.xml"}  # the quick way, rich heads and all
    found = checked(tmp_path / "t.xlsx")
    assert found.faults == {}
    assert found.good == [(0, {**GOOD, "organ": "<云川市财政局>", "facts": "一\n二"})]


def test_what_a_template_shows(template):
    book = openpyxl.load_workbook(template)
    sheet, guide, lists = book.worksheets
    assert [one.title for one in book.worksheets] == ["认定结果", "填写说明 Guide", "代码 Codes"]
    heads = {cell.value.splitlines()[0]: cell for cell in sheet[3]}
    assert "文号 *" in heads
    assert "涉及金额" in heads
    assert heads["文号 *"].value.endswith("\nDocument number")
    assert sheet.freeze_panes == "B4"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.page_setup.orientation == "landscape"
    formats = {TABLE.columns[place].name: sheet.cell(4, place + 1).number_format for place in range(len(TABLE.columns))}
    assert formats["uscc"] == formats["division"] == formats["number"] == "@"
    assert formats["decided"] == "yyyy-mm-dd"
    assert sheet.cell(4, 5).value.date() == date(2026, 11, 2)
    assert sheet.cell(4, 1).comment.text.startswith("示例行")
    rules = {str(one.sqref): one for one in sheet.data_validations.dataValidation}
    assert rules["D4:D20003"].formula1 == "'代码 Codes'!$A$3:$A$5"
    assert [lists.cell(3, place).value for place in (1, 2, 3)] == ["一般", "Minor", "minor"]
    assert rules["H4:H20003"].formula1 == '"是,否"'
    said = [cell.value for row in guide.iter_rows() for cell in row if cell.value]
    for one in TABLE.columns:
        assert any(one.about.zh in words and one.about.en in words for words in said)


def test_every_list_of_a_template_offers_what_the_check_takes(template):
    lists = openpyxl.load_workbook(template).worksheets[2]
    offered = [lists.cell(line, 1).value for line in (3, 4, 5)]
    assert offered == ["一般", "较重", "严重"]
    assert [own.one(own.GRADE, words) for words in offered] == list(own.GRADES)


def test_a_sheet_may_be_called_anything(tmp_path):
    odd = Table("odd", both("甲/乙[丙]:丁*" + "长" * 40, "Odd"), own.NOTHING, SMALL.columns, ("name",))
    writing.template(odd, tmp_path / "t.xlsx")
    assert read(tmp_path / "t.xlsx", odd, file_name="t.xlsx").columns == ["name", "day", "amount"]


@pytest.fixture
def handed_in(tmp_path):
    """A workbook as it came in: own look, a second sheet, a note of the clerk's."""
    book = xlsxwriter.Workbook(tmp_path / "in.xlsx")
    sheet = book.add_worksheet("十一月")
    sheet.write_row(0, 0, ["汇总"])
    sheet.write_row(1, 0, ["备注", *(one.title.zh for one in TABLE.columns)])
    for line, decided in enumerate(["2026-02-30", "2026-11-02", "11/2/2026"], 2):
        row = [f"云记〔2026〕{line}号", "云川市财政局", own.GOOD_USCC, "较重", decided, 5, 1, "是", "990102", "事实"]
        sheet.write_row(line, 0, ["无", *row])
    sheet.write_comment(2, 0, "经办人的批注")
    book.add_worksheet("封面").write(0, 0, "云川市财政局")
    book.close()
    return tmp_path / "in.xlsx"


def test_the_workbook_comes_back_with_comments(handed_in, tmp_path):
    found = checked(handed_in)
    faults = {3 + index: some for index, some in found.faults.items()}
    out = io.BytesIO()
    writing.commented(handed_in, TABLE, faults, out)
    (tmp_path / "out.xlsx").write_bytes(out.getvalue())
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    sheet = book["十一月"]
    bad = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    assert bad == {"A3", "F3", "F5"}
    words = sheet["F3"].comment.text
    assert words.index("没有这一天") < words.index("There is no such day")
    assert "提示：该月最后一天是 2026-02-28" in words
    assert sheet["A3"].comment.text == "经办人的批注"
    assert sheet["F3"].fill.start_color.rgb.upper() == "00FBE9E3"
    assert sheet["F4"].fill.fill_type is None
    assert sheet["F4"].value == "2026-11-02"
    assert book["封面"]["A1"].value == "云川市财政局"
    assert book.active.title == "十一月"
    assert sheet.sheet_view.selection[0].activeCell == "F3"


def test_mended_and_handed_in_again_it_is_whole_and_its_comments_go(handed_in, tmp_path):
    found = checked(handed_in)
    first = tmp_path / "first.xlsx"
    writing.commented(handed_in, TABLE, {3 + index: some for index, some in found.faults.items()}, first)
    book = openpyxl.load_workbook(first)
    book["十一月"]["F3"] = "2026-02-28"
    book.save(first)
    again = checked(first)
    assert list(again.faults) == [2]
    writing.commented(first, TABLE, {5: again.faults[2]}, tmp_path / "second.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "second.xlsx")["十一月"]
    assert sheet["F3"].comment is None
    assert sheet["F3"].fill.fill_type is None
    assert sheet["F5"].comment


def test_text_in_a_workbook_with_comments_stays_text(tmp_path):
    """What came in as text must not go back as a formula."""
    book = xlsxwriter.Workbook(tmp_path / "in.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["名称", "日期", "金额"])
    for line, formula in enumerate(["=cmd|' /C calc'!A0", "+1", "@a"], 1):
        sheet.write_string(line, 0, formula)
        sheet.write_string(line, 1, "2026-02-30")
    book.close()
    faults = {2 + index: some for index, some in checked(tmp_path / "in.xlsx", SMALL).faults.items()}
    writing.commented(tmp_path / "in.xlsx", SMALL, faults, tmp_path / "out.xlsx")
    reading = read(tmp_path / "out.xlsx", SMALL, file_name="out.xlsx")
    assert reading.notes == []
    assert read_all(reading).cells["name"] == ["=cmd|' /C calc'!A0", "+1", "@a"]
    assert {cell.data_type for cell in openpyxl.load_workbook(tmp_path / "out.xlsx").active["A"]} == {"s"}


def test_a_workbook_too_large_to_be_held_comes_not_back(handed_in, tmp_path, monkeypatch):
    monkeypatch.setattr("jiannuo.tables.writing.comments.MOST_XML", 100)
    with pytest.raises(BadFile) as caught:
        writing.commented(handed_in, TABLE, {}, tmp_path / "out.xlsx")
    assert caught.value.faults[0].code == "tables.too_large_to_comment"


def test_faults_of_rows_and_of_merged_cells_find_a_place(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "in.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["名称", "日期", "金额"])
    sheet.write_column(1, 0, ["甲", "乙"])
    sheet.merge_range(1, 1, 2, 1, "2026-11-02")
    book.close()
    whole = Fault("t.row", both("整行重复", "The row repeats"))
    faults = {2: [whole], 3: checked(tmp_path / "in.xlsx", SMALL).faults[1]}
    writing.commented(tmp_path / "in.xlsx", SMALL, faults, tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert "整行重复" in sheet["A2"].comment.text
    assert "合并" in sheet["B2"].comment.text


def test_bad_rows_come_in_the_shape_of_the_template_and_complete_when_mended(tmp_path):
    raw = {
        "number": "云记〔2026〕7号",
        "organ": "云川市财政局",
        "uscc": own.GOOD_USCC,
        "grade": "serious",
        "decided": "2026-02-30",
        "amount": "1,234.5",
        "open": "是",
        "division": "007",
        "facts": "=1+1",
    }
    writing.bad_rows(TABLE, iter([(raw, [OFF])]), tmp_path / "t.xlsx")
    found = checked(tmp_path / "t.xlsx")
    assert codes(found.faults[0]) == ["tables.no_such_day"]
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book.worksheets[0]
    assert sheet["E4"].value == "2026-02-30"
    assert "没有这一天" in sheet["E4"].comment.text
    assert sheet["D4"].value == "较重"
    assert sheet["I4"].value == "007"
    assert sheet["J4"].data_type == "s"
    assert "决定日期：没有这一天" in sheet["K4"].value
    sheet["E4"] = "2026-02-28"
    book.save(tmp_path / "t.xlsx")
    reading = read(tmp_path / "t.xlsx", TABLE, file_name="t.xlsx")
    assert reading.notes == []
    values = check(TABLE, read_all(reading), LOOKUPS).good[0][1]
    assert values == {
        **GOOD,
        "organ": "<云川市财政局>",
        "decided": date(2026, 2, 28),
        "people": None,
        "division": "007",
        "facts": "=1+1",
    }


def test_csv_is_as_spreadsheets_want_it():
    content = b"".join(writing.csv_lines(SMALL, [{"name": "甲", "day": date(2026, 11, 2), "amount": Decimal("-5.00")}]))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == '"名称","日期","金额"\r\n"甲","2026-11-02","-5.00"\r\n'


def test_csv_for_machines_has_names_and_keys():
    content = b"".join(writing.csv_lines(TABLE, [GOOD], names=True)).decode("utf-8-sig")
    assert content.splitlines()[0].startswith('"number","organ"')
    assert '"serious"' in content
    assert '"较重"' in b"".join(writing.csv_lines(TABLE, [GOOD])).decode()


def test_csv_streams():
    pieces = writing.csv_lines(SMALL, ({"name": f"第{n}局"} for n in range(10**9)))
    assert sum(len(next(pieces)) for _ in range(5)) < 100_000


def test_payloads_go_out_harmless_and_come_back_unchanged(tmp_path):
    payloads = shared("tables/csv_injection_payloads.txt").read_text("utf-8").splitlines()
    payloads += [
        "=1",
        "+1",
        "-1",
        "@a",
        "\t=1",
        " =1",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        "'=1",
        "''+1",
        "'甲",
        "-",
        "=;=cmd",
        "a;=cmd",
        "a\t=cmd",
    ]
    rows = [{"name": words} for words in payloads]
    content = b"".join(writing.csv_lines(SMALL, rows))
    for row in list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]:
        assert row[0].lstrip()[0] not in "=+-@＝＋－＠"
    (tmp_path / "t.csv").write_bytes(content)
    writing.workbook(SMALL, rows, tmp_path / "t.xlsx")
    meant = [words.strip() for words in payloads]
    keyless = Table("keyless", own.NOTHING, own.NOTHING, SMALL.columns, ())
    for name in ("t.csv", "t.xlsx"):
        found = checked(tmp_path / name, keyless)
        assert [values["name"] for _index, values in found.good] == meant, name
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert {cell.data_type for cell in sheet["A"]} == {"s"}


def test_a_semicolon_splits_no_cell_in_another_country():
    content = b"".join(writing.csv_lines(SMALL, [{"name": "甲;=cmd"}])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content), delimiter=";"))[1][0].startswith("甲;=cmd")


FREE = Table(
    "free",
    both("任意", "Free"),
    own.NOTHING,
    (
        own.column("line", "一行", "Line", Kind.TEXT),
        own.column("long", "多行", "Lines", Kind.LONG),
        own.column("day", "日期", "Day", Kind.DAY),
        own.column("amount", "金额", "Amount", Kind.AMOUNT),
        own.column("whole", "整数", "Whole", Kind.WHOLE),
        own.column("yes", "是否", "Yes", Kind.YES_NO),
        own.column("digits", "数字", "Digits", Kind.DIGITS),
        own.column("grade", "等级", "Grade", Kind.CODE, codes=lambda: own.GRADES),
    ),
    (),
)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
LINE = TEXTS.map(words.clean).filter(lambda text: not words.text_fault(text, FREE.by_name["line"]))
LONG = st.lists(TEXTS, max_size=3).map("\n".join).map(words.clean)
LONG = LONG.filter(lambda text: not words.text_fault(text, FREE.by_name["long"]))
ROWS = st.fixed_dictionaries(
    {
        "line": LINE.map(lambda text: text or None),
        "long": LONG.map(lambda text: text or None),
        "day": st.none() | st.dates(date(1000, 1, 1)),
        "amount": st.none() | st.decimals(-(10**13) + 1, 10**13 - 1, places=2),
        "whole": st.none() | st.integers(-(10**15) + 1, 10**15 - 1),
        "yes": st.none() | st.booleans(),
        "digits": st.none() | st.text("0123456789", min_size=1, max_size=30),
        "grade": st.none() | st.sampled_from(list(own.GRADES)),
    }
).filter(lambda row: any(value is not None for value in row.values()))


@pytest.mark.parametrize("form", ["csv", "machines.csv", "xlsx", "library.xlsx"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROWS, min_size=1, max_size=5))
def test_what_is_written_is_read_back_the_same(tmp_path, form, rows):
    path = tmp_path / f"t.{form}"
    if form.endswith("xlsx"):
        writing.workbook(FREE, rows, path)
    else:
        path.write_bytes(b"".join(writing.csv_lines(FREE, rows, names=form.startswith("machines"))))
    with pytest.MonkeyPatch.context() as patched:
        if form == "library.xlsx":
            patched.setattr("jiannuo.tables.reading.plain.MOST_KEPT", 0)
        found = checked(path, FREE)
    assert found.faults == {}
    assert [values for _index, values in found.good] == rows


@given(row=ROWS)
def test_text_is_what_a_person_types(row):
    typed = {name: writing.text(FREE.by_name[name], value) for name, value in row.items()}
    found = check(FREE, Rows.of([typed]), {})
    assert found.faults == {}
    assert found.good[0][1] == row
