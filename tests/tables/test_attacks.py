"""Files made to break a reader, or that broke on their way: each a clear refusal, in bounded memory and time."""

import io
import re
import struct
import zipfile

import pytest
import xlsxwriter

from jiannuo.tables import Fault
from jiannuo.tables.reading import BadFile, files, read

from ..shared_data import shared
from . import own
from .own import SMALL, codes, read_all

HEADS = ["名称", "日期", "金额"]
CORE = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>名称</t></is></c><c r="B1" t="inlineStr"><is><t>日期</t></is></c></row>'
)


def refused(path) -> Fault:
    with pytest.raises(BadFile) as caught:
        read(path, SMALL, file_name=path.name)
    fault = caught.value.faults[0]
    assert fault.message.zh
    assert fault.message.en
    return fault


@pytest.fixture
def plain(tmp_path):
    """An honest workbook of one row."""
    book = xlsxwriter.Workbook(tmp_path / "plain.xlsx")
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, HEADS)
    sheet.write_row(1, 0, ["甲", "2026-11-02", 5])
    book.close()
    return tmp_path / "plain.xlsx"


def changed(plain, parts, name="t.xlsx"):
    """The same workbook with some parts replaced: name → bytes, or a function of the bytes that were there."""
    path = plain.parent / name
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        there = {info.filename: old.read(info) for info in old.infolist()}
        for part, content in parts.items():
            there[part] = content(there[part]) if callable(content) else content
        for part, content in there.items():
            new.writestr(part, content)
    return path


def sheet_of(rows: str, **more) -> bytes:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet {space}><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


def with_sheet(plain, rows: str):
    return changed(plain, {"xl/worksheets/sheet1.xml": sheet_of(rows)})


def test_the_honest_one_is_read(plain):
    assert read_all(read(plain, SMALL, file_name="t.xlsx")).cells["name"] == ["甲"]


@pytest.mark.parametrize("name", ["xmlbomb", "xmlbomb2", "quadratic", "cyclic", "external", "external_file", "dtd"])
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"]
)
def test_a_document_type_is_refused_in_every_part(plain, name, part):
    bomb = shared(f"tables/xml-bombs/{name}.xml").read_bytes()
    assert refused(changed(plain, {part: bomb})).code == "tables.dtd"


@pytest.mark.parametrize("name", ["simple", "simple-ns"])
def test_other_xml_is_no_workbook_and_breaks_nothing(plain, name):
    content = shared(f"tables/xml-bombs/{name}.xml").read_bytes()
    assert refused(changed(plain, {"xl/worksheets/sheet1.xml": content})).code in (
        "tables.no_head",
        "tables.broken_workbook",
    )


def test_an_entity_before_a_real_sheet(plain):
    """The bomb stands where a reader that expands entities would fill the memory."""
    lines = b'<!DOCTYPE z [<!ENTITY a "' + b"x" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]>'

    def armed(sheet):
        return sheet.replace(b"<worksheet", lines + b"<worksheet", 1)

    assert refused(changed(plain, {"xl/worksheets/sheet1.xml": armed})).code == "tables.dtd"


def test_a_document_type_across_two_pieces(plain, monkeypatch):
    monkeypatch.setattr("jiannuo.tables.reading.archive.PIECE", 64)

    for shift in range(64):
        lines = b"<!--" + b"x" * shift + b"--><!DOCTYPE z>"
        path = changed(plain, {"xl/worksheets/sheet1.xml": lambda sheet, lines=lines: lines + sheet})
        assert refused(path).code == "tables.dtd"


def test_a_part_in_an_encoding_that_hides_what_it_says(plain):
    path = changed(plain, {"xl/worksheets/sheet1.xml": lambda sheet: sheet.decode().encode("utf-16")})
    assert refused(path).code == "tables.dtd"


def test_a_zip_bomb_is_refused_by_its_directory(plain):
    path = changed(plain, {"xl/media/image1.png": b"\0" * (300 * 2**20)})
    assert path.stat().st_size < 2**20
    told = own.apart(path)
    assert codes(told.faults) == ["tables.bomb"]
    assert told.grown < 20


def test_a_zip_bomb_whose_directory_lies(plain):
    """It says 100 bytes; a reader that believes it unpacks 300 MB."""
    path = changed(plain, {"xl/sharedStrings.xml": b"<sst>" + b" " * (300 * 2**20) + b"</sst>"})
    content = bytearray(path.read_bytes())
    size = struct.pack("<I", 300 * 2**20 + 11)
    at = content.find(size)
    while at >= 0:
        content[at : at + 4] = struct.pack("<I", 100)
        at = content.find(size, at)
    path.write_bytes(content)
    told = own.apart(path)
    assert codes(told.faults) == ["tables.broken_workbook"]
    assert told.grown < 40


def test_many_small_parts_make_no_bomb_either(plain, monkeypatch):
    monkeypatch.setattr("jiannuo.tables.reading.archive.MOST_UNPACKED", 10_000)
    assert refused(plain).code == "tables.bomb"


def test_a_sheet_of_a_million_rows_is_refused_with_their_count(plain):
    row = '<row r="{0}"><c r="A{0}" t="str"><v>甲</v></c><c r="B{0}"><v>46328</v></c><c r="C{0}"><v>{0}</v></c></row>'
    rows = "".join(row.format(line) for line in range(2, 1_048_577))
    told = own.apart(with_sheet(plain, CORE + rows))
    (fault,) = told.faults
    assert fault.code == "tables.too_many_rows"
    assert fault.found == "1048575"
    assert "拆" in fault.hint.zh
    assert told.grown < 60


def test_a_million_rows_of_nothing_but_borders_are_read_at_once(plain):
    blank = "".join(
        f'<row r="{n}" ht="15"><c r="A{n}" s="1"/><c r="B{n}" s="1"/><c r="C{n}" s="1"/></row>'
        for n in range(3, 1_048_577)
    )
    row = '<row r="2"><c r="A2" t="inlineStr"><is><t>甲</t></is></c></row>'
    told = own.apart(with_sheet(plain, CORE + row + blank))
    assert told.faults == []
    assert told.rows == 1
    assert told.grown < 100


@pytest.mark.parametrize(
    "cell",
    [
        '<row r="2"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="4000000"><c r="AMJ4000000"><v>1</v></c></row>',
        "<row r='2'><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="2"><x:c xmlns:x="urn:x" r="XFD1048576"><v>1</v></x:c></row>',
        '<row r="2"><c s="0" r="XFD1048576"><v>1</v></c></row>',
        '<row r="2"><c\tr="XFD1048576"><v>1</v></c></row>',
        '<row r="2"><c r="xfd1048576"><v>1</v></c></row>',
        '<row r="900000000"><c><v>1</v></c></row><row r="3"><c r="ZZ3"><v>1</v></c></row>',
    ],
)
def test_one_cell_at_the_end_of_the_world(plain, cell):
    """The reader builds a rectangle: without the gate this would be 17 thousand million cells."""
    told = own.apart(with_sheet(plain, CORE + cell))
    assert codes(told.faults) == ["tables.too_wide"]
    assert told.grown < 40


def test_a_far_cell_is_named(plain):
    fault = refused(with_sheet(plain, CORE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    assert fault.found == "XFD1048576"
    assert "XFD1048576" in fault.message.zh


def test_a_million_cells_in_one_row_without_addresses(plain):
    """Cells without an address are counted on; then one far below."""
    cells = "".join(f"<c><v>{n}</v></c>" for n in range(300_000))
    told = own.apart(
        with_sheet(plain, CORE + f'<row r="2">{cells}</row><row r="1000000"><c r="A1000000"><v>1</v></c></row>')
    )
    assert codes(told.faults) == ["tables.too_wide"]


def test_a_sheet_written_in_another_way_is_read_all_the_same(plain):
    """Other quotes, no addresses, a prefix: slower to look at, and right."""
    rows = (
        "<row><c t='inlineStr'><is><t>名称</t></is></c><c t='inlineStr'><is><t>金额</t></is></c></row>"
        "<row><c t='inlineStr'><is><t>甲</t></is></c><c><f>1+1</f></c></row><row/>"
        "<row><c t='inlineStr'><is><t>乙</t></is></c><c><v>3</v></c></row>"
    )
    reading = read(with_sheet(plain, rows), SMALL, file_name="t.xlsx")
    rows = read_all(reading)
    assert rows.lines == [2, 4]
    assert rows.cells["name"] == ["甲", "乙"]
    assert codes(rows.faults[0]) == ["tables.formula_without_value"]


def test_too_many_filled_cells(plain, monkeypatch):
    monkeypatch.setattr("jiannuo.tables.reading.books.MOST_CELLS", 5)
    assert read(plain, SMALL, file_name="t.xlsx").format == "xlsx"  # read as it streams by, it needs no rectangle
    monkeypatch.setattr("jiannuo.tables.reading.plain.MOST_KEPT", 0)
    assert refused(plain).code == "tables.too_wide"


def test_an_archive_that_was_cut_off(plain):
    content = plain.read_bytes()
    for length in (len(content) - 1, len(content) // 2, 100, 4, 2):
        (plain.parent / "t.xlsx").write_bytes(content[:length])
        assert refused(plain.parent / "t.xlsx").code == "tables.broken_workbook"


def test_bytes_that_changed_on_the_way(plain):
    content, told = plain.read_bytes(), []
    for at in range(0, len(content), 101):
        path = plain.parent / "t.xlsx"
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        try:
            read_all(read(path, SMALL, file_name="t.xlsx"))
        except BadFile as bad:
            told.append(bad.faults[0].code)
    assert {"tables.broken_workbook"} <= set(told)


def compound(*names: str) -> bytes:
    """As much of an old compound file as tells what is in it."""
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries.ljust(4096, b"\0")


def test_a_workbook_with_a_password(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(compound("Root Entry", "EncryptionInfo", "EncryptedPackage"))
    fault = refused(path)
    assert fault.code == "tables.password"
    assert "密码" in fault.hint.zh


def test_an_old_file_that_is_none(tmp_path):
    path = tmp_path / "t.xls"
    path.write_bytes(compound("Root Entry", "Nothing"))
    assert refused(path).code == "tables.broken_workbook"
    path.write_bytes(compound("Root Entry", "WordDocument"))
    assert refused(path).code == "tables.not_a_table"


def test_an_old_file_with_one_cell_at_the_end_of_the_world(tmp_path):
    """The library would ask for 100 GB and end the process it runs in; that is not ours."""
    xlwt = pytest.importorskip("xlwt", reason="only the bench packages can write .xls")
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("数据")
    for place, head in enumerate(HEADS):
        sheet.write(0, place, head)
    sheet.write(1, 2, 1234.5678)
    path = tmp_path / "t.xls"
    book.save(str(path))
    assert read(path, SMALL, file_name="t.xls").columns == ["name", "day", "amount"]
    content = bytearray(path.read_bytes())
    at = content.find(struct.pack("<HHHH", 0x0203, 14, 1, 2))
    assert at > 0
    content[at + 4 : at + 8] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    fault = refused(path)
    assert fault.code == "tables.broken_workbook"
    assert "另存为 .xlsx" in fault.hint.zh


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "html"),
        ("\ufeff  <!DOCTYPE html><table>".encode(), "html"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "xml"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"Rar!\x1a\x07\x00", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n", "not_a_table"),
    ],
)
def test_a_file_that_is_called_a_workbook_and_is_none(tmp_path, content, code):
    path = tmp_path / "t.xls"
    path.write_bytes(content)
    assert refused(path).code == f"tables.{code}"


def archive(tmp_path, **parts):
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_", "."), content)
    return path


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"content_xml": "", "mimetype": ""}, "ods"),
        ({"xl__workbook_bin": ""}, "xlsb"),
        ({"word__document_xml": ""}, "not_a_table"),
        ({"a_xlsx": "", "b_csv": ""}, "archive"),
        ({"a_txt": ""}, "not_a_table"),
        ({"xl__workbook_xml": "<workbook/>"}, "broken_workbook"),
    ],
)
def test_an_archive_that_is_no_workbook(tmp_path, parts, code):
    fault = refused(archive(tmp_path, **parts))
    assert fault.code == f"tables.{code}"


def test_two_parts_of_one_name(plain):
    """Two readers may each take another."""
    path = plain.parent / "t.xlsx"
    path.write_bytes(plain.read_bytes())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as twice:
        twice.writestr("xl/workbook.xml", "<workbook/>")
    assert refused(path).code == "tables.broken_workbook"


def test_a_library_that_panics_is_a_bad_file(plain, monkeypatch):
    """A panic of the library is no Exception: it would go through every net and end the worker."""

    class PanicException(BaseException):
        pass

    def panics(path):
        raise PanicException("index out of bounds")

    monkeypatch.setattr("jiannuo.tables.reading.plain.MOST_KEPT", 0)
    monkeypatch.setattr("jiannuo.tables.reading.books.CalamineWorkbook", type("Broken", (), {"from_path": panics}))
    fault = refused(plain)
    assert fault.code == "tables.broken_workbook"
    assert "index out of bounds" in fault.found


def test_an_empty_workbook(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    book.add_worksheet()
    book.close()
    assert refused(tmp_path / "t.xlsx").code == "tables.no_head"


def test_an_empty_file(tmp_path):
    (tmp_path / "t.xlsx").write_bytes(b"")
    assert refused(tmp_path / "t.xlsx").code == "tables.empty_file"


def test_a_workbook_that_links_to_a_file_outside(plain):
    """A relation to /etc/passwd or a server opens nothing: only parts of the archive are read."""

    def led_astray(links):
        return re.sub(rb'Target="worksheets/sheet1.xml"', b'Target="../../../../etc/passwd"', links)

    path = changed(plain, {"xl/_rels/workbook.xml.rels": led_astray})
    assert refused(path).code in ("tables.broken_workbook", "tables.no_head")


def test_every_refusal_of_a_file_says_what_is_read_instead(tmp_path):
    for fault in (files.locked().faults[0], files.too_many_rows(7).faults[0], files.bad("x", "甲", "A").faults[0]):
        assert fault.allowed
        assert io.StringIO(fault.allowed.en).read()
