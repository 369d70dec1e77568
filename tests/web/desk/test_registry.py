"""Registry work on the desk: every act by its form, every refusal at its field, nothing typed lost."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from jiannuo.accounts import actions as accounts
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry import actions as registry
from jiannuo.registry import reading
from jiannuo.registry.actions.bodies import PARTNER_ARTICLE
from jiannuo.registry.models import Body, Succession
from tests import make

from .registry_cast import PAPER, act, entry, found, kept, signed_in

pytestmark = pytest.mark.django_db
GOOD_CODE = "91350100M000100Y43"  # the example of the standard's check
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def _in_chinese():
    translation.activate("zh-hans")


@pytest.fixture
def keeper(town):
    return signed_in(town.keeper)


# ---- the list


def test_the_list_finds_by_name_alias_code_and_one_character(keeper, town):
    registry.add_alias(town.bureau, "市城建", by=SYSTEM, on=TODAY)
    registry.correct(town.bureau, code=GOOD_CODE, by=SYSTEM, on=TODAY)
    for q in ("城市建设", "市城建", "建设", "區", GOOD_CODE[:9]):
        page = keeper.get(reverse("desk:bodies"), {"q": q})
        want = {town.county.pk} if q == "區" else {town.bureau.pk}
        assert {body.pk for body in page.context["page"]} == want, q
    one = keeper.get(reverse("desk:bodies"), {"q": "府"})
    assert {body.pk for body in one.context["page"]} == {town.city.pk, town.county.pk}


def test_filters_of_the_list_count_what_they_show(keeper, town):
    doubtful = found(town, "云川市某中心", "institution", sure=False)
    old = found(town, "云川市旧局")
    registry.abolish(old, town.bureau, document=PAPER, by=SYSTEM, on=TODAY)
    url = reverse("desk:bodies")
    page = keeper.get(url)
    counts = {name: n for name, _label, n in page.context["states"]}
    assert counts == {"existing": 6, "check": 1, "ended": 1, "all": 7}
    assert [b.pk for b in keeper.get(url, {"state": "check"}).context["page"]] == [doubtful.pk]
    assert [b.pk for b in keeper.get(url, {"state": "ended"}).context["page"]] == [old.pk]
    assert [b.pk for b in keeper.get(url, {"county": town.county.division_id}).context["page"]] == [town.county.pk]
    assert [b.pk for b in keeper.get(url, {"kind": "court"}).context["page"]] == [town.court.pk]
    for bad in ({"state": "x"}, {"kind": "x"}, {"county": "x"}):
        page = keeper.get(url, bad)
        assert list(page.context["page"]) == []
        assert page.context["faults"][0].found == "x"
        assert page.context["faults"][0].allowed


def test_the_list_is_paged_and_costs_the_same_for_many(keeper, town, django_assert_max_num_queries):
    rows = [registry.NewBody(f"云川市第{n}中心", "institution", town.city.division) for n in range(60)]
    registry.found(rows, by=SYSTEM, on=make.FOUNDING)
    with django_assert_max_num_queries(25):
        page = keeper.get(reverse("desk:bodies"))
    assert len(page.context["page"]) == 50
    assert len(keeper.get(reverse("desk:bodies"), {"page": 2}).context["page"]) == 15
    past = keeper.get(reverse("desk:bodies"), {"page": 99})
    assert past.context["faults"][0].found == "99"


# ---- who may


@pytest.mark.parametrize("role", ["stranger", "registrar", "legal", "head"])
def test_all_staff_read_and_only_the_keeper_writes(town, role):
    client = signed_in(getattr(town, role))
    body = town.bureau
    for name, args in (("bodies", ()), ("body", (body.pk,)), ("divisions", ()), ("parties", ())):
        page = client.get(reverse(f"desk:{name}", args=args))
        assert page.status_code == 200, name
        assert 'method="post"' not in page.content.decode().split("<main")[1], name
        assert reverse("desk:body_act", args=[body.pk, "rename"]) not in page.content.decode()
    closed = [reverse("desk:body_new")]
    closed += [reverse("desk:body_act", args=[body.pk, w]) for w in ("rename", "alias", "parent", "basis", "correct")]
    closed += [reverse("desk:body_act", args=[body.pk, "assign"])]
    closed += [reverse("desk:body_end", args=[body.pk, w]) for w in ("merge", "split", "abolish")]
    for url in closed:
        assert client.get(url).status_code == 403, url
        assert client.post(url, {"name": "x"}).status_code == 403, url
    post = registry.add_post(body, "局长", by=SYSTEM, on=TODAY)
    row = registry.appoint(post, "某甲", by=SYSTEM, on=TODAY - timedelta(days=9))
    for url in (
        reverse("desk:divisions"),
        reverse("desk:parties"),
        reverse("desk:post_add", args=[body.pk]),
        reverse("desk:post_appoint", args=[post.pk]),
        reverse("desk:occupancy_leave", args=[row.pk]),
    ):
        assert client.post(url, {"title": "x", "name": "x", "on": TODAY.isoformat()}).status_code == 403, url
    assert not Entry.objects.filter(verb="body.renamed").exists()
    body.refresh_from_db()
    assert body.version == 1


def test_a_visitor_is_sent_to_sign_in(town):
    for url in (reverse("desk:bodies"), reverse("desk:body", args=[town.bureau.pk]), reverse("desk:body_new")):
        assert Client().get(url).status_code == 302


def test_a_keeper_of_a_county_changes_nothing_of_the_city(town):
    person = accounts.add_person("县甲", "县机构登记岗", by=SYSTEM, on=make.FOUNDING)
    user = accounts.add_user(person, "countykeeper", make.PASSWORD, by=SYSTEM, on=make.FOUNDING)
    accounts.grant(person, "registry", town.county, by=SYSTEM, on=make.FOUNDING)
    client = signed_in(type(town.keeper)(user))
    assert client.get(reverse("desk:body_act", args=[town.bureau.pk, "rename"])).status_code == 403
    typed = {"name": "云川市冒充局", "kind": "department", "regime": "unknown", "division": "云川市"}
    typed |= {"parent_kind": "superior"}
    page = client.post(reverse("desk:body_new"), typed)
    assert page.status_code == 403
    assert not Body.objects.filter(name="云川市冒充局").exists()
    ok = client.post(reverse("desk:body_new"), typed | {"name": "青禾区住建局", "division": "青禾区"})
    assert ok.status_code == 302
    # nor may a body of its county be handed to one of the city, which has not asked for it
    own = Body.objects.get(name="青禾区住建局")
    end = reverse("desk:body_end", args=[own.pk, "abolish"])
    page = client.post(end, {"heir": town.bureau.name, "document": PAPER, "on": TODAY.isoformat()})
    assert page.status_code == 403
    assert not Succession.objects.exists()


def test_what_took_effect_earlier_is_entered_by_whoever_is_keeper_today(town):
    person = accounts.add_person("新甲", "机构登记岗（新）", by=SYSTEM, on=TODAY)
    user = accounts.add_user(person, "newkeeper", make.PASSWORD, by=SYSTEM, on=TODAY)
    accounts.grant(person, "registry", town.city, since=TODAY, by=SYSTEM, on=TODAY)
    client = signed_in(type(town.keeper)(user))
    response = act(client, town.bureau, "rename", name="云川市住建局", document=PAPER, on="2024-05-06")
    assert response.status_code == 302
    assert reading.name_on(town.bureau, make.FOUNDING + timedelta(days=1)) == "云川市城市建设管理局"


# ---- a new body

NEW = {
    "name": "云川市数据局",
    "short_name": "市数据局",
    "aliases": "市大数据局\n数据管理局",
    "former_names": "云川市大数据中心",
    "kind": "department",
    "regime": "administrative",
    "division": "云川市",
    "code": "",
    "founded": "2024-03-01",
    "parent": "云川市人民政府",
    "parent_kind": "superior",
    "evaluable_by": "",
    "evaluable_basis": "",
    "inspectable_by": "",
    "inspectable_basis": "",
    "note": "",
}


def test_a_body_is_registered_and_by_default_nobody_evaluates_or_inspects_it(keeper, town):
    response = keeper.post(reverse("desk:body_new"), NEW)
    body = Body.objects.get(name="云川市数据局")
    assert response["Location"] == reverse("desk:body", args=[body.pk])
    assert (body.evaluable_by, body.inspectable_by, body.sure, body.code) == (None, None, True, None)
    assert [p.pk for p in reading.parents(body.pk, TODAY)] == [town.city.pk]
    page = keeper.get(response["Location"]).content.decode()
    for name in ("市大数据局", "数据管理局", "云川市大数据中心"):
        assert name in page


FAULTS_OF_A_NEW_BODY = [
    ({"name": " "}, "name"),
    ({"name": "云川市城市建设管理局"}, "name"),  # exists
    ({"kind": ""}, "kind"),
    ({"division": "不存在的地方"}, "division"),
    ({"founded": "2024-13-01"}, "founded"),
    ({"founded": "2999-01-01"}, "founded"),
    ({"parent": "云川市没有这个局"}, "parent"),
    ({"code": "91350100M000100Y44"}, "code"),
    ({"code": "12AB"}, "code"),
    ({"evaluable_by": "云川市人民政府"}, "evaluable_basis"),
    ({"inspectable_by": "云川市人民政府"}, "inspectable_basis"),
    ({"kind": "court", "evaluable_by": "云川市人民政府", "evaluable_basis": "某文件"}, "evaluable_by"),
]


def test_a_fault_of_a_new_body_stands_at_its_field_and_nothing_is_lost(keeper, town):
    for change, field in FAULTS_OF_A_NEW_BODY:
        typed = NEW | change
        before = Body.objects.count()
        page = keeper.post(reverse("desk:body_new"), typed)
        assert page.status_code == 422
        errors = kept(page, **typed)
        assert list(errors) == [field], change
        assert Body.objects.count() == before
        html = page.content.decode()
        assert 'value="市数据局"' in html
        assert "市大数据局\n数据管理局" in html


def test_a_doubtful_code_is_a_warning_that_can_be_confirmed(keeper, town):
    typed = NEW | {"code": "91350100M000100Y44"}
    assert "confirm_code" not in keeper.get(reverse("desk:body_new")).content.decode()
    page = keeper.post(reverse("desk:body_new"), typed)
    fault = page.context["form"].errors["code"][0]
    assert "GB 32100" in fault
    assert "91350100M000100Y44" in fault
    assert 'name="confirm_code"' in page.content.decode()
    assert keeper.post(reverse("desk:body_new"), typed | {"confirm_code": "on"}).status_code == 302
    body = Body.objects.get(name="云川市数据局")
    assert (body.code, body.code_confirmed) == ("91350100M000100Y44", False)
    again = NEW | {"name": "云川市另一局", "code": "91350100M000100Y44", "confirm_code": "on"}
    page = keeper.post(reverse("desk:body_new"), again)
    assert page.context["form"].errors["code"]  # taken: no tick helps


# ---- acts on one body


def test_rename_alias_correct_parent_basis_by_their_forms(keeper, town):
    body = town.bureau
    assert act(keeper, body, "rename", name="云川市住建局", document=PAPER).status_code == 302
    assert act(keeper, body, "alias", name="市住建").status_code == 302
    assert act(keeper, body, "correct", code=GOOD_CODE, regime="administrative").status_code == 302
    assert act(keeper, body, "parent", parent="青禾区人民政府", document=PAPER).status_code == 302
    basis = {"inspectable_by": "云川市人民政府", "inspectable_basis": "云政发〔2026〕2号"}
    assert act(keeper, body, "basis", **basis).status_code == 302
    body.refresh_from_db()
    assert (body.name, body.code, body.regime) == ("云川市住建局", GOOD_CODE, "administrative")
    assert (body.evaluable_by, body.inspectable_by) == (town.city, town.city)
    assert body.version == 6
    assert [p.name for p in reading.parents(body.pk, TODAY)] == ["青禾区人民政府"]
    assert body.names.filter(name="市住建", kind="alias").exists()
    page = keeper.get(reverse("desk:body", args=[body.pk]))
    html = page.content.decode()
    for text in ("云川市城市建设管理局", "云川市住建局", "市住建", "青禾区人民政府", PAPER):
        assert text in html
    assert len(page.context["lines"]) == 6


FAULTS_OF_ACTS = [
    ("rename", {"name": "", "document": PAPER}, "name"),
    ("rename", {"name": "云川市城市建设管理局", "document": PAPER}, "name"),
    ("rename", {"name": "云川市发展和改革委员会", "document": PAPER}, "name"),
    ("rename", {"name": "新名局", "document": " "}, "document"),
    ("rename", {"name": "新名局", "document": PAPER, "on": "2999-01-01"}, "on"),
    ("rename", {"name": "新名局", "document": PAPER, "on": "昨天"}, "on"),
    ("rename", {"name": "新名局", "document": PAPER, "on": "2010-01-01"}, None),
    ("alias", {"name": ""}, "name"),
    ("alias", {"name": "市城建局"}, "name"),
    ("correct", {"code": "123"}, "code"),
    ("correct", {"division": "别处"}, "division"),
    ("correct", {}, "__all__"),
    ("parent", {"parent": "青禾", "document": PAPER}, "parent"),
    ("parent", {"parent": "云川市城市建设管理局", "document": PAPER}, "parent"),
    ("parent", {"parent": "青禾区人民政府", "document": ""}, "document"),
    ("basis", {"evaluable_by": "云川市人民政府", "evaluable_basis": ""}, "evaluable_basis"),
    ("basis", {"evaluable_by": "云川市城市建设管理局", "evaluable_basis": "某文件"}, "evaluable_by"),
    ("assign", {"thing": "云信录〔2026〕9999 号", "to_body": "云川市人民政府", "document": PAPER}, "thing"),
]


def test_a_fault_of_an_act_stands_at_its_field_and_the_rest_stays_typed(keeper, town):
    for word, typed, field in FAULTS_OF_ACTS:
        page = act(keeper, town.bureau, word, **typed)
        assert page.status_code == 422
        errors = kept(page, **typed)
        if field is None:
            assert page.context["fault"].code == "registry.not_existing"
            assert page.context["fault"].found
        else:
            assert list(errors) == [field], (word, typed)
        town.bureau.refresh_from_db()
        assert town.bureau.version == 1


def test_nobody_changes_what_they_did_not_read_and_may_send_it_again_once_read(keeper, town):
    body = town.bureau
    url = reverse("desk:body_act", args=[body.pk, "correct"])
    old = keeper.get(url).context["form"]["seen"].value()
    registry.correct(Body.objects.get(pk=body.pk), note="别人刚改的", by=SYSTEM, on=TODAY)
    typed = {"seen": old, "code": GOOD_CODE, "regime": "administrative", "division": "9901", "founded": "2020-01-02"}
    page = keeper.post(url, typed)
    assert page.status_code == 409
    html = page.content.decode()
    assert "别人刚改的" in html  # beside the form stands the body as it is now
    assert GOOD_CODE in html
    body.refresh_from_db()
    assert body.code is None
    again = {name: page.context["form"].data[name] for name in typed}
    assert again["seen"] == str(body.version)
    assert keeper.post(url, again | {"note": "别人刚改的"}).status_code == 302
    assert Body.objects.get(pk=body.pk).code == GOOD_CODE


def test_a_form_without_the_version_is_stale(keeper, town):
    url = reverse("desk:body_act", args=[town.bureau.pk, "alias"])
    assert keeper.post(url, {"name": "市城管"}).status_code == 409
    assert not town.bureau.names.filter(name="市城管").exists()


def test_partners_have_no_form_for_who_evaluates_and_a_forced_one_is_refused(keeper, town):
    page = keeper.get(reverse("desk:body", args=[town.court.pk]))
    assert "basis" not in dict(page.context["acts"])
    page = act(keeper, town.court, "basis", evaluable_by="云川市人民政府", evaluable_basis="某文件")
    assert page.status_code == 422
    assert str(PARTNER_ARTICLE) in page.context["form"].errors["evaluable_by"][0]


def test_one_record_is_assigned_by_its_number(keeper, town):
    record = make.record(town, "in_force")
    other = found(town, "云川市城管局")
    typed = {"thing": record.number, "to_body": "云川市城管局", "document": PAPER}
    assert act(keeper, town.bureau, "assign", **typed).status_code == 302
    assert reading.holder_of(record.ref, town.bureau.pk, TODAY) == other.pk
    page = keeper.get(reverse("desk:body", args=[town.bureau.pk]))
    assert page.context["own"] == 0
    assert page.context["elsewhere"] == [(other, 1)]
    assert keeper.get(reverse("desk:body", args=[other.pk])).context["handed"] == [(town.bureau, 1)]
    again = act(keeper, town.bureau, "assign", **typed)
    assert again.status_code == 422
    assert again.context["form"].errors["on"]
    assert entry("thing.assigned").subject == record.ref
