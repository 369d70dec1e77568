"""Whole holidays day by day, from the yearly notices, and the last days counted through them by hand."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.rules import book
from jiannuo.rules.calendar import LAST_YEAR, Calendar
from jiannuo.rules.clock import Clock, Suspension
from jiannuo.rules.schema import Amount, Unit
from jiannuo.rules.terms import count

CALENDAR = Calendar()
# First day … one letter a day: W worked, - off. Spring Festival and National Day with their make-up days.
STRETCHES = {
    "spring 2024": (date(2024, 2, 3), "-WWWWWW--------W"),
    "national day 2024": (date(2024, 9, 28), "-WW-------WWWWW-"),
    "spring 2025": (date(2025, 1, 25), "-WW--------WWWW-"),
    "after spring 2025": (date(2025, 2, 7), "WW-WWWWW--"),
    "national day 2025": (date(2025, 9, 27), "-WWW--------WWW-"),
    "spring 2026": (date(2026, 2, 13), "WW---------WWWWW-"),
    "national day 2026": (date(2026, 9, 19), "-WWWWW---WWW-------WWW-"),
    "labour day 2026": (date(2026, 4, 30), "W-----WWWW-"),
    "new year 2026": (date(2025, 12, 31), "W---WWWWWW--"),
}


@pytest.mark.parametrize("name", STRETCHES)
def test_the_stretch_is_worked_as_announced(name):
    first, letters = STRETCHES[name]
    counted = "".join("W" if CALENDAR.is_workday(first + timedelta(n)) else "-" for n in range(len(letters)))
    assert counted == letters


@pytest.mark.parametrize(
    ("start", "amount", "last"),
    [
        (date(2024, 2, 8), 3, date(2024, 2, 19)),  # 9 Feb, 18 Feb (made up), 19 Feb
        (date(2024, 9, 27), 5, date(2024, 10, 10)),  # 29 and 30 Sept, then 8 to 10 Oct
        (date(2025, 1, 24), 5, date(2025, 2, 7)),  # 26 and 27 Jan, then 5 to 7 Feb
        (date(2025, 2, 6), 2, date(2025, 2, 8)),  # a Saturday that is made up
        (date(2025, 9, 30), 3, date(2025, 10, 11)),
        (date(2026, 2, 12), 2, date(2026, 2, 14)),  # a Saturday that is made up
        (date(2026, 2, 14), 5, date(2026, 2, 28)),
        (date(2026, 9, 24), 4, date(2026, 10, 8)),  # Mid-Autumn and National Day
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # 1 January is off in every year
    ],
)
def test_working_days_counted_by_hand(start, amount, last):
    assert count(start, Amount(amount=amount, unit=Unit.WORKDAYS), CALENDAR)[0] == last


@given(st.dates(date(2010, 1, 1), date(LAST_YEAR, 6, 30)), st.integers(1, 60))
def test_a_term_in_working_days_ends_where_the_published_calendar_says(start, amount):
    last, _why = count(start, Amount(amount=amount, unit=Unit.WORKDAYS), CALENDAR)
    assert len(chinese_calendar.get_workdays(start + timedelta(1), last)) == amount
    assert chinese_calendar.is_workday(last)


@given(st.dates(date(2010, 1, 1), date(LAST_YEAR, 6, 30)), st.integers(1, 90))
def test_a_term_in_days_rolls_to_the_first_day_worked(start, amount):
    last, _why = count(start, Amount(amount=amount, unit=Unit.DAYS), CALENDAR)
    plain = start + timedelta(days=amount)
    assert last == next(day for day in (plain + timedelta(n) for n in range(15)) if chinese_calendar.is_workday(day))


@pytest.mark.parametrize(
    ("start", "provisional"),
    [(date(LAST_YEAR, 12, 1), False), (date(LAST_YEAR, 12, 30), True), (date(LAST_YEAR + 1, 3, 1), True)],
)
def test_a_count_into_a_year_not_yet_announced_is_marked(start, provisional):
    assert book().terms["record.statement"].deadline(start).provisional is provisional


def test_a_suspension_moves_the_end_by_the_working_days_it_took():
    term, start = book().terms["record.statement"], date(2026, 9, 28)  # five working days, through National Day
    assert Clock(term, start).due(start) == date(2026, 10, 10)
    hearing = Suspension(date(2026, 9, 30), date(2026, 10, 9), "hearing")  # 30 Sept and 8 Oct are worked
    assert Clock(term, start, suspensions=(hearing,)).due(date(2026, 10, 9)) == date(2026, 10, 13)


def test_an_extension_counts_on_from_the_end():
    term, start = book().terms["record.statement"], date(2026, 11, 9)
    extended = Clock(term, start, extensions=(Amount(amount=2, unit=Unit.WORKDAYS),))
    assert (Clock(term, start).due(start), extended.due(start)) == (date(2026, 11, 16), date(2026, 11, 18))


@pytest.mark.parametrize(
    "bad",
    [
        Suspension(date(2026, 11, 8), None, "before the clock"),
        Suspension(date(2026, 11, 12), date(2026, 11, 11), "ends before it began"),
    ],
)
def test_a_suspension_lies_within_the_clock(bad):
    with pytest.raises(ValueError, match="a suspension begins"):
        Clock(book().terms["record.statement"], date(2026, 11, 9), suspensions=(bad,))
