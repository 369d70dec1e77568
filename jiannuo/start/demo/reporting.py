"""Reporting duties of the fictional city: two bodies owe their records each month, one head signed a zero report."""

from __future__ import annotations

from datetime import date, timedelta

from jiannuo.exchange import actions
from jiannuo.exchange.models import Duty
from jiannuo.exchange.reporting import period_at
from jiannuo.lifecycle.offered import data_sets
from jiannuo.registry.models import Body

from .diary import Diary
from .walk import actor

SET = "records"
OWING = ("市城建局", "市发改委")
BEFORE = 75  # working days: so long ago the duties were set
ONE_DAY = timedelta(days=1)


def plan(diary: Diary) -> None:
    """Of the last two months the earlier one is answered by a zero report of one body; the rest is owed."""
    diary.plan(diary.day(BEFORE), _set)
    last = period_at(period_at(diary.on, 1).first - ONE_DAY, 1)
    before = period_at(last.first - ONE_DAY, 1)
    day = diary.calendar.add_workdays(before.last, 3)
    diary.plan(day, lambda on: _sign(before.first, on))


def _set(on: date) -> None:
    if SET in data_sets():
        for name in OWING:
            body = Body.objects.get(short_name=name)
            actions.set_duty(body, SET, "monthly", since=period_at(on, 1).first, by=actor("fuzeren"), on=on)


def _sign(first: date, on: date) -> None:
    for duty in Duty.objects.filter(body__short_name=OWING[0]):
        actions.zero_report(duty, period_at(first, 1), by=actor("juzhang"), on=on)
