"""Working days: the published calendar with its make-up days (调休), the rulebook's overlay, and provisional years.

全国年节及纪念日放假办法 fixes the days off; which weekends are worked is announced each year, so the
calendar is data and cannot be computed. Years not yet announced are provisional: weekends and fixed dates are off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar

FIRST_YEAR = 2004
LAST_YEAR = max(chinese_calendar.holidays).year
DAY = timedelta(days=1)
# Days off that fall on the same date each year (办法 2; 1 and 2 May from 2025). Lunar ones wait for the announcement.
FIXED = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. `holidays` and `workdays` win over the published; `published`: years they complete."""

    holidays: frozenset[date] = field(default_factory=frozenset)
    workdays: frozenset[date] = field(default_factory=frozenset)
    published: frozenset[int] = field(default_factory=frozenset)

    def is_workday(self, day: date) -> bool:
        if day in self.workdays:
            return True
        if day in self.holidays:
            return False
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            # chinese_calendar.is_workday looks through all its years for the first and last at every call.
            return day in chinese_calendar.workdays or (day.weekday() < 5 and day not in chinese_calendar.holidays)
        return day.weekday() < 5 and (day.year in self.published or (day.month, day.day) not in FIXED)

    def is_makeup(self, day: date) -> bool:
        """A Saturday or Sunday that is worked."""
        return day.weekday() >= 5 and self.is_workday(day)

    def is_provisional(self, day: date) -> bool:
        """The year's holidays were not announced, so a count through this day may still change."""
        return not (FIRST_YEAR <= day.year <= LAST_YEAR) and day.year not in self.published

    def next_workday(self, day: date) -> date:
        """`day` itself if it is worked, else the next that is."""
        while not self.is_workday(day):
            day += DAY
        return day

    def add_workdays(self, start: date, amount: int) -> date:
        """The day `amount` working days after `start`; `start` itself is not counted."""
        day = start
        while amount > 0:
            day += DAY
            amount -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.workdays_between(end, start)
        return sum(self.is_workday(start + DAY * n) for n in range(1, (end - start).days + 1))


def overlay(files: Iterable[tuple[Iterable[date], Iterable[date], Iterable[int]]]) -> Calendar:
    """One calendar out of (holidays, workdays, published years), later files winning."""
    holidays: set[date] = set()
    workdays: set[date] = set()
    published: set[int] = set()
    for off, on, years in files:
        holidays = (holidays - set(on)) | set(off)
        workdays = (workdays - set(off)) | set(on)
        published |= set(years)
    return Calendar(frozenset(holidays), frozenset(workdays), frozenset(published))
