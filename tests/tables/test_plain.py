"""A sheet read while it streams by and the same sheet read by the library: cell for cell the same."""

import random

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from jiannuo.tables.reading import archive, plain

WORDS = ["甲", "乙 & <丙>", " 空 ", "上\n下", "_x0041_", "é😀", "&amp;", "007"]
NUMBERS = [1, 46328, 3.25, 1e15, -2, 0, 100, 0.1, 12345678.9]


def written(path, chance):
    """A sheet of invented cells: gaps, blank formatted cells, days, a merged title, rows that begin further right."""
    book = xlsxwriter.Workbook(path, {"constant_memory": chance.random() < 0.4})
    sheet = book.add_worksheet()
    days = [book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy年m月d日", "m/d/yy")]
    others = [None, book.add_format({"num_format": "0.00"}), book.add_format({"bold": True})]
    if chance.random() < 0.3:
        sheet.merge_range(0, 0, 0, 2, "标题")
    row = chance.randrange(1, 4)
    for _ in range(chance.randrange(1, 600)):
        row += 1 if chance.random() < 0.9 else chance.randrange(1, 40)
        for place in range(chance.randrange(3), chance.randrange(3, 9)):
            kind = chance.random()
            if kind < 0.3:
                sheet.write_string(row, place, chance.choice(WORDS), chance.choice(others + days))
            elif kind < 0.6:
                sheet.write_number(row, place, chance.choice(NUMBERS), chance.choice(others))
            elif kind < 0.7:
                sheet.write_number(row, place, chance.randrange(61, 80_000), chance.choice(days))
            elif kind < 0.75:
                sheet.write_boolean(row, place, chance.random() < 0.5, chance.choice(others))
            elif kind < 0.85:
                sheet.write_blank(row, place, None, chance.choice(others[1:]))
    book.close()


@pytest.mark.parametrize("seed", range(25))
def test_both_ways_give_the_same(tmp_path, seed, monkeypatch):
    monkeypatch.setattr(plain, "_SLICE", 2 ** random.Random(seed).randrange(9, 17))
    path = tmp_path / "t.xlsx"
    written(path, random.Random(seed))
    (grid,) = archive.look(path).grids.values()
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    left = (sheet.start or (0, 0))[1]
    by_library = {
        (line, place): cell
        for line, row in enumerate(sheet.iter_rows(), 1)
        for place, cell in enumerate(row, left)
        if cell != ""
    }
    plainly = {
        (line, place): column[at]
        for at, line in enumerate(grid.lines)
        for place, column in enumerate(grid.columns)
        if column[at] not in ("", None)
    }
    assert {at: (type(cell), cell) for at, cell in plainly.items()} == {
        at: (type(cell), cell) for at, cell in by_library.items()
    }
    assert grid.merged == [tuple(area) for area in sheet.merged_cell_ranges or []]


@pytest.mark.parametrize(
    ("code", "shows_day"),
    [
        ("yyyy-mm-dd", True),
        ('yyyy"年"m"月"d"日";@', True),
        ("[$-804]yyyy/m/d", True),
        ("General", False),
        ("#,##0.00", False),
        ('"日"0', False),
        ("[Red]0.00", False),
        (r"0\d", False),
        ("yyyy-mm-dd hh:mm", None),
        ("[h]:mm", None),
        ("mm:ss", None),
    ],
)
def test_which_formats_show_a_day(code, shows_day):
    assert plain._shape(code) is shows_day


@pytest.mark.parametrize(
    "content",
    [
        "<sst><si><t>甲</t></si><si><t/></si></sst>",
        "<sst><si><t>甲</t></si><si><t foo='1'>乙</t></si></sst>",
        "<sst><si><t>甲</t></si><x:si><x:t>乙</x:t></x:si></sst>",
        "<sst><si><t>甲</t></si><si/></sst>",
    ],
)
def test_strings_written_otherwise_are_left_to_the_library(content):
    with pytest.raises(plain.Otherwise):
        plain.strings(content.encode())


def test_rich_text_is_read_as_text():
    rich = '<si><r><rPr><b/><color tint="0.5"/></rPr><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r></si>'
    spoken = '<si><t>丙</t><rPh sb="0" eb="1"><t>bing</t></rPh></si>'
    assert plain.strings(f"<sst>{rich}{spoken}<si><t>丁</t></si></sst>".encode()) == ["甲 乙", "丙", "丁"]


def test_strings():
    content = '<sst count="3"><si><t>甲</t></si><si><t xml:space="preserve"> 乙 </t></si>'
    content += "<si><t>&lt;&#20013;_x000D_&amp;amp;</t></si></sst>"
    assert plain.strings(content.encode()) == ["甲", " 乙 ", "<中\r&amp;"]
    assert plain.strings(b"") == []
    assert plain.strings(b"<sst><si><t></t></si><si><t>a</t></si></sst>") == ["", "a"]
