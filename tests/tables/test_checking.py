"""Rows that are checked together: natural keys, names that are looked up, what reading found before."""

from jiannuo.tables import Fault, Kind, Rows, Table, both, check

from . import own
from .own import GOOD, LOOKUPS, SMALL, TABLE, codes

ROW = {**GOOD, "decided": "2026-11-02", "amount": "1234.50"}


def numbered(*numbers):
    return [{**ROW, "number": number} for number in numbers]


def test_a_natural_key_that_repeats_names_the_line_of_the_first():
    found = check(TABLE, Rows.of(numbered("一", "二", "一"), first_line=5), LOOKUPS)
    assert [index for index, _values in found.good] == [0, 1]
    (fault,) = found.faults[2]
    assert fault.code == "tables.repeated"
    assert "第 5 行" in fault.message.zh
    assert "line 5" in fault.message.en
    assert fault.column == "number"
    assert fault.found == "一"


def test_across_the_pieces_of_a_file():
    seen = {}
    assert check(TABLE, Rows.of(numbered("一", "二"), 2), LOOKUPS, seen).faults == {}
    found = check(TABLE, Rows.of(numbered("三", "一"), 4), LOOKUPS, seen)
    assert "第 2 行" in found.faults[1][0].message.zh


def test_a_piece_that_is_checked_again_repeats_nothing():
    """A worker that was killed takes its piece once more."""
    seen = {}
    rows = Rows.of(numbered("一", "二"), 2)
    check(TABLE, rows, LOOKUPS, seen)
    assert check(TABLE, rows, LOOKUPS, seen).faults == {}


def test_a_key_of_several_columns_of_values_and_not_of_texts():
    table = Table("t", own.NOTHING, own.NOTHING, SMALL.columns, ("name", "day"))
    rows = [{"name": "甲", "day": "2026-11-02"}, {"name": "甲", "day": "2026年11月2日"}, {"name": "甲", "day": None}]
    found = check(table, Rows.of(rows), {})
    assert list(found.faults) == [1]
    assert found.faults[1][0].found == "甲 · 2026年11月2日"


def test_a_key_that_is_at_fault_repeats_nothing():
    found = check(TABLE, Rows.of(numbered("", "")), LOOKUPS)
    assert codes(found.faults[0]) == codes(found.faults[1]) == ["tables.required"]


def test_names_are_looked_up_once_each():
    asked = []

    def lookup(names):
        asked.append(list(names))
        return own.bodies(names)

    rows = [
        {**row, "organ": organ}
        for row, organ in zip(numbered("一", "二", "三"), ["云川甲", "乙", "云川甲"], strict=True)
    ]
    found = check(TABLE, Rows.of(rows), {"body": lookup})
    assert asked == [["云川甲", "乙"]]
    assert [values["organ"] for _index, values in found.good] == ["<云川甲>", "<云川甲>"]
    (fault,) = found.faults[1]
    assert (fault.code, fault.column, fault.found) == ("test.no_such_body", "organ", "乙")


def test_a_name_that_a_lookup_forgot_is_not_found():
    found = check(TABLE, Rows.of([ROW]), {"body": lambda names: {}})
    assert codes(found.faults[0]) == ["tables.not_found"]


def test_names_without_a_lookup_stay_names():
    assert check(TABLE, Rows.of([ROW]), {}).good[0][1]["organ"] == "云川市财政局"


def test_all_faults_of_a_row_are_told_in_the_order_of_its_columns():
    row = {**ROW, "number": "", "grade": "x", "decided": "x", "amount": "x"}
    found = check(TABLE, Rows.of([row]), LOOKUPS)
    assert [fault.column for fault in found.faults[0]] == ["number", "grade", "decided", "amount"]


def test_what_reading_found_comes_first_and_hides_what_follows_from_it():
    told = Fault("tables.formula_error", both("公式出错", "Error"), column="number")
    found = check(TABLE, Rows([2], {"number": [None], "organ": ["云川"]}, {0: [told]}), LOOKUPS)
    assert codes([fault for fault in found.faults[0] if fault.column == "number"]) == ["tables.formula_error"]
    whole = Fault("tables.torn_row", both("拆不开", "Torn"))
    assert codes(check(TABLE, Rows([2], {}, {0: [whole]}), LOOKUPS).faults[0]) == ["tables.torn_row"]


def test_raw_is_what_stood_there():
    rows = Rows.of([{"number": " 一 ", "amount": 5.0, "open": True, "facts": "坏\x00字", "people": None}])
    assert rows.raw(0) == {"number": " 一 ", "amount": "5", "open": "TRUE", "facts": "坏\ufffd字"}


def test_raw_checked_again_gives_the_same():
    """A difference is confirmed from what was kept of the row."""
    first = check(TABLE, Rows.of([ROW]), LOOKUPS)
    again = check(TABLE, Rows.of([Rows.of([ROW]).raw(0)]), LOOKUPS)
    assert first.good == again.good


def test_no_rows():
    assert check(TABLE, Rows.of([]), LOOKUPS).good == []
    assert len(Rows.of([])) == 0


def test_a_code_list_in_many_rows():
    grades = {f"g{n}": both(f"等级{n}", f"Grade {n}") for n in range(50)}
    table = Table(
        "t", own.NOTHING, own.NOTHING, (own.column("g", "等级", "Grade", Kind.CODE, codes=lambda: grades),), ()
    )
    found = check(table, Rows.of([{"g": f"等级{n % 60}"} for n in range(600)]), {})
    assert len(found.good) == 500
    assert "等 50 项" in found.faults[50][0].allowed.zh
