"""Parties, divisions and posts on the desk: every act by its form, every refusal at its field."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from jiannuo.ledger.models import Access
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry import actions as registry
from jiannuo.registry.models import Division, OutsideParty

from .registry_cast import entry, kept, signed_in

pytestmark = pytest.mark.django_db
GOOD_CODE = "91350100M000100Y43"  # the example of the standard's check
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def _in_chinese():
    translation.activate("zh-hans")


@pytest.fixture
def keeper(town):
    return signed_in(town.keeper)


# ---- outside parties and divisions


def test_a_party_is_added_its_code_is_a_warning_and_its_name_is_in_no_public_part(keeper, town):
    url = reverse("desk:parties")
    typed = {"kind": "agency", "name": "云川某某招标代理公司", "code": "91350100M000100Y44"}
    page = keeper.post(url, typed)
    assert page.status_code == 422
    assert "GB 32100" in kept(page, **typed)["code"][0]
    assert keeper.post(url, typed | {"confirm_code": "on"}).status_code == 302
    assert OutsideParty.objects.get(name="云川某某招标代理公司").masked
    page = keeper.get(url, {"q": "招标"})
    assert [row.name for row, doubted in page.context["rows"] if doubted] == ["云川某某招标代理公司"]
    assert "某某" not in (entry("party.added").public or "")
    for bad, field in (({"kind": "person"}, "kind"), ({"name": ""}, "name"), ({"kind": "x"}, "kind")):
        page = keeper.post(url, typed | {"code": ""} | bad)
        assert list(page.context["form"].errors) == [field]
    assert keeper.get(url, {"kind": "x"}).context["faults"][0].found == "x"


def test_a_division_is_added_with_the_source_city(keeper, town):
    url = reverse("desk:divisions")
    typed = {"parent": "青禾区", "name": "东街街道", "level": "township", "code": "990102001"}
    assert keeper.post(url, typed).status_code == 302
    made = Division.objects.get(name="东街街道")
    assert (made.source, made.parent.name, made.code) == ("city", "青禾区", "990102001")
    page = keeper.get(url)
    assert page.context["total"] == 3
    assert dict(page.context["sources"]) == {"demo": 2, "city": 1}


FAULTS_OF_A_DIVISION = [
    ({"parent": "没有的区"}, "parent"),
    ({"name": "  "}, "name"),
    ({"name": "西街街道"}, "name"),
    ({"code": "99010"}, "code"),
    ({"code": "990102002"}, "code"),
    ({"code": ""}, "code"),
    ({"level": "county"}, "level"),
]


def test_a_fault_of_a_division_stands_at_its_field(keeper, town):
    county = Division.objects.get(name="青禾区")
    row = registry.NewDivision("990102002", "西街街道", "township", above=county)
    registry.add_divisions([row], by=SYSTEM, on=TODAY)
    for change, field in FAULTS_OF_A_DIVISION:
        typed = {"parent": "青禾区", "name": "东街街道", "level": "township", "code": "990102001"} | change
        page = keeper.post(reverse("desk:divisions"), typed)
        assert page.status_code == 422
        assert list(kept(page, **typed)) == [field], change
        assert not Division.objects.filter(name="东街街道").exists()


# ---- posts


def test_posts_are_shown_to_all_and_names_to_keeper_and_head_whose_look_is_noted(town):
    keeper = signed_in(town.keeper)
    body = town.bureau
    assert keeper.post(reverse("desk:post_add", args=[body.pk]), {"title": "局长", "is_head": "on"}).status_code == 302
    post = body.posts.get()
    typed = {"name": "欧阳某某", "document": "云人任〔2026〕1号", "on": "2026-01-05"}
    assert keeper.post(reverse("desk:post_appoint", args=[post.pk]), typed).status_code == 302
    url = reverse("desk:posts", args=[body.pk])
    for actor, may in ((town.keeper, True), (town.head, True), (town.registrar, False), (town.stranger, False)):
        client = signed_in(actor) if actor is not town.keeper else keeper
        looks = Access.objects.filter(subject=body.ref, what="officials", actor=client.ref)
        before = looks.count()
        page = client.get(url)
        assert page.status_code == (200 if may else 403)
        assert ("欧阳某某" in page.content.decode()) == may
        assert looks.count() - before == may
        shown = client.get(reverse("desk:body", args=[body.pk])).content.decode()
        assert "局长" in shown
        assert "欧阳" not in shown
    row = post.occupancies.get()
    bad = keeper.post(reverse("desk:occupancy_leave", args=[row.pk]), {"on": "2025-01-01"})
    assert bad.status_code == 422
    assert keeper.post(reverse("desk:occupancy_leave", args=[row.pk]), {"on": "2026-06-01"}).status_code == 302
    row.refresh_from_db()
    assert row.until.isoformat() == "2026-06-01"
    again = {"name": "", "official": row.official_id, "document": "", "on": "2026-07-01"}
    assert keeper.post(reverse("desk:post_appoint", args=[post.pk]), again).status_code == 302
    assert post.occupancies.count() == 2
    assert {one.official_id for one in post.occupancies.all()} == {row.official_id}


def test_faults_of_posts_stand_at_their_fields_and_stay_typed(keeper, town):
    body = town.bureau
    url = reverse("desk:post_add", args=[body.pk])
    assert keeper.post(url, {"title": " "}).context["post_form"].errors["title"]
    keeper.post(url, {"title": "局长"})
    page = keeper.post(url, {"title": "局长"})
    assert page.status_code == 422
    assert page.context["post_form"].data["title"] == "局长"
    post = body.posts.get()
    for typed, field in (
        ({"name": "", "on": "2026-01-01"}, "name"),
        ({"name": "某甲", "on": ""}, "on"),
        ({"name": "某甲", "on": "2999-01-01"}, "on"),
    ):
        page = keeper.post(reverse("desk:post_appoint", args=[post.pk]), typed)
        assert page.status_code == 422
        form = page.context["rows"][0]["appoint"]
        assert list(form.errors) == [field]
        assert form.data["name"] == typed["name"]
    assert not post.occupancies.exists()
