"""My work: what waits for whom, by deadline; possible is not waiting; few queries however long the list."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jiannuo.accounts import actions as accounts
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.notices.models import Notice
from jiannuo.records import actions as records
from jiannuo.records.kinds import HONOUR, PUBLICATION, RECORD
from jiannuo.web.desk.waiting import WAITING_FOR, Clock, Item
from jiannuo.web.desk.work import chart, groups
from tests import make
from tests.web.desk import cast
from tests.web.portal.conftest import walked

HOME = "/desk/"
# Steps that may be taken, but for which nothing waits; a new step must be sorted into one of the two.
POSSIBLE = {
    "edit",
    "attach",
    "redact",
    "return",
    "stay",
    "lift_stay",
    "propose_correction",
    "propose_revocation",
    "drop_proposal",
    "expire",
    "archive",
    "consult",
    "opinion",
    "refuse",
    "propose_again",
    "amend",
    "withdraw",
}


@pytest.fixture
def browser(town):
    return cast.of(town)


def keys(page, *, mine_only=True):
    items = [item for group in page.context["groups"] for item in group["rows"]]
    return {item.key for item in items if item.mine or not mine_only}


@pytest.mark.parametrize("machine", [RECORD, HONOUR, PUBLICATION], ids=lambda machine: machine.name)
def test_every_step_is_either_work_or_a_mere_possibility(machine):
    unsorted = {step.verb for step in machine.steps} - WAITING_FOR.keys() - POSSIBLE
    assert not unsorted
    assert not WAITING_FOR.keys() & (POSSIBLE - {"correct"})


def test_each_step_waits_for_the_one_whose_turn_it_is(town, browser):
    waiting = {
        "draft": ("reviewer", "check"),
        "returned": ("registrar", "resubmit"),
        "checked": ("registrar", "notify"),
        "in_force": ("legal", "release"),
    }
    for until, (name, verb) in waiting.items():
        record = walked(town, until)
        thing = record.publication if until == "in_force" else record
        for other in ("registrar", "reviewer", "head", "disclosure", "legal", "archivist"):
            page = browser(other).get(HOME)
            found = [i for group in page.context["groups"] for i in group["rows"] if i.thing == thing and i.mine]
            assert bool(found) == (other == name), (until, other)
            assert not found or found[0].step.verb == verb


def test_once_released_a_publication_waits_for_the_disclosure_reviewer_alone(town, browser):
    record = walked(town, "in_force")
    records.release(record.publication, reason="已核对原文", by=town.legal, on=timezone.localdate())
    for name in ("registrar", "reviewer", "head", "disclosure", "legal"):
        found = keys(browser(name).get(HOME))
        assert found == ({f"publication-{record.publication.pk}"} if name == "disclosure" else set()), name
    page = browser("disclosure").get(HOME)
    assert page.context["item"].step.verb == "clear"
    assert page.context["acts"][0].primary


def test_a_notified_record_is_the_heads_work_only_once_the_body_can_no_longer_speak(town, browser):
    today = timezone.localdate()
    record = walked(town, "checked")
    record = records.notify(record, served=today, method="direct", by=town.registrar, on=today)
    assert keys(browser("head").get(HOME)) == set()
    assert f"dishonesty-{record.pk}" in keys(browser("head").get(HOME, {"scope": "all"}), mine_only=False)
    older = walked(town, "noticed")
    assert keys(browser("head").get(HOME)) == {f"dishonesty-{older.pk}"}


def test_two_accounts_of_one_person_see_no_work_in_what_the_person_entered(town, browser):
    record = walked(town, "draft")
    accounts.grant(town.registrar.user.person, "reviewer", town.city, by=SYSTEM, on=make.FOUNDING)
    page = browser("registrar_again").get(HOME, {"scope": "all", "item": f"dishonesty-{record.pk}"})
    assert page.context["n_mine"] == 0
    assert page.context["item"].key == f"dishonesty-{record.pk}"
    assert [act.step.verb for act in page.context["acts"] if act.step.verb == "check"] == []
    assert page.context["others"]


def test_the_queue_costs_as_many_queries_for_eight_as_for_one(town, browser):
    client = browser("reviewer")
    walked(town, "draft")
    client.get(HOME)

    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(HOME)
        return len(queries)

    one = count()
    for n in range(7):
        walked(town, "draft", title=f"第{n}件")
    assert client.get(HOME).context["n_mine"] == 8
    assert count() == one
    assert one < 40


def test_filters_stand_in_the_address_and_find_by_words_kind_and_county(town, browser):
    lamp = walked(town, "draft")
    road = walked(town, "draft", title="未按合同修路", body=town.county)
    client = browser("reviewer")
    assert keys(client.get(HOME, {"q": "路灯"})) == {f"dishonesty-{lamp.pk}"}
    assert keys(client.get(HOME, {"q": road.number})) == {f"dishonesty-{road.pk}"}
    assert keys(client.get(HOME, {"county": "青禾区"})) == {f"dishonesty-{road.pk}"}
    assert keys(client.get(HOME, {"county": "city"})) == {f"dishonesty-{lamp.pk}"}
    assert keys(client.get(HOME, {"kind": "honour"})) == set()
    assert client.get(HOME, {"kind": "honour"}).context["is_filtered"]


def test_an_item_that_moved_on_is_with_others_and_one_that_ended_is_said_to_be_done(town, browser):
    record = walked(town, "draft")
    client, key = browser("reviewer"), f"dishonesty-{record.pk}"
    assert client.get(HOME, {"item": key}).context["is_asked"]
    records.check([record], by=town.reviewer, on=timezone.localdate())
    page = client.get(HOME, {"item": key})
    assert (page.context["item"].mine, bool(page.context["others"])) == (False, True)
    page = client.get(HOME, {"item": "dishonesty-0"})
    assert (page.status_code, page.context["is_gone"]) == (200, True)


def test_a_button_without_fields_is_pressed_on_the_queue_and_leads_back_to_it(town, browser):
    record = walked(town, "draft")
    client = browser("reviewer")
    html = client.get(HOME).content.decode()
    address = reverse("desk:record_step", args=[record.slug, "check"])
    assert f'action="{address}"' in html
    answer = client.post(address, {"version": record.version, "then": HOME})
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert cast.fresh(record).state == "checked"


def test_the_liaison_reads_the_notice_speaks_and_sees_nothing_of_other_bodies(town, browser):
    today = timezone.localdate()
    record = records.notify(walked(town, "checked"), served=today, method="post", by=town.registrar, on=today)
    hidden = walked(town, "draft")
    liaison, stranger = cast.newcomer("liaison", town.bureau), cast.newcomer("liaison", town.county)
    page = liaison.get(HOME)
    assert [item.step.verb for group in page.context["groups"] for item in group["rows"]] == ["hear"]
    assert page.context["item"].due == record.due
    assert "registrar post" not in page.content.decode()  # whose hands, the office keeps to itself
    assert stranger.get(HOME).context["n_all"] == 0
    assert liaison.get(reverse("desk:record", args=[hidden.slug])).status_code == 404
    address = reverse("desk:record_step", args=[record.slug, "hear"])
    assert liaison.post(address, {"version": record.version, "statement": "已经付款"}).status_code == 302
    assert cast.fresh(record).statement == "已经付款"
    assert liaison.get(HOME).context["n_mine"] == 1  # the notice itself, until it is read
    notice = Notice.objects.get(kind="record.noticed", subject=record.ref)
    assert stranger.post(reverse("desk:notice_noted", args=[notice.pk])).status_code == 404
    assert liaison.post(reverse("desk:notice_noted", args=[notice.pk])).status_code == 302
    assert liaison.get(HOME).context["n_mine"] == 0


def test_opening_the_record_reads_its_notices(town):
    record = walked(town, "noticed")
    liaison = cast.newcomer("liaison", town.bureau)
    liaison.get(reverse("desk:record", args=[record.slug]))
    assert Notice.objects.get(kind="record.noticed").read is not None


def test_a_person_without_a_role_gets_an_empty_page_that_says_so(town, browser):
    page = browser("stranger").get(HOME)
    assert page.status_code == 200
    assert b"jn-empty" in page.content


def test_visitors_are_sent_to_the_sign_in(client, town):
    assert client.get(HOME)["Location"].startswith(reverse("account_login"))


# Arithmetic of the queue and its chart

WEDNESDAY = date(2026, 11, 25)


def item(due: date | None) -> Item:
    clock = Clock(WEDNESDAY, due, "record.check") if due else None
    return Item(f"x-{due}", "dishonesty", "", "", None, None, None, clock, True)


def day(offset: int) -> date:
    return WEDNESDAY + timedelta(days=offset)


def test_the_queue_is_grouped_by_deadline():
    items = [item(due) for due in (day(-1), day(0), day(1), day(2), day(4), day(5), day(30), None)]
    parts = {group["name"]: [one.due for one in group["rows"]] for group in groups(items, WEDNESDAY, "", None)}
    assert parts == {
        "overdue": [day(-1)],
        "soon": [day(0), day(1)],
        "week": [day(2), day(4)],
        "later": [day(5), day(30)],
        "open": [None],
    }


def test_on_a_friday_tomorrow_is_monday():
    friday = date(2026, 11, 27)
    names = [group["name"] for group in groups([item(date(2026, 11, 30))], friday, "", None)]
    assert names == ["soon"]


def test_a_long_group_is_cut_unless_asked_for_or_chosen_below_the_cut():
    items = [item(day(10 + n)) for n in range(9)]
    (cut,) = groups(items, WEDNESDAY, "", None)
    assert (len(cut["rows"]), cut["more"], cut["n"]) == (6, 3, 9)
    assert groups(items, WEDNESDAY, "later", None)[0]["more"] == 0
    assert groups(items, WEDNESDAY, "", items[8])[0]["more"] == 0


def test_the_chart_counts_each_day_once_and_leaves_out_what_lies_beyond():
    items = [item(due) for due in (day(-3), day(-1), day(0), day(3), day(60), None)]
    drawn = chart(items, WEDNESDAY)
    counts = {column["day"]: column["n"] for column in drawn["columns"] if column["n"]}
    assert counts == {None: 2, WEDNESDAY: 1, day(5): 1}  # Saturday's falls to Monday
    assert len(drawn["columns"]) == 16
    assert all(0 <= column["x"] <= 95.1 for column in drawn["columns"])
    assert chart([item(None)], WEDNESDAY) is None


def test_where_many_fall_due_columns_are_drawn_to_scale():
    drawn = chart([item(day(1))] * 9 + [item(day(2))], WEDNESDAY)
    assert drawn["is_to_scale"]
    heights = {column["n"]: column["boxes"][0]["h"] for column in drawn["columns"] if column["n"]}
    assert heights[9] == pytest.approx(9 * heights[1], rel=0.02)
