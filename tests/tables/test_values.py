"""What a cell becomes, or why it is refused: found, allowed, and a way out, in both languages."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.tables import Column, Fault, Kind, Rows, Table, both, check, uscc
from jiannuo.tables.columns import one_by_one, parsed

from . import own
from .own import AMOUNT, CODE, DECIDED, DIVISION, FACTS, GRADE, NUMBER, OPEN, PEOPLE, column, one

DAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-02",
        "2026/11/2",
        "2026.11.2",
        "20261102",
        "2026年11月2日",
        "二〇二六年十一月二日",
        "２０２６－１１－０２",
        "２０２６年１１月２日",
        " 2026-11-02 ",
        "2026 年 11 月 2 日",
        "2026-11-02 00:00:00",
        "2026-11-02T00:00:00Z",
        "二零二六年十一月二日",
        "二○二六年十一月二号",
        "2026年11月2号",
        DAY,
        datetime(2026, 11, 2),
        46328,
        46328.0,
        "46328",
        20261102,
        20261102.0,
    ],
)
def test_a_day_in_every_shape(cell):
    assert one(DECIDED, cell) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二六年十二月三十一日", date(2026, 12, 31)),
        ("二〇二〇年二月二十九日", date(2020, 2, 29)),
        ("二〇二六年一月十日", date(2026, 1, 10)),
        ("二〇二六年十月廿三日", date(2026, 10, 23)),
    ],
)
def test_spoken_numbers(text, day):
    assert one(DECIDED, text) == day


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("农历腊月二十", "lunar_day"),
        ("正月初三", "lunar_day"),
        ("二〇二六年腊月初八", "lunar_day"),
        ("丙午年三月初一", "lunar_day"),
        ("農曆十一月初二", "lunar_day"),
        ("11/2/2026", "ambiguous_day"),
        ("2-11-2026", "ambiguous_day"),
        ("2026年11月", "day_missing"),
        ("2026-11", "day_missing"),
        ("2026", "day_missing"),
        ("二〇二六年十一月", "day_missing"),
        ("今年6月", "relative_day"),
        ("去年年底", "relative_day"),
        ("2026年第三季度", "relative_day"),
        ("2026-02-30", "no_such_day"),
        ("2026-13-01", "no_such_day"),
        ("二〇二六年二月三十日", "no_such_day"),
        (20260230, "no_such_day"),
        ("26-11-02", "short_year"),
        ("11/2/26", "short_year"),
        ("2026-11/02", "not_a_day"),
        ("三百", "not_a_day"),
        (datetime(2026, 11, 2, 9, 30), "has_clock"),
        ("2026-11-02 09:30", "has_clock"),
        (12.5, "not_a_day"),
        (3, "not_a_day"),
        ("0000-01-01", "no_such_day"),
        ("x" * 500, "not_a_day"),
        (timedelta(hours=3), "has_clock"),
    ],
)
def test_what_is_no_day_says_why(cell, code):
    fault = one(DECIDED, cell)
    assert isinstance(fault, Fault)
    assert fault.code == f"tables.{code}"
    assert fault.column == "decided"
    assert fault.allowed
    assert fault.found


def test_a_day_that_does_not_exist_names_the_last_of_its_month():
    assert "2026-02-28" in one(DECIDED, "2026-02-30").hint.zh
    assert "2024-02-29" in one(DECIDED, "2024-02-30").hint.en


def test_an_ambiguous_day_names_both_that_may_be_meant():
    assert one(DECIDED, "11/2/2026").hint.en == "2026-11-02 or 2026-02-11?"
    assert one(DECIDED, "25/2/2026").hint.en == "2026-02-25?"


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1,234.50", "1234.50"),
        ("￥1,234.5", "1234.50"),
        ("¥1234.50", "1234.50"),
        ("1234.5元", "1234.50"),
        ("１２３４．５０", "1234.50"),
        ("人民币1234.50元整", "1234.50"),
        ("-5", "-5.00"),
        ("(5.00)", "-5.00"),
        (0.1 + 0.2, "0.30"),
        (1234.5, "1234.50"),
        (5, "5.00"),
        (999999999999.99, "999999999999.99"),
        ("9999999999999.99", "9999999999999.99"),
        ("1.500", "1.50"),
        (Decimal("2.5"), "2.50"),
        ("-¥3.20", "-3.20"),
        (1e-16, "0.00"),
    ],
)
def test_an_amount(cell, amount):
    if cell == 1e-16:
        assert one(AMOUNT, cell).code == "tables.too_exact"
        return
    assert str(one(AMOUNT, cell)) == amount


@pytest.mark.parametrize(
    ("cell", "code", "hint"),
    [
        ("38.6万元", "not_in_yuan", "386000.00"),
        ("38万6", "not_in_yuan", "386000.00"),
        ("1.2亿", "not_in_yuan", "120000000.00"),
        ("3萬", "not_in_yuan", "30000.00"),
        ("12.345", "too_exact", "12.34"),
        (12.345, "too_exact", "12.34"),
        ("12,34", "thousands", ""),
        ("三百", "not_an_amount", ""),
        ("1.2.3", "not_an_amount", ""),
        (True, "not_an_amount", ""),
        ("99999999999999.00", "too_large", ""),
        ("1e5", "not_an_amount", ""),
        (float("nan"), "not_an_amount", ""),
        (DAY, "shown_as_day", "数值"),
        ("12元5角", "not_an_amount", ""),
    ],
)
def test_what_is_no_amount_says_why(cell, code, hint):
    fault = one(AMOUNT, cell)
    assert fault.code == f"tables.{code}"
    assert fault.allowed == both(fault.allowed.zh, fault.allowed.en)
    assert hint in (fault.hint.zh if fault.hint else "")


def test_whole_numbers():
    assert [one(PEOPLE, cell) for cell in ("12", "1,200", "１２", 12.0, 12, "-3", "12.0")] == [
        12,
        1200,
        12,
        12,
        12,
        -3,
        12,
    ]
    assert [one(PEOPLE, cell).code for cell in ("12.5", 12.5, "十二", True, 10**15)] == [
        "tables.not_whole",
        "tables.not_whole",
        "tables.not_whole",
        "tables.not_whole",
        "tables.too_large",
    ]


@pytest.mark.parametrize("cell", ["是", "有", "Yes", "Ｙ", "true", "1", 1, 1.0, True, "√"])
def test_yes(cell):
    assert one(OPEN, cell) is True


@pytest.mark.parametrize("cell", ["否", "無", "no", "FALSE", "0", 0, False, "×"])
def test_no(cell):
    assert one(OPEN, cell) is False


def test_neither_yes_nor_no():
    assert one(OPEN, "也许").code == "tables.not_yes_no"


@pytest.mark.parametrize("cell", ["serious", "SERIOUS", "较重", "較重", "Serious", " 较 重 ", "ＳＥＲＩＯＵＳ"])
def test_a_code_by_key_or_title_in_any_script(cell):
    assert one(GRADE, cell) == "serious"


def test_an_unknown_code_lists_the_codes_and_the_nearest():
    fault = one(GRADE, "较重的")
    assert fault.code == "tables.no_such_code"
    assert fault.allowed.zh == "一般（minor）、较重（serious）、严重（grave）"
    assert "较重" in fault.hint.zh
    assert "Serious" in fault.hint.en


def test_a_code_list_is_read_anew_for_each_piece():
    lists = [{"a": both("甲", "A")}]
    changing = column("c", "代码", "Code", Kind.CODE, codes=lambda: lists[0])
    assert one(changing, "b").code == "tables.no_such_code"
    lists[0] = {"b": both("乙", "B")}
    assert one(changing, "b") == "b"


def test_a_credit_code():
    good = own.GOOD_USCC
    assert one(CODE, good) == good
    assert one(CODE, good.lower()) == good
    assert one(CODE, f" {good[:9]} {good[9:]} ") == good
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    fault = one(CODE, wrong)
    assert fault.code == "tables.uscc_check"
    assert f"应为 {good[-1]}" in fault.message.zh
    assert f"should be {good[-1]}" in fault.message.en
    assert one(CODE, good[:-1]).message.zh.startswith("少 1 位")
    assert one(CODE, good + "1").code == "tables.uscc_length"


def test_letters_that_a_credit_code_never_has():
    good = "119901000000000" + "10"
    good += uscc.check_character(good)
    assert one(CODE, good.replace("0", "O", 1)).code == "tables.uscc_character"
    assert f"是不是 {good}" in one(CODE, good.replace("0", "O", 1)).hint.zh


def test_a_credit_code_that_may_be_confirmed():
    lax = column("uscc", "代码", "Code", Kind.USCC, strict=False)
    wrong = own.GOOD_USCC[:-1] + ("0" if own.GOOD_USCC[-1] != "0" else "1")
    assert one(lax, wrong) == wrong
    assert one(lax, wrong[:-1]).code == "tables.uscc_length"


@pytest.mark.parametrize("cell", [1.23456789012345e17, 123456789012345678, "1.23457E+17", "1.23E17"])
def test_a_code_that_a_spreadsheet_took_for_a_number(cell):
    for asked in (column("n", "编号", "N", Kind.DIGITS, most=18), CODE):
        if isinstance(cell, int):
            continue
        fault = one(asked, cell)
        assert fault.code == "tables.digits_lost"
        assert "文本" in fault.hint.zh


def test_digits():
    assert [one(DIVISION, cell) for cell in ("990102", 990102, 990102.0, "９９０１０２", "99 01 02", "007")] == [
        "990102"
    ] * 5 + ["007"]
    assert one(DIVISION, "99O1").code == "tables.not_digits"
    assert one(DIVISION, "1" * 13).code == "tables.too_long"
    assert one(DIVISION, True).code == "tables.not_digits"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("长" * 41, "too_long"),
        ("坏\x00字", "control_character"),
        ("坏\x07字", "control_character"),
        ("坏\ud800字", "control_character"),
        ("倒\u202e字", "control_character"),
        ("锟\ufffd斤", "lost_character"),
        ("两\n行", "line_break"),
    ],
)
def test_a_text_that_cannot_be_kept(cell, code):
    fault = one(NUMBER, cell)
    assert fault.code == f"tables.{code}"
    assert "\x00" not in fault.found


def test_a_text_is_kept_as_it_stands():
    for words in ("=1+1", "+86", "-", "@某", "（全角）", "a  b", "制\t表"):
        assert one(NUMBER, words) == words
    assert one(NUMBER, "　名称 \u200b") == "名称"
    assert one(NUMBER, 7.0) == "7"
    assert one(FACTS, "一\r\n二\r三") == "一\n二\n三"


def test_required():
    for cell in (None, "", "  ", "\u3000", "\u200b"):
        assert one(NUMBER, cell).code == "tables.required"
    assert one(AMOUNT, " ") is None


KINDS = [own.NUMBER, own.FACTS, own.DECIDED, own.AMOUNT, own.PEOPLE, own.OPEN, own.DIVISION, own.CODE, own.GRADE]
CELLS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=()), max_size=12),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from(["2026-11-02", "12.50", "是", "较重", " 甲 ", "1,200.00", "12", "12.345"]),
)


@given(st.sampled_from(KINDS), st.lists(CELLS, max_size=12))
def test_whole_columns_and_single_cells_give_the_same(asked, cells):
    quick, plain = parsed(asked, cells), one_by_one(asked, cells)
    assert repr(quick) == repr(plain)


@given(
    st.sampled_from(KINDS),
    st.lists(
        st.sampled_from(
            ["\n", "1\n2", "2026-11-02", "12.50", "13", "是", "较重", "甲", "甲 乙", "1\n2", "\n", "", "12.345"]
        ),
        max_size=40,
    ),
)
def test_plain_columns_and_single_cells_give_the_same(asked, cells):
    assert repr(parsed(asked, cells)) == repr(one_by_one(asked, cells))


CENTS = st.integers(-(10**15), 10**15).map(lambda cents: cents / 100)


@given(st.lists(st.floats() | CENTS | st.sampled_from(["", "1.5", 0.1 + 0.2, -0.0, 1e12]), max_size=12))
def test_columns_of_numbers_and_single_numbers_give_the_same(cells):
    assert repr(parsed(own.AMOUNT, cells)) == repr(one_by_one(own.AMOUNT, cells))


@given(CELLS)
def test_no_cell_breaks_a_check(cell):
    """Whatever stands there becomes a value or a fault that can be kept as JSON."""
    for asked in KINDS:
        value = one(asked, cell)
        if isinstance(value, Fault):
            kept = Fault.from_json(value.as_json())
            assert kept == value or "\ufffd" in kept.found
            assert "\x00" not in json.dumps(value.as_json(), ensure_ascii=False)
            json.dumps(value.as_json(), ensure_ascii=False).encode()
            assert value.message.zh
            assert value.message.en


def test_a_fault_says_everything_as_json():
    fault = Fault("a.b", both("甲", "A"), "c", "f", both("乙", "B"), both("丙", "C"), both("丁", "D"))
    assert Fault.from_json(fault.as_json()) == fault
    assert Fault("a.b", both("甲", "A")).as_json() == {"code": "a.b", "message": {"zh": "甲", "en": "A"}}


def test_memory_of_values_is_bounded():
    table = Table("t", own.NOTHING, own.NOTHING, (Column("d", both("数", "D"), Kind.DIGITS, own.NOTHING),), ())
    from jiannuo.tables import columns

    for start in range(0, 3 * columns.MOST_KEPT, columns.MOST_KEPT):
        check(table, Rows.of([{"d": str(n)} for n in range(start, start + columns.MOST_KEPT)]), {})
    assert len(columns._memo(table.columns[0])) <= 2 * columns.MOST_KEPT
