"""Merging, splitting, abolishing at the desk: shown first, done as shown, refused in words, nothing lost."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry import actions as registry
from jiannuo.registry import reading
from jiannuo.registry.models import Body, Heir, Parentage, Succession
from tests import make

from .registry_cast import PAPER, act, found, signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def _in_chinese():
    translation.activate("zh-hans")


@pytest.fixture
def keeper(town):
    return signed_in(town.keeper)


@pytest.fixture
def offices(town):
    """Two bureaux, one with a body below it and a post held; one to come after them, one more."""
    judged = {"evaluable_by": town.city, "evaluable_basis": make.BASIS}
    culture, tourism = found(town, "云川市文化局", **judged), found(town, "云川市旅游局", **judged)
    both, other = found(town, "云川市文化和旅游局"), found(town, "云川市文物中心", "institution")
    below = found(town, "云川市图书馆", "institution", parent=culture)
    post = registry.add_post(culture, "局长", by=SYSTEM, on=TODAY)
    registry.appoint(post, "某甲", by=SYSTEM, on=TODAY - timedelta(days=30))
    return culture, tourism, both, other, below


def url(body, word):
    return reverse("desk:body_end", args=[body.pk, word])


def hidden(page):
    """What the confirmation would hand in."""
    html = page.content.decode().split("<main")[1]
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    areas = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\s*([^<]*)</textarea>', html)
    return {name: value for name, value in [*fields, *areas] if name != "csrfmiddlewaretoken"}


def nothing_was_written():
    return (
        not Succession.objects.exists() and not Heir.objects.exists() and not Body.objects.exclude(ended=None).exists()
    )


def test_a_merger_is_shown_before_it_is_done_and_done_as_shown(keeper, town, offices):
    culture, tourism, both, _other, below = offices
    record = make.record(town, "in_force", body=culture)
    registry.set_basis(
        below,
        evaluable_by=culture,
        evaluable_basis="某文件",
        inspectable_by=None,
        inspectable_basis="",
        by=SYSTEM,
        on=TODAY,
    )
    entries = Entry.objects.count()
    typed = {"bodies": f"{culture.name}\n{tourism.name}", "heir": both.name, "document": PAPER, "on": TODAY.isoformat()}
    page = keeper.post(url(culture, "merge"), typed)
    assert page.status_code == 200
    plan = page.context["plan"]
    assert plan.heir == both
    assert {e.body.name: (e.records, e.posts, e.children) for e in plan.endings} == {
        culture.name: (1, 1, [below]),
        tourism.name: (0, 0, []),
    }
    assert plan.judged == [below]
    assert plan.after["drawing"] is not None
    assert nothing_was_written()
    assert Entry.objects.count() == entries

    response = keeper.post(url(culture, "merge"), hidden(page) | {"confirmed": "1"})
    assert response["Location"] == reverse("desk:body", args=[both.pk])
    for one in (culture, tourism):
        one.refresh_from_db()
        assert one.ended == TODAY
        assert reading.holder(one.pk, TODAY) == both.pk
    assert [p.pk for p in reading.parents(below.pk, TODAY)] == [both.pk]
    assert culture.posts.get().occupancies.get().until == TODAY
    shown = keeper.get(reverse("desk:body", args=[both.pk]))
    assert [(o.pk, n) for o, n in shown.context["held"]] == [(culture.pk, 1), (tourism.pk, 0)]
    assert shown.context["drawing"] is not None
    old = keeper.get(reverse("desk:body", args=[culture.pk]))
    assert old.context["holder"] == both
    assert set(dict(old.context["acts"])) == {"correct", "assign"}
    assert reading.holder_of(record.ref, culture.pk, TODAY) == both.pk


def test_a_split_names_its_general_heir_and_the_other_part(keeper, town, offices):
    _culture, tourism, both, other, _below = offices
    typed = {"into": f"{both.name}；{other.name}", "heir": both.name, "document": PAPER, "on": TODAY.isoformat()}
    page = keeper.post(url(tourism, "split"), typed)
    assert [p.pk for p in page.context["plan"].parts] == [other.pk]
    assert nothing_was_written()
    assert keeper.post(url(tourism, "split"), hidden(page) | {"confirmed": "1"}).status_code == 302
    succession = Succession.objects.get(body=tourism)
    assert (succession.kind, succession.heir, succession.parts.get().body) == ("split", both, other)


def test_a_body_is_abolished_and_the_way_back_loses_nothing(keeper, town, offices):
    culture, _tourism, both, *_rest = offices
    typed = {"heir": both.name, "document": PAPER, "on": TODAY.isoformat()}
    page = keeper.post(url(culture, "abolish"), typed)
    back = keeper.post(url(culture, "abolish"), hidden(page) | {"back": "1"})
    assert back.status_code == 200
    assert {name: back.context["form"].data[name] for name in typed} == typed
    assert PAPER in back.content.decode()
    assert nothing_was_written()
    assert keeper.post(url(culture, "abolish"), hidden(page) | {"confirmed": "1"}).status_code == 302
    assert Succession.objects.get(body=culture).kind == "abolished"


def test_what_changed_between_showing_and_confirming_is_refused(keeper, town, offices):
    culture, _tourism, both, *_rest = offices
    typed = {"heir": both.name, "document": PAPER, "on": TODAY.isoformat()}
    page = keeper.post(url(culture, "abolish"), typed)
    registry.correct(Body.objects.get(pk=culture.pk), note="刚改的", by=SYSTEM, on=TODAY)
    stale = keeper.post(url(culture, "abolish"), hidden(page) | {"confirmed": "1"})
    assert stale.status_code == 409
    assert stale.context["form"].data["document"] == PAPER
    assert nothing_was_written()
    unseen = {**hidden(page), "versions": "", "confirmed": "1"}
    assert keeper.post(url(culture, "abolish"), unseen).status_code == 409
    assert nothing_was_written()


FAULTS = [
    ("merge", {"bodies": ""}, "bodies"),
    ("merge", {"bodies": "云川市没有的局\n云川市旅游局"}, "bodies"),
    ("merge", {"bodies": "云川市文化局\n云川市文化局"}, "bodies"),
    ("merge", {"bodies": "云川市文化局\n云川市旅游局", "heir": "云川市旅游局"}, "heir"),
    ("merge", {"heir": "没有"}, "heir"),
    ("merge", {"document": " "}, "document"),
    ("merge", {"on": "2999-01-01"}, "on"),
    ("merge", {"on": "2020-01-02"}, "on"),  # the day of its founding
    ("split", {"into": "云川市文化和旅游局"}, "heir"),
    ("split", {"into": "云川市旅游局\n云川市文物中心"}, "heir"),  # the heir is not among them
    ("abolish", {"heir": "云川市文化局"}, "heir"),
    ("abolish", {"heir": ""}, "heir"),
    ("abolish", {"document": ""}, "document"),
    ("abolish", {"on": "2026-02-30"}, "on"),
]


def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(keeper, town, offices):
    for word, change, field in FAULTS:
        culture, *_rest = offices
        typed = {"heir": "云川市文化和旅游局", "document": PAPER, "on": TODAY.isoformat()}
        typed |= {
            "merge": {"bodies": "云川市文化局\n云川市旅游局"},
            "split": {"into": "云川市文化和旅游局\n云川市文物中心"},
        }.get(word, {})
        typed |= change
        for confirmed in ({}, {"confirmed": "1", "versions": f"{culture.pk}:1"}):
            page = keeper.post(url(culture, word), typed | confirmed)
            assert page.status_code == 422
            assert list(page.context["form"].errors) == [field]
            assert {name: page.context["form"].data[name] for name in typed} == typed
            assert nothing_was_written()


def test_a_body_that_ended_has_no_second_end(keeper, town, offices):
    culture, tourism, both, *_rest = offices
    registry.abolish(culture, both, document=PAPER, by=SYSTEM, on=TODAY)
    page = keeper.post(url(culture, "abolish"), {"heir": tourism.name, "document": PAPER, "on": TODAY.isoformat()})
    assert page.status_code == 422
    assert page.context["fault"].code == "registry.not_existing"
    # nor is an ended body an heir
    page = keeper.post(url(tourism, "abolish"), {"heir": culture.name, "document": PAPER, "on": TODAY.isoformat()})
    assert page.context["form"].errors["heir"]
    assert Succession.objects.count() == 1


def test_after_a_split_one_record_is_assigned_to_the_other_part(keeper, town, offices):
    culture, _tourism, both, other, _below = offices
    record = make.record(town, "in_force", body=culture)
    registry.split(culture, [both, other], both, document=PAPER, by=SYSTEM, on=TODAY - timedelta(days=1))
    typed = {"thing": record.slug, "to_body": other.name, "document": PAPER}
    assert act(keeper, culture, "assign", **typed).status_code == 302
    assert reading.holder_of(record.ref, culture.pk, TODAY) == other.pk
    assert keeper.get(reverse("desk:body", args=[both.pk])).context["held"] == [(culture, 0)]
    assert keeper.get(reverse("desk:body", args=[other.pk])).context["handed"] == [(culture, 1)]


def test_internal_records_about_posts_pass_over_and_are_counted_nowhere(keeper, town, offices):
    culture, _tourism, both, *_rest = offices
    record = make.record(town, "in_force", body=culture, personal=True, post=culture.posts.get())
    typed = {"heir": both.name, "document": PAPER, "on": TODAY.isoformat()}
    page = keeper.post(url(culture, "abolish"), typed)
    assert page.context["plan"].records == 0
    assert keeper.post(url(culture, "abolish"), hidden(page) | {"confirmed": "1"}).status_code == 302
    assert reading.holder_of(record.ref, culture.pk, TODAY) == both.pk
    assert keeper.get(reverse("desk:body", args=[both.pk])).context["held"] == [(culture, 0)]
    typed = {"thing": record.number, "to_body": town.city.name, "document": PAPER}
    registry.assign(record.ref, culture, both, document=PAPER, by=SYSTEM, on=TODAY - timedelta(days=3), quiet=True)
    assert act(keeper, culture, "assign", **typed).status_code == 302
    assert all(entry.quiet for entry in Entry.objects.filter(verb="thing.assigned"))


def test_nothing_is_led_twice_after_its_body_ended(keeper, town, offices):
    culture, _tourism, both, _other, below = offices
    registry.set_parent(below, both, kind="competent", document=PAPER, by=SYSTEM, on=TODAY)
    registry.abolish(culture, both, document=PAPER, by=SYSTEM, on=TODAY)
    rows = Parentage.objects.filter(body=below, until__isnull=True).values_list("kind", "parent")
    assert sorted(rows) == [("competent", both.pk), ("superior", both.pk)]


def test_the_page_of_an_heir_costs_the_same_however_many_it_succeeded(keeper, town, django_assert_max_num_queries):
    small = [found(town, f"云川市第{n}所", "institution") for n in range(15)]
    registry.merge(small, town.bureau, document=PAPER, by=SYSTEM, on=TODAY)
    with django_assert_max_num_queries(40):
        page = keeper.get(reverse("desk:body", args=[town.bureau.pk]))
    assert len(page.context["held"]) == 15


def test_an_unknown_act_is_not_found(keeper, town):
    assert keeper.get(url(town.bureau, "explode")).status_code == 404
    assert keeper.get(reverse("desk:body_act", args=[town.bureau.pk, "explode"])).status_code == 404
    assert keeper.get(reverse("desk:body", args=[10**6])).status_code == 404
