"""A clock that can be stopped: a budget and a ledger of suspensions, never a date that someone edits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .calendar import DAY
from .schema import Amount, Unit
from .terms import Term, count


@dataclass(frozen=True)
class Suspension:
    """The clock stands from `since` to before `until` (None: it still stands), on a stated ground."""

    since: date
    until: date | None
    ground: str


@dataclass(frozen=True)
class Clock:
    """A term that runs, with what stopped and what lengthened it. Nothing here is stored as a due date."""

    term: Term
    start: date
    fact: date | None = None
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[Amount, ...] = ()

    def __post_init__(self) -> None:
        for before, after in zip(self.suspensions, self.suspensions[1:], strict=False):
            if before.until is None or after.since < before.until:
                raise ValueError("suspensions stand in order and do not overlap")
        for one in self.suspensions:
            if one.since < self.start or (one.until is not None and one.until < one.since):
                raise ValueError("a suspension begins after the clock and ends after it began")

    def due(self, on: date) -> date | None:
        """The last day, as known on `on`; None while the clock stands still."""
        last = self.term.deadline(self.start, fact=self.fact).last_day
        for extension in self.extensions:
            last, _ = count(last, extension, self.term.calendar, roll=self.term.row.roll)
        for one in self.suspensions:
            if one.since > on or one.since > last:
                continue
            if one.until is None or one.until > on:
                return None
            last = self._moved(last, one.since, one.until)
        return last

    def _moved(self, last: date, since: date, until: date) -> date:
        """`last` moved by exactly the days that the suspension took, in the term's own unit."""
        calendar = self.term.calendar
        if self.term.value(self.fact or self.start).unit is Unit.WORKDAYS:
            return calendar.add_workdays(last, calendar.workdays_between(since - DAY, until - DAY))
        moved = last + (until - since)
        return calendar.next_workday(moved) if self.term.row.roll else moved
