"""`q` is found if the normalised text contains it: one, two and more characters, the same on both databases."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.search.actions import Item, drop, put
from jiannuo.search.finding import find, matching, normalise

ON = date(2026, 11, 9)


def item(ref, title, *texts, **changes):
    values = {"kind": "record", "audience": "public", "day": ON} | changes
    return Item(ref, title=title, texts=texts, **values)


@pytest.fixture
def texts(db):
    put(
        [
            item("record:1", "逾期支付路灯采购合同验收款", "云信录〔2026〕0417 号", body="body:1"),
            item("record:2", "未兑现招商引资承诺", "ＡＢＣ Ltd. 100%_ok", body="body:1", day=date(2026, 11, 10)),
            item("record:3", "内部登记的路灯事项", audience="staff", body="body:2"),
            item("record:4", "到期的路灯事项", until=ON),
            item("body:1", "雲川市城市建設管理局", "市城建局", kind="body", day=None),
        ]
    )


def refs(q, **asked):
    return [hit.ref for hit in find(q, on=ON, **asked)]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("灯", ["record:1"]),
        ("路灯", ["record:1"]),
        ("路灯采购合同", ["record:1"]),
        ("路燈採購", ["record:1"]),  # traditional
        ("云川市城市建设", ["body:1"]),  # written in traditional, asked for in simplified
        ("０４１７", ["record:1"]),  # full width
        ("abc", ["record:2"]),
        ("ABC LTD", ["record:2"]),
        ("2026〕0417号", ["record:1"]),  # white space does not matter
        ("路灯 0417", ["record:1"]),  # every word
        ("0417　路灯", ["record:1"]),  # ideographic space
        ("路灯 承诺", []),
        ("承诺", ["record:2"]),
        ("款云信", []),  # nothing matches across two texts
        ("100%", ["record:2"]),
        ("%_o", ["record:2"]),
        ("1_0", []),  # no wildcard
        ("%", ["record:2"]),
        ("_", ["record:2"]),
        ("路%灯", []),
        ("\\", []),
        ("'", []),
        ("", []),
        ("   ", []),
    ],
)
def test_found_is_what_contains_it(texts, q, found):
    assert refs(q) == found


def test_staff_find_both_and_the_public_never_what_is_for_staff(texts):
    assert set(refs("路灯", audience="staff")) == {"record:1", "record:3", "record:4"}
    assert refs("内部") == []


def test_staff_find_what_is_for_staff_only_about_their_bodies(texts):
    assert set(refs("路灯", audience="staff", bodies=[1])) == {"record:1"}
    assert set(refs("路灯", audience="staff", bodies=[2])) == {"record:1", "record:3"}
    assert set(refs("路灯", audience="staff", bodies=[])) == {"record:1"}


def test_the_public_finds_until_the_day_and_no_longer(texts):
    assert [hit.ref for hit in find("到期", on=date(2026, 11, 8))] == ["record:4"]
    assert refs("到期") == []


def test_newest_first_and_at_most_so_many_of_the_kinds_asked_for(texts):
    assert refs("市", kinds=["record"]) == []
    assert refs("市", kinds=["body"]) == ["body:1"]
    assert [row.ref for row in matching("2", audience="public", on=ON)] == ["record:1"]
    put([item(f"record:{n}", "同一批", day=date(2026, 1, n)) for n in range(10, 20)])
    assert refs("同一批", limit=2) == ["record:19", "record:18"]


def test_put_again_replaces_and_dropped_is_gone(texts):
    put([item("record:1", "改过的标题")])
    assert refs("路灯") == []
    assert refs("改过") == ["record:1"]
    drop(["record:1"])
    assert refs("改过") == []


def test_a_hit_shows_the_title_as_written(texts):
    assert find("云川市", on=ON)[0].title == "雲川市城市建設管理局"


@given(st.text(max_size=40))
def test_normalising_again_changes_nothing_and_leaves_no_space(text):
    once = normalise(text)
    assert normalise(once) == once
    assert once == "".join(once.split())
