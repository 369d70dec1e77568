"""Working days against the published calendar and against tables made by hand from the yearly notices."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.rules.calendar import DAY, FIRST_YEAR, LAST_YEAR, Calendar, overlay

PUBLISHED = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
CALENDAR = Calendar()


def test_every_published_day_is_worked_as_published():
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    for day in (first + DAY * n for n in range((last - first).days + 1)):
        assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day), day
        assert not CALENDAR.is_provisional(day)


# From the notices of the State Council's general office for these years.
@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2025, 1, 28), date(2025, 2, 4)),
        (date(2025, 10, 1), date(2025, 10, 8)),
        (date(2026, 2, 15), date(2026, 2, 23)),
        (date(2026, 10, 1), date(2026, 10, 7)),
    ],
)
def test_the_long_holidays_are_off(first, last):
    days = [first + DAY * n for n in range((last - first).days + 1)]
    assert not any(CALENDAR.is_workday(day) for day in days)


@pytest.mark.parametrize(
    "day",
    [date(2025, 1, 26), date(2025, 2, 8), date(2025, 9, 28), date(2025, 10, 11), date(2026, 2, 14), date(2026, 10, 10)],
)
def test_the_make_up_weekends_are_worked(day):
    assert day.weekday() >= 5
    assert CALENDAR.is_makeup(day)


@given(PUBLISHED.filter(lambda day: day < date(LAST_YEAR - 1, 1, 1)), st.integers(0, 120))
def test_adding_and_counting_working_days_are_inverse(start, amount):
    end = CALENDAR.add_workdays(start, amount)
    assert CALENDAR.workdays_between(start, end) == amount
    assert amount == 0 or CALENDAR.is_workday(end)


@given(PUBLISHED, PUBLISHED)
def test_counting_backwards_is_counting_with_the_other_sign(one, other):
    near = one + timedelta(days=(other - one).days % 60)
    assert CALENDAR.workdays_between(one, near) == -CALENDAR.workdays_between(near, one)


def test_a_year_not_yet_announced_is_provisional_and_keeps_the_fixed_days_off():
    year = LAST_YEAR + 1
    assert CALENDAR.is_provisional(date(year, 3, 1))
    assert not CALENDAR.is_workday(date(year, 10, 1))


def test_an_overlay_wins_and_a_later_overlay_wins_over_it():
    saturday, monday = date(2026, 11, 21), date(2026, 11, 23)
    first = overlay([((monday,), (saturday,), ())])
    assert first.is_workday(saturday)
    assert not first.is_workday(monday)
    second = overlay([((monday,), (saturday,), ()), ((saturday,), (monday,), (2027,))])
    assert not second.is_workday(saturday)
    assert second.is_workday(monday)
    assert not second.is_provisional(date(2027, 1, 4))
