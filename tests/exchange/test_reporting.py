"""Duties, their periods and due days, zero reports, what contradicts one, reminders, and the figures of quality."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.exchange import actions, quality, reminding, reporting
from jiannuo.exchange.models import Duty, ZeroReport
from jiannuo.ledger import sequencer
from jiannuo.ledger.actions import public_part
from jiannuo.ledger.keys import public_keys
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.refused import Refused
from jiannuo.notices.models import Notice
from jiannuo.rules import book
from jiannuo.tlog.statement import open_statement
from tests import make
from tests.exchange import plain

SEPTEMBER = reporting.period_named("2026-09")
OCTOBER = reporting.period_named("2026-10")
MADE = date(2026, 11, 3)


@pytest.fixture(autouse=True)
def _offered(monkeypatch):
    plain.offer(monkeypatch, plain.data_set(dated="decided"))


@pytest.fixture
def duty(town):
    return actions.set_duty(town.city, "plain", "monthly", since=date(2026, 9, 1), by=town.head, on=date(2026, 9, 1))


@pytest.fixture
def chief(town):
    return make.hire("市长", "chief", town.city)


def state(duty, period, on):
    (one,) = reporting.answers([duty], period.last, period.last, on=on)
    return one


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_has_a_name_and_two_days(label, first, last):
    one = reporting.period_named(label)
    assert (one.first, one.last, one.label) == (first, last, label)


@pytest.mark.parametrize("label", ["", "26-01", "2026-13", "2026-Q5", "2026-00", "1999", "2026-1", "2026-10-01"])
def test_what_names_no_period_is_refused_with_the_three_ways_to_name_one(label):
    with pytest.raises(Refused) as refused:
        reporting.period_named(label)
    assert refused.value.found == label
    assert "2026-Q3" in str(refused.value.allowed)


@given(st.dates(date(2000, 1, 1), date(2089, 12, 31)), st.sampled_from([1, 3, 12]))
def test_periods_follow_each_other_without_gap_or_overlap(day, months):
    one = reporting.period_at(day, months)
    following = reporting.period_at(one.last + timedelta(days=1), months)
    assert one.first <= day <= one.last < following.first == one.last + timedelta(days=1)
    assert reporting.period_at(one.first, months) == reporting.period_at(one.last, months) == one
    assert reporting.period_named(one.label) == one


@given(
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    st.integers(0, 900),
    st.sampled_from(list(reporting.MONTHS)),
)
def test_a_period_is_owed_where_the_duty_holds_on_its_last_day(since, length, frequency):
    duty = Duty(since=since, until=since + timedelta(days=length), frequency=frequency)
    found = list(reporting.periods(duty, date(2023, 1, 1), date(2030, 1, 1)))
    assert all(duty.since <= one.last < duty.until for one in found)
    days = (since + timedelta(days=n) for n in range(length))
    months = reporting.MONTHS[frequency]
    assert len(found) == sum(reporting.period_at(day, months).last == day for day in days)


@pytest.mark.parametrize(
    ("frequency", "last", "due"),
    [
        ("monthly", date(2026, 9, 30), date(2026, 10, 13)),  # 1 to 7 October off, the 10th is worked
        ("monthly", date(2026, 4, 30), date(2026, 5, 11)),  # 1 to 5 May off, the 9th is worked
        ("monthly", date(2026, 10, 31), date(2026, 11, 6)),
        ("quarterly", date(2026, 3, 31), date(2026, 4, 15)),  # 清明, 4 to 6 April
        ("yearly", date(2025, 12, 31), date(2026, 1, 29)),  # 1 to 3 January off, the 4th is worked
    ],
)
def test_due_days_count_working_days_across_holidays(frequency, last, due):
    assert book().terms[f"report.{frequency}"].deadline(last).last_day == due


def test_who_may_set_a_duty_and_what_the_ledger_says(town, duty):
    entry = Entry.objects.get(verb="duty.set")
    assert public_part(entry)["frequency"] == "monthly"
    assert entry.body == town.city.ref
    with pytest.raises(Refused) as refused:
        actions.set_duty(town.city, "plain", "yearly", since=MADE, by=town.head, on=MADE)
    assert refused.value.code == "reporting.duty_exists"
    for who in (town.reviewer, town.stranger):
        with pytest.raises(Refused) as refused:
            actions.set_duty(town.bureau, "plain", "monthly", since=MADE, by=who, on=MADE)
        assert refused.value.code == "machine.not_your_role"
    actions.end_duty(duty, until=MADE, by=town.registrar, on=MADE)
    actions.set_duty(town.city, "plain", "yearly", since=MADE, by=town.head, on=MADE)
    with pytest.raises(Refused) as refused:
        actions.end_duty(duty, until=MADE, by=town.registrar, on=MADE)
    assert refused.value.code == "reporting.duty_ended"


def test_a_period_runs_waits_and_is_missing(duty):
    assert state(duty, OCTOBER, date(2026, 10, 31)).state == "running"
    assert state(duty, OCTOBER, date(2026, 11, 6)).state == "waiting"
    missing = state(duty, OCTOBER, date(2026, 11, 9))
    assert (missing.state, missing.late_by) == ("missing", 1)


def test_rows_answer_the_period_in_which_they_are_dated(town, duty):
    plain.done(town, plain.as_csv(plain.rows(2, decided="2026年9月28日")))  # handed in on 9 November
    september = state(duty, SEPTEMBER, make.MONDAY)
    assert (september.state, september.late_by, september.handed) == ("late", 19, make.MONDAY)
    assert state(duty, OCTOBER, make.MONDAY).state == "missing"


def test_a_set_without_a_dated_column_is_answered_after_the_end_of_the_period(town, duty, monkeypatch):
    plain.offer(monkeypatch)
    plain.done(town, plain.as_csv(plain.rows(2, decided="2026-09-28")))
    assert state(duty, SEPTEMBER, make.MONDAY).state == "missing"
    assert state(duty, OCTOBER, make.MONDAY).handed == make.MONDAY


def test_the_head_signs_once_that_there_was_nothing(town, duty, chief):
    zero = actions.zero_report(duty, OCTOBER, by=chief, on=MADE)
    assert state(duty, OCTOBER, MADE).state == "zero"
    assert state(duty, OCTOBER, date(2026, 11, 2)).state == "waiting"  # as of the day before
    facts = public_part(Entry.objects.get(verb="zero_report.made"))
    assert (facts["period"], facts["body"]) == ("2026-10", town.city.ref)
    assert "by" not in facts
    with pytest.raises(Refused) as refused:
        actions.zero_report(duty, OCTOBER, by=chief, on=MADE)
    assert refused.value.code == "reporting.said_already"
    assert ZeroReport.objects.get() == zero


@pytest.mark.parametrize(
    ("label", "on", "code"),
    [
        ("2026-11", date(2026, 11, 30), "reporting.not_over"),
        ("2026-08", MADE, "reporting.no_such_period"),
        ("2026-Q3", MADE, "reporting.no_such_period"),
    ],
)
def test_what_cannot_be_a_zero_report(duty, chief, label, on, code):
    with pytest.raises(Refused) as refused:
        actions.zero_report(duty, reporting.period_named(label), by=chief, on=on)
    assert refused.value.code == code
    assert refused.value.allowed
    assert not ZeroReport.objects.exists()


def test_only_a_person_who_heads_the_body_signs(town, duty):
    for who in (town.head, town.registrar, SYSTEM):
        with pytest.raises(Refused) as refused:
            actions.zero_report(duty, OCTOBER, by=who, on=MADE)
        assert refused.value.code == "machine.not_your_role"


def test_where_something_came_there_was_not_nothing(town, duty, chief):
    plain.done(town, plain.as_csv(plain.rows(1, decided="2026-10-12")))
    with pytest.raises(Refused) as refused:
        actions.zero_report(duty, OCTOBER, by=chief, on=make.MONDAY)
    assert refused.value.code == "reporting.not_nothing"


def test_a_row_that_turns_up_later_contradicts_the_zero_report(town, duty, chief):
    actions.zero_report(duty, OCTOBER, by=chief, on=MADE)
    plain.done(town, plain.as_csv(plain.rows(1, decided="2026-09-12")))
    assert state(duty, OCTOBER, make.MONDAY).state == "zero"
    plain.done(town, plain.as_csv(plain.rows(3, first=10, decided="2026-10-12")))
    found = state(duty, OCTOBER, make.MONDAY)
    assert (found.state, found.hidden) == ("contradicted", 3)


def test_a_refused_row_contradicts_nothing(town, duty, chief):
    actions.zero_report(duty, OCTOBER, by=chief, on=MADE)
    plain.done(town, plain.as_csv(plain.rows(1, decided="2026-10-12", body="没有这个局")))
    assert state(duty, OCTOBER, make.MONDAY).state != "contradicted"


def test_a_zero_report_is_signed_once_it_has_its_leaf(town, duty, chief):
    zero = actions.zero_report(duty, OCTOBER, by=chief, on=MADE)
    assert reminding.sign_waiting() == 0
    sequencer.sequence(plain.NOW)
    assert reminding.sign_waiting() == 1
    assert reminding.sign_waiting() == 0
    zero.refresh_from_db()
    said = open_statement(zero.note, "zero-report", public_keys())
    assert said.facts["period"] == "2026-10-01 2026-10-31"
    assert town.city.name in said.facts["body"]


def test_reminders_go_out_three_times_and_each_once(town, duty):
    sent = {}
    for day in range(1, 13):
        on = date(2026, 11, day)
        if reminding.remind(on):
            sent[day] = set(Notice.objects.filter(on=on, number="2026-10").values_list("kind", "to_role"))
        assert reminding.remind(on) == 0
    assert {day: {kind for kind, _role in kinds} for day, kinds in sent.items() if kinds} == {
        3: {"report.soon"},
        6: {"report.today"},
        7: {"report.overdue"},
    }
    assert {role for _kind, role in sent[3]} == {"reporter", "chief"}


def test_no_reminder_where_it_is_answered(town, duty, chief):
    actions.zero_report(duty, SEPTEMBER, by=chief, on=date(2026, 10, 9))
    assert reminding.remind(date(2026, 10, 12)) == 0


def test_quality_is_counted_from_what_was_handed_in(town, duty, chief):
    given = plain.rows(4, decided="2026-10-12")
    given[1]["loss"] = ""
    given[3]["body"] = "没有这个局"
    batch = plain.done(town, plain.as_csv(given))
    given[3]["body"] = "市城建局"
    plain.done(town, plain.as_csv(given), mends=batch)
    actions.zero_report(duty, SEPTEMBER, by=chief, on=date(2026, 11, 9))
    (one,) = quality.qualities([town.city.pk], reporting.period_named("2026"), on=make.MONDAY)
    assert [answer.state for answer in one.answers] == ["late", "late", "running", "running"]
    assert (one.batches, one.rows, one.refused, one.mended, one.differing) == (2, 4, 1, 1, 0)
    assert one.error_share == 0.25
    assert (one.filled, one.cells) == ({True: 16, False: 3}, {True: 16, False: 4})
    assert (one.over, one.in_time, one.late, one.missing, one.zeros) == (2, 0, 2, 0, 1)
    assert one.burden == 5 * 12


def test_a_body_without_duty_and_batch_is_not_in_the_table(town, duty):
    found = quality.qualities([town.city.pk, town.bureau.pk], reporting.period_named("2026"), on=make.MONDAY)
    assert [one.body for one in found] == [town.city]
