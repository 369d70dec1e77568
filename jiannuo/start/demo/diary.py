"""What happens on which day: planned in any order, lived through in order of time."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from jiannuo.rules.calendar import Calendar

DATA = Path(__file__).parent.parent / "data" / "demo"
Deed = Callable[[date], object]


@dataclass
class Diary:
    """Deeds by day. `on` is the day on which the set is laid; a deed is given the day on which it is done."""

    on: date
    calendar: Calendar
    _deeds: list[tuple[date, int, Deed]] = field(default_factory=list)
    _days: list[date] = field(default_factory=list)

    def day(self, before: int) -> date:
        """The day so many working days before the set is laid; 0 is that day, or the last one worked."""
        if before < 0:
            raise ValueError("nothing is planned for days to come")
        while len(self._days) <= before:
            day = self._days[-1] - timedelta(days=1) if self._days else self.on
            while not self.calendar.is_workday(day):
                day -= timedelta(days=1)
            self._days.append(day)
        return self._days[before]

    def when(self, text: str) -> date:
        """A day as a table says it: 1996-03-01, or -170 for so many working days before."""
        return self.day(int(text[1:])) if text.startswith("-") else date.fromisoformat(text)

    def plan(self, day: date, deed: Deed) -> None:
        if day <= self.on:
            self._deeds.append((day, len(self._deeds), deed))

    def live(self, *, since: date = date.min, until: date = date.max) -> None:
        """Do what was planned for the days from `since` to before `until`."""
        for day, _place, deed in sorted(self._deeds, key=lambda row: row[:2]):
            if since <= day < until:
                deed(day)


def table(name: str) -> list[dict[str, str]]:
    """The rows of a data file of this set."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
