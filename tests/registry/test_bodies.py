"""Founding, names over time, parents, basis: what is told, what is found, what is refused."""

import json
from datetime import date, timedelta

import pytest

from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import PUBLIC
from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.registry import actions as registry
from jiannuo.registry import reading
from jiannuo.registry.kinds import PARTNERS
from jiannuo.registry.models import Body, Division, Succession
from jiannuo.search.finding import find
from tests.registry.cast import DAY, FOUNDED, KEEPER, PAPER, body, division

pytestmark = pytest.mark.django_db
BEFORE = DAY - timedelta(days=1)
HOW = {"by": KEEPER, "on": DAY}


def refs(q: str) -> set[str]:
    return {hit.ref for hit in find(q, on=DAY)}


def test_a_rename_keeps_the_body_and_both_names_on_their_days():
    bureau = body("云川市城建局")
    registry.rename(bureau, "云川市住建局", document=PAPER, **HOW)
    assert (reading.name_on(bureau, BEFORE), reading.name_on(bureau, DAY)) == ("云川市城建局", "云川市住建局")
    assert not Succession.objects.exists()
    assert reading.holder(bureau.pk, DAY) == bureau.pk
    entry = json.loads(Entry.objects.get(verb="body.renamed").public)
    assert (entry["from"], entry["to"], entry["facts"]["name"]) == ("云川市城建局", "云川市住建局", "云川市住建局")


def test_it_is_found_by_old_name_new_name_short_name_and_alias():
    bureau = body("云川市发展计划委员会", short_name="市计委")
    registry.rename(bureau, "云川市发展和改革委员会", short_name="市发展改革委", document=PAPER, **HOW)
    registry.add_alias(bureau, "市发改委", **HOW)
    for q in ("计划委员会", "发展和改革", "市计委", "市发展改革委", "市发改委", "發改委"):
        assert refs(q) == {bureau.ref}, q


@pytest.mark.parametrize(
    ("name", "document", "field"),
    [(" ", PAPER, "name"), ("云川市甲局", PAPER, "name"), ("新名", "", "document")],
)
def test_a_rename_to_nothing_to_the_same_or_without_a_document_is_refused(name, document, field):
    bureau = body("云川市甲局")
    with pytest.raises(Refused) as refused:
        registry.rename(bureau, name, document=document, **HOW)
    assert refused.value.field == field


def test_a_rename_dated_before_the_name_that_holds_would_rewrite_the_past():
    bureau = body("云川市甲局")
    registry.rename(bureau, "云川市乙局", document=PAPER, **HOW)
    with pytest.raises(Refused) as refused:
        registry.rename(bureau, "云川市丙局", document=PAPER, by=KEEPER, on=BEFORE)
    assert refused.value.code == "registry.before_the_last"
    assert reading.name_on(bureau, DAY) == "云川市乙局"


def test_an_alias_is_entered_once():
    bureau = body("云川市甲局")
    registry.add_alias(bureau, "市甲局", **HOW)
    with pytest.raises(Refused):
        registry.add_alias(bureau, "市甲局", **HOW)


@pytest.mark.parametrize("kind", sorted(PARTNERS))
def test_a_partner_may_be_neither_evaluated_nor_inspected(kind):
    city = body("云川市人民政府", "government")
    for field in ("evaluable", "inspectable"):
        with pytest.raises(Refused) as refused:
            body("云川市某机关", kind, **{f"{field}_by": city, f"{field}_basis": "某文件"})
        assert (refused.value.code, refused.value.field) == ("registry.partner", f"{field}_by")
        assert refused.value.article
    partner = body("云川市某机关", kind)
    assert (partner.evaluable_by, partner.inspectable_by) == (None, None)


def test_who_may_evaluate_needs_a_basis():
    city, bureau = body("云川市人民政府", "government"), body("云川市甲局")
    basis = {"evaluable_by": city, "evaluable_basis": " ", "inspectable_by": None, "inspectable_basis": ""}
    with pytest.raises(Refused) as refused:
        registry.set_basis(bureau, **basis, **HOW)
    assert refused.value.field == "evaluable_basis"
    registry.set_basis(bureau, **(basis | {"evaluable_basis": "云政发〔2026〕2号"}), **HOW)
    assert Body.objects.get(pk=bureau.pk).evaluable_by == city


def test_parents_are_dated_and_cannot_form_a_circle():
    city, county = body("云川市人民政府", "government"), body("青禾区人民政府", "government")
    bureau = body("云川市甲局", parent=city)
    registry.set_parent(bureau, county, document=PAPER, **HOW)
    assert reading.ancestors(bureau.pk, BEFORE) == {bureau.pk, city.pk}
    assert reading.ancestors(bureau.pk, DAY) == {bureau.pk, county.pk}
    with pytest.raises(Refused) as refused:
        registry.set_parent(county, bureau, document=PAPER, **HOW)
    assert refused.value.code == "registry.parent_cycle"
    with pytest.raises(Refused):
        registry.set_parent(city, city, document=PAPER, **HOW)


def test_nobody_changes_what_they_did_not_read():
    bureau = body("云川市甲局")
    seen = bureau.version
    registry.rename(Body.objects.get(pk=bureau.pk), "云川市乙局", document=PAPER, **HOW)
    with pytest.raises(Stale):
        registry.correct(bureau, note="按旧页面填写", seen=seen, **HOW)
    assert Body.objects.get(pk=bureau.pk).note == ""


def test_what_was_entered_wrong_is_corrected_and_told():
    bureau = body("云川市甲局", founded=None, sure=False)
    registry.correct(bureau, founded=date(2010, 5, 4), sure=True, **HOW)
    assert (bureau.founded, bureau.sure, bureau.version) == (date(2010, 5, 4), True, 2)
    assert json.loads(Entry.objects.get(verb="body.corrected").public)["facts"]["founded"] == "2010-05-04"


def test_names_sorts_and_ends_are_not_corrected_and_no_heir_is_founded_after_it_inherited():
    old, heir = body("云川市甲局"), body("云川市乙局")
    for change in ({"name": "别名"}, {"ended": DAY}, {"kind": "court"}):
        with pytest.raises(Refused) as refused:
            registry.correct(old, **change, **HOW)
        assert refused.value.code == "registry.not_correctable"
    registry.abolish(old, heir, document=PAPER, **HOW)
    for one in (old, heir):
        with pytest.raises(Refused) as refused:
            registry.correct(one, founded=DAY, **HOW)
        assert refused.value.code == "registry.founded_too_late"


@pytest.mark.parametrize("stranger", [PUBLIC, type(KEEPER)(role="registrar")])
def test_the_registry_is_for_its_keeper_alone(stranger):
    bureau, other = body("云川市甲局"), body("云川市乙局")
    who = {"by": stranger, "on": DAY}
    tries = [
        lambda: registry.found([registry.NewBody("云川市丙局", "department", division())], **who),
        lambda: registry.rename(bureau, "新名", document=PAPER, **who),
        lambda: registry.add_alias(bureau, "别名", **who),
        lambda: registry.correct(bureau, note="注", **who),
        lambda: registry.set_parent(bureau, other, document=PAPER, **who),
        lambda: registry.merge([bureau], other, document=PAPER, **who),
        lambda: registry.split(bureau, [other, body("云川市丙局")], other, document=PAPER, **who),
        lambda: registry.abolish(bureau, other, document=PAPER, **who),
        lambda: registry.assign("record:1", bureau, other, document=PAPER, **who),
        lambda: registry.add_post(bureau, "局长", **who),
        lambda: registry.add_divisions([registry.NewDivision("9902", "某市", "city", source="demo")], **who),
        lambda: registry.add_parties([], **who),
    ]
    for attempt in tries:
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "registry.not_your_role"


def test_a_zone_without_a_code_lies_in_a_division_of_another_source():
    division()
    for name in ("云川高新区", "云川经开区"):
        zone = registry.NewDivision(
            "", name, "county", parent="9901", source="city", has_code=False, parent_source="demo"
        )
        registry.add_divisions([zone], by=KEEPER, on=FOUNDED)
    assert Division.objects.filter(parent__code="9901", has_code=False).count() == 2
    with pytest.raises(Refused) as refused:
        registry.add_divisions([registry.NewDivision("1", "某乡", "township", parent="77")], **HOW)
    assert refused.value.found == "77"


def test_founding_many_is_one_act_and_all_or_none():
    good = registry.NewBody("云川市甲局", "department", division())
    with pytest.raises(Refused):
        registry.found([good, registry.NewBody("云川市乙局", "no-such-sort", division())], **HOW)
    assert not Body.objects.exists()
