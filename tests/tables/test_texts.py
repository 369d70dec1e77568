"""CSV as it comes in: encodings, delimiters, quotation marks, broken files."""

import codecs
import csv
import json

import pytest

from jiannuo.tables import Column, Kind, Table, both, check
from jiannuo.tables.reading import BadFile, files, read

from ..shared_data import shared
from . import own
from .own import SMALL, checked, codes, read_all

TEXT = "名称,日期,金额\r\n云川市水务局,2026-11-02,10.00\r\n青禾区教育局,2026-11-03,\r\n"
TRADITIONAL = "名稱,日期,金額\r\n雲川市水務局,2026-11-02,10.00\r\n臺灣事務辦公室,2026-11-03,\r\n"


def put(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def rows_of(path, table=SMALL):
    return read_all(read(path, table, file_name=path.name))


def refused(path, table=SMALL):
    with pytest.raises(BadFile) as caught:
        read(path, table, file_name=path.name)
    for fault in caught.value.faults:
        assert fault.message.zh
        assert fault.allowed
    return caught.value.faults[0]


@pytest.mark.parametrize(
    ("text", "encoding", "mark"),
    [
        (TEXT, "utf-8", b""),
        (TEXT, "utf-8", codecs.BOM_UTF8),
        (TEXT, "gb18030", b""),
        (TEXT, "gbk", b""),
        (TEXT, "gb2312", b""),
        (TEXT, "utf-16-le", codecs.BOM_UTF16_LE),
        (TEXT, "utf-16-be", codecs.BOM_UTF16_BE),
        (TEXT, "utf-16-le", b""),
        (TEXT, "utf-16-be", b""),
        (TRADITIONAL, "utf-8", b""),
        (TRADITIONAL, "big5", b""),
        (TRADITIONAL, "big5hkscs", b""),
        (TRADITIONAL, "gb18030", b""),
    ],
)
def test_an_encoding(tmp_path, text, encoding, mark):
    rows = rows_of(put(tmp_path, mark + text.encode(encoding)))
    assert rows.cells["name"] == [line.split(",")[0] for line in text.splitlines()[1:]]
    assert rows.lines == [2, 3]


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_where_heads_do_not_tell_common_characters_do(tmp_path, encoding):
    """English heads: both encodings find them, and GB18030 reads nearly every Big5 text, as rubbish."""
    names = ["財政局", "教育局", "水務局", "公安局"] if encoding == "big5" else ["财政局", "教育局", "水务局", "公安局"]
    content = "name,day\n" + "".join(f"{name},\n" for name in names)
    assert rows_of(put(tmp_path, content.encode(encoding))).cells["name"] == names


def test_real_streets_in_every_encoding():
    """The same table in five encodings, the heads English."""
    folder = shared("tables/encodings")
    names = ["code", "name", "areaCode", "provinceCode", "cityCode"]
    columns = tuple(Column(name, both(name, name), Kind.TEXT, own.NOTHING) for name in names)
    table = Table("streets", own.NOTHING, own.NOTHING, columns, ("code",))
    told = {path.name: rows_of(path, table).cells for path in sorted(folder.glob("benxi_streets_*.csv"))}
    assert len(told) == 4
    simplified = told["benxi_streets_utf-8-sig.csv"]
    assert simplified["name"][0] == "南地街道"
    assert told["benxi_streets_gb18030.csv"] == simplified
    assert told["benxi_streets_utf-16.csv"] == simplified
    assert told["benxi_streets_big5hkscs.csv"]["code"] == simplified["code"]
    assert told["benxi_streets_big5hkscs.csv"]["name"][0] == "南地街道"


def test_prose_is_no_table():
    assert refused(shared("tables/encodings/sample-chinese.txt")).code == "tables.no_head"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter(tmp_path, delimiter):
    content = TEXT.replace(",", delimiter).encode()
    assert rows_of(put(tmp_path, content)).cells["amount"] == ["10.00", ""]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_lines(tmp_path, end):
    assert rows_of(put(tmp_path, TEXT.replace("\r\n", end).encode())).lines == [2, 3]


def test_lines_are_numbered_as_a_spreadsheet_shows_them(tmp_path):
    content = '小表\n名称,日期\n\n"甲\n乙",2026-11-02\n , \n丙,2026-11-03\n'
    rows = rows_of(put(tmp_path, content.encode()))
    assert rows.lines == [4, 6]


def test_reading_goes_on_where_it_stopped(tmp_path):
    content = "名称,日期\n" + "".join(f"第{n}局,\n{',' if n % 3 else ''}\n" for n in range(100))
    path = put(tmp_path, content.encode())
    whole = rows_of(path)
    assert len(whole) == 100
    for skip in (0, 1, 37, 99, 100, 1000):
        rest = read_all(read(path, SMALL, file_name="t.csv"), size=7, skip=skip)
        assert rest.lines == whole.lines[skip:]
        assert rest.cells["name"] == whole.cells["name"][skip:]


def spectrum():
    folder = shared("tables/csv-spectrum")
    return sorted(path.stem for path in (folder / "csvs").glob("*.csv"))


def test_the_csv_spectrum():
    """Every file of csv-spectrum gives what its JSON says."""
    folder = shared("tables/csv-spectrum")
    names = spectrum()
    assert len(names) > 10
    for name in names:
        told = json.loads((folder / "json" / f"{name}.json").read_text("utf-8"))
        expected = told if isinstance(told, list) else [told]
        if name == "location_coordinates":  # its JSON has another telephone number than its CSV
            expected[0]["Contact Phone Number"] = "2095257564"
        columns = tuple(Column(one, both(one, one), Kind.LONG, own.NOTHING) for one in expected[0])
        table = Table(name, own.NOTHING, own.NOTHING, columns, ())
        rows = rows_of(folder / "csvs" / f"{name}.csv", table)
        found = [{one: cells[index] for one, cells in rows.cells.items()} for index in range(len(rows))]
        assert found == expected, name


def test_a_file_that_stops_inside_quotation_marks(tmp_path):
    content = '名称,日期,金额\n甲,2026-11-02,1\n"乙,2026-11-02,2\n丙,2026-11-03,3\n'
    fault = refused(put(tmp_path, content.encode()))
    assert fault.code == "tables.open_quote"
    assert "第 3 行" in fault.message.zh


def test_an_inch_mark_is_no_open_quotation(tmp_path):
    content = '名称,日期\n5"管,2026-11-02\n'
    assert rows_of(put(tmp_path, content.encode())).cells["name"] == ['5"管']


def test_a_pair_of_stray_quotation_marks_swallows_no_row_silently(tmp_path):
    content = '名称,日期\n甲,2026-11-02\n"乙,2026-11-02\n丙,2026-11-03\n丁",2026-11-03\n戊,2026-11-03\n'
    found = checked(put(tmp_path, content.encode()), SMALL)
    assert codes(found.faults[1]) == ["tables.line_break"]
    assert "引号" in found.faults[1][0].hint.zh


def test_a_cell_beyond_every_measure(tmp_path):
    content = '名称,日期\n甲,2026-11-02\n"' + "长\n" * 70_000 + '",2026-11-02\n戊,2026-11-03\n'
    found = checked(put(tmp_path, content.encode()), SMALL)
    assert codes(found.faults[1]) == ["tables.torn_row"]
    assert [values["name"] for _index, values in found.good] == ["甲"]
    assert list(found.faults) == [1]


def test_a_row_that_went_out_of_step(tmp_path):
    content = "名称,日期,金额\n甲,乙,2026-11-02,5\n丙,2026-11-03,6,,\n"
    found = checked(put(tmp_path, content.encode()), SMALL)
    assert codes(found.faults[0]) == ["tables.surplus_cells"]
    assert [values["name"] for _index, values in found.good] == ["丙"]


def test_a_last_line_that_was_cut_off(tmp_path):
    found = checked(put(tmp_path, "名称,日期,金额\n甲,2026-11-02,5\n乙,2026-1".encode()), SMALL)
    assert codes(found.faults[1]) == ["tables.cut_row"]
    assert [values["name"] for _index, values in found.good] == ["甲"]


def test_a_last_line_without_an_end_is_whole_if_its_cells_are(tmp_path):
    found = checked(put(tmp_path, "名称,日期,金额\n甲,2026-11-02,5".encode()), SMALL)
    assert found.faults == {}


def test_a_file_that_stops_inside_a_character(tmp_path):
    fault = refused(put(tmp_path, TEXT.encode()[:-16]))
    assert fault.code == "tables.cut_off"


def test_bytes_of_no_encoding(tmp_path):
    fault = refused(put(tmp_path, "名称,日期\n甲,".encode() + b"\xff\xff\xff\n"))
    assert fault.code == "tables.encoding"
    assert "第 2 行" in fault.message.zh


def test_zero_bytes(tmp_path):
    fault = refused(put(tmp_path, "名称,日期\n甲\0,2026-11-02\n".encode()))
    assert fault.code == "tables.zero_bytes"
    assert "第 2 行" in fault.message.zh


def test_an_empty_file(tmp_path):
    assert refused(put(tmp_path, b"")).code == "tables.empty_file"
    assert refused(put(tmp_path, b"\r\n\r\n")).code == "tables.no_head"


def test_heads_and_nothing_else(tmp_path):
    assert len(rows_of(put(tmp_path, "名称,日期\n".encode()))) == 0


def test_a_line_longer_than_memory_should_hold(tmp_path):
    path = put(tmp_path, "名称,日期\n甲,".encode() + b"x" * (files.MOST_LINE + 10) + b"\n")
    fault = refused(path)
    assert fault.code == "tables.line_too_long"
    assert "第 2 行" in fault.message.zh


def test_two_million_rows_are_refused_with_their_count_in_little_memory(tmp_path):
    path = tmp_path / "t.csv"
    with path.open("wb") as file:
        file.write("名称,日期,金额\n".encode())
        line = "云川市水务局,2026-11-02,10.00\n".encode()
        for _ in range(200):
            file.write(line * 10_000)
    told = own.apart(path)
    (fault,) = told.faults
    assert fault.code == "tables.too_many_rows"
    assert fault.found == "2000000"
    assert "200,000" in fault.allowed.zh
    assert "拆" in fault.hint.zh
    assert told.grown < 40


def test_the_greatest_file_is_still_read(tmp_path, monkeypatch):
    monkeypatch.setattr("jiannuo.tables.reading.texts.MOST_ROWS", 50)
    rows = ["名称,日期", *(f"第{n}局," for n in range(50))]
    assert len(rows_of(put(tmp_path, "\n\n".join(rows).encode()))) == 50
    assert refused(put(tmp_path, "\n".join([*rows, "多一局,"]).encode())).found == "51"


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    assert refused(put(tmp_path, TEXT.encode() * 3)).code == "tables.file_too_large"


def test_text_called_a_workbook_is_read_as_text(tmp_path):
    path = put(tmp_path, TEXT.encode(), "t.xlsx")
    reading = read(path, SMALL, file_name="t.xlsx")
    assert reading.format == "csv"
    assert codes(reading.notes) == ["tables.other_format"]
    assert len(read_all(reading)) == 2


def test_formulas_of_others_are_text(tmp_path):
    """What the payloads do in a spreadsheet they do not do here: they come in as they stand."""
    payloads = shared("tables/csv_injection_payloads.txt").read_text("utf-8").splitlines()
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["名称", "日期"], *([one, ""] for one in payloads)])
    found = check(SMALL, rows_of(path), {})
    assert [values["name"] for _index, values in found.good] == [one.strip() for one in payloads]
