"""Names as people write them: the body, or candidates; never a body of another place."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.offered import Asking
from jiannuo.registry import actions, lookups
from jiannuo.registry.models import Body
from jiannuo.registry.naming import Index, Named, Place, Usage, Why
from jiannuo.registry.resolving import resolve, usages
from jiannuo.search.finding import normalise
from jiannuo.tables import Fault
from tests import make

PLACES = [
    Place(1, "云川省"),
    Place(2, "云川市", 1),
    Place(3, "青禾区", 2),
    Place(4, "雁鸣县", 2),
    Place(5, "白溪市", 1),
    Place(6, "青禾区", 5),
    Place(7, "红土镇", 4),
]
BODIES = [
    Named(10, 2, [("云川市发展和改革委员会", Why.SAME), ("市发改委", Why.SHORT)]),
    Named(11, 2, [("云川市市场监督管理局", Why.SAME), ("市工商行政管理局", Why.OLD)]),
    Named(12, 3, [("云川市青禾区教育局", Why.SAME)]),
    Named(13, 4, [("雁鸣县教育局", Why.SAME)]),
    Named(14, 6, [("白溪市青禾区教育局", Why.SAME)]),
    Named(15, 4, [("雁鸣县人民政府", Why.SAME)]),
    Named(16, 7, [("雁鸣县红土镇人民政府", Why.SAME)]),
    Named(17, 4, [("雁鸣县住房和城乡建设局", Why.SAME)]),
    Named(18, 4, [("雁鸣县水利局", Why.SAME)], ended=True),
    Named(19, 4, [("雁鸣县水务局", Why.SAME)]),
]
USAGES = [
    Usage("发展和改革委员会", "发改委", Why.USAGE),
    Usage("市场监督管理局", "市监局", Why.USAGE),
    Usage("市场监督管理局", "工商行政管理局", Why.REFORM),
    Usage("住房和城乡建设局", "住建局", Why.USAGE),
    Usage("人民政府", "政府", Why.USAGE),
]
INDEX = Index(PLACES, BODIES, USAGES, normalise)


def one(name, near=None):
    return INDEX.resolve([name], near)[0]


@pytest.mark.parametrize(
    ("name", "near", "body", "why"),
    [
        ("云川市发展和改革委员会", None, 10, Why.SAME),
        ("雲川市發展和改革委員會", None, 10, Why.SAME),
        (" 云川市 发展和改革委员会", None, 10, Why.SAME),
        ("云川省云川市发展改革委员会", None, 10, Why.USAGE),
        ("云川市发改委", None, 10, Why.SHORT),
        ("市发改委", 2, 10, Why.SHORT),
        ("市发改委", 3, 10, Why.SHORT),
        ("发展和改革委员会", 2, 10, Why.SAME),
        ("云川市市监局", None, 11, Why.USAGE),
        ("云川市工商行政管理局", None, 11, Why.OLD),
        ("雁鸣县教育局", None, 13, Why.SAME),
        ("雁鸣教育局", None, 13, Why.SAME),
        ("云川雁鸣县教育局", None, 13, Why.SAME),
        ("青禾区教育局", 2, 12, Why.SAME),
        ("青禾区教育局", 5, 14, Why.SAME),
        ("白溪市青禾区教育局", 2, 14, Why.SAME),
        ("雁鸣县政府", None, 15, Why.USAGE),
        ("雁鸣县红土镇政府", None, 16, Why.USAGE),
        ("红土镇人民政府", None, 16, Why.SAME),
        ("雁鸣县住房城乡建设局", None, 17, Why.USAGE),
        ("雁鸣县水利局", None, 18, Why.SAME),
    ],
)
def test_a_way_of_writing_that_leaves_no_doubt(name, near, body, why):
    answer = one(name, near)
    assert answer.sure
    assert answer.best == body
    assert why in answer.candidates[0].why


@pytest.mark.parametrize(
    ("name", "near", "body"),
    [
        ("云川市发展和改革委员", None, 10),
        ("雁鸣县教育育局", None, 13),
        ("雁鸣县教肓局", None, 13),
        ("雁呜县教育局", None, 13),
        ("云川市雁鸣县住房和城多建设局", None, 17),
        ("云川市雁鸣教县育局", None, 13),
    ],
)
def test_a_slip_is_recognised_and_never_sure(name, near, body):
    answer = one(name, near)
    assert answer.best == body
    assert not answer.sure
    assert answer.candidates[0].why == (Why.SLIP,)


@pytest.mark.parametrize(
    ("name", "near", "bodies"),
    [
        ("青禾区教育局", None, {12, 14}),  # two districts of the name
        ("教育局", None, {12, 13, 14}),
        ("雁鸣县水X局", None, {19}),  # what exists goes before what has ended
    ],
)
def test_what_leaves_a_doubt_is_given_as_candidates(name, near, bodies):
    answer = one(name, near)
    assert {candidate.key for candidate in answer.candidates} == bodies
    assert not answer.sure


@pytest.mark.parametrize(
    "name", ["白溪市教育局", "白溪市雁鸣县教育局", "红土镇教育局", "白溪市发改委", "完全不同的名称", "", "局"]
)
def test_another_place_is_a_veto(name):
    for near in (None, 2, 4):
        answer = one(name, near)
        assert not answer.candidates


def test_places_that_exclude_each_other_are_told_apart_from_an_unknown_name():
    assert one("白溪市雁鸣县教育局").vetoed
    assert not one("完全不同的名称").vetoed


TAILS = ["教育局", "人民政府", "住房和城乡建设局", "市场监督管理局", "发展和改革委员会"]


@given(st.sampled_from([place for place in PLACES if len(place.name) > 2]), st.sampled_from(TAILS), st.data())
def test_no_slip_in_the_tail_ever_leads_to_another_place(place, tail, data):
    at = data.draw(st.integers(0, len(tail) - 1))
    written = tail[:at] + data.draw(st.sampled_from(["", "大", tail[at] * 2])) + tail[at + 1 :]
    named = {one.key for one in PLACES if one.name == place.name}
    for answer in (one(place.name + written), one(place.name + tail)):
        for candidate in answer.candidates:
            chain = INDEX._chain[INDEX._where[candidate.key]]
            assert named & set(chain)


@given(st.text(max_size=30))
def test_any_text_is_answered_and_alike_each_time(name):
    assert one(name) == one(name)
    assert one(f" {name} ").candidates == one(name).candidates


def test_the_registry_answers_by_every_name_that_it_knows(town):
    actions.rename(town.bureau, "云川市城市管理局", by=SYSTEM, on=date(2026, 6, 1), document="云编〔2026〕1号")
    for name in ("云川市城市建设管理局", "云川市城市管理局", "雲川市城市管理局"):
        (answer,) = resolve([name])
        assert (answer.best, answer.sure) == (town.bureau.pk, True)
    assert resolve(["市城建局"], near=town.city.division)[0].best == town.bureau.pk


def test_intake_takes_what_is_certain_and_asks_about_the_rest(town):
    look = lookups.bodies(Asking(town.registrar, make.MONDAY, town.city.pk))
    found = look(["市发改委", "云川市城市建设管理据", "青禾区教育局", "云川市民政局"])
    assert found["市发改委"] == town.office
    slip, district, unknown = (found[name] for name in ("云川市城市建设管理据", "青禾区教育局", "云川市民政局"))
    assert isinstance(slip, Fault)
    assert "云川市城市建设管理局（只差一两个字）" in slip.hint.zh
    assert (district.code, district.hint) == ("exchange.no_such_body", None)
    assert unknown.code == "exchange.no_such_body"


def test_the_rulebook_says_how_names_are_written(db):
    written = {(one.name, one.written): one.why for one in usages()}
    assert written["自然资源局", "国土资源局"] is Why.REFORM
    assert written["住房和城乡建设局", "住建局"] is Why.USAGE


def test_the_search_offers_what_may_be_meant(client, town):
    with override("zh-hans"):
        page = client.get("/search/", {"q": "云川市城市建设管理据"}).content.decode()
    assert f'href="/bodies/{town.bureau.pk}/"' in page
    assert "只差一两个字" in page
    assert "只差一两个字" not in client.get("/search/", {"q": "城市建设"}).content.decode()
    assert Body.objects.count() == 5
