"""From this day, under this term: the last day. Tables made by hand, and properties."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.rules import book
from jiannuo.rules.calendar import Calendar
from jiannuo.rules.clock import Clock, Suspension
from jiannuo.rules.schema import Amount, Unit
from jiannuo.rules.terms import NoValue, add_months, count

CALENDAR = Calendar()
DATES = st.dates(date(2010, 1, 1), date(2025, 6, 30))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 10, 15), 2, date(2026, 12, 15)),
    ],
)
def test_a_period_in_months_ends_on_the_corresponding_day_or_the_end_of_the_month(start, months, end):
    assert add_months(start, months) == end


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        (date(2026, 9, 30), 7, Unit.WORKDAYS, date(2026, 10, 15)),  # National Day, 10 October is worked
        (date(2026, 2, 13), 3, Unit.WORKDAYS, date(2026, 2, 25)),  # Spring Festival, 14 February is worked
        (date(2026, 9, 1), 30, Unit.DAYS, date(2026, 10, 8)),  # 1 October rolls past the whole holiday
        (date(2026, 11, 6), 15, Unit.DAYS, date(2026, 11, 23)),  # Saturday rolls to Monday
        (date(2025, 9, 1), 1, Unit.MONTHS, date(2025, 10, 9)),
    ],
)
def test_periods_counted_by_hand(start, amount, unit, end):
    last, why = count(start, Amount(amount=amount, unit=unit), CALENDAR)
    assert last == end
    assert str(last) in why[-1].zh
    assert str(last) in why[-1].en


@given(DATES, st.integers(1, 90), st.sampled_from(list(Unit)))
def test_a_longer_period_never_ends_earlier_and_ends_on_a_working_day(start, amount, unit):
    amount = min(amount, 10) if unit in (Unit.MONTHS, Unit.YEARS) else amount
    if unit is Unit.YEARS:
        amount = 1
    shorter, _ = count(start, Amount(amount=amount, unit=unit), CALENDAR)
    longer, _ = count(start, Amount(amount=amount + 1, unit=unit), CALENDAR)
    assert start < shorter <= longer
    assert CALENDAR.is_workday(shorter)


def test_the_date_of_the_fact_decides_which_value_holds():
    term = book().terms["publication.max.general"]
    assert term.deadline(date(2025, 6, 21)).last_day == date(2028, 6, 21)
    assert term.deadline(date(2025, 6, 22)).last_day == date(2026, 6, 22)
    assert term.deadline(date(2025, 6, 30), fact=date(2025, 6, 1)).last_day == date(2028, 6, 30)


def test_a_fact_before_every_value_is_told_so():
    term = book().terms["record.check"]
    row = term.row.model_copy(update={"values": (Amount(amount=3, unit=Unit.DAYS, since=date(2020, 1, 1)),)})
    with pytest.raises(NoValue, match="2019-12-31"):
        type(term)("x", row, term.calendar).value(date(2019, 12, 31))


@given(DATES, st.integers(0, 30), st.integers(0, 60), st.sampled_from(["record.statement", "remedy.internal-review"]))
def test_a_suspension_never_shortens_and_moves_by_what_it_took(start, after, length, key):
    term = book().terms[key]
    plain = term.deadline(start).last_day
    since = start + timedelta(days=after)
    until = since + timedelta(days=length)
    due = Clock(term, start, suspensions=(Suspension(since, until, "hearing"),)).due(until)
    assert due is not None
    assert due >= plain
    if since <= plain and key == "record.statement":
        calendar = term.calendar
        spent = calendar.workdays_between(start, due) - calendar.workdays_between(start, plain)
        assert spent == calendar.workdays_between(since - timedelta(1), until - timedelta(1))


def test_while_the_clock_stands_there_is_no_last_day():
    term = book().terms["record.statement"]
    clock = Clock(term, date(2026, 11, 9), suspensions=(Suspension(date(2026, 11, 11), None, "hearing"),))
    assert clock.due(date(2026, 11, 10)) == date(2026, 11, 16)
    assert clock.due(date(2026, 11, 12)) is None


def test_overlapping_suspensions_are_refused():
    term = book().terms["record.statement"]
    one = Suspension(date(2026, 11, 10), date(2026, 11, 12), "a")
    other = Suspension(date(2026, 11, 11), date(2026, 11, 13), "b")
    with pytest.raises(ValueError, match="overlap"):
        Clock(term, date(2026, 11, 9), suspensions=(one, other))
