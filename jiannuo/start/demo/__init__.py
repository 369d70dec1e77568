"""The fictional city 云川市 (codes of the unused province number 99), laid by the real actions in order of time.

Days are working days before the day it is laid, so that the desk always has something overdue, due today, and later.
The facts are the same for the same day; salts, keys and moments differ.

Two transactions. The first walks up to the day of the first erasure and marks the set as begun; then the log is
sequenced, so that what is erased has leaves. The second walks the rest and marks the set as laid. If it is stopped
between the two, the next run goes on with the second.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from jiannuo.ledger import sequencer
from jiannuo.rules import book

from .. import laying
from . import intake, reporting, town, walk
from .diary import Diary

NAME = "demo"
FIRST_ERASURE = 8  # working days before the day it is laid


def load(on: date | None = None) -> None:
    """Lay the set, or the rest of it."""
    on = on or timezone.localdate()
    diary = Diary(on, book().calendar)
    town.plan(diary)
    walk.plan(diary)
    reporting.plan(diary)
    intake.plan(diary)
    split = diary.day(FIRST_ERASURE)
    if laying.marked(laying.BEGUN) is None:
        with transaction.atomic():
            diary.live(until=split)
            laying.mark(laying.BEGUN, NAME, on=split)
    _sequence(on)
    with transaction.atomic():
        diary.live(since=split)
        laying.mark(laying.LAID, NAME, on=on)
    _sequence(on)


def _sequence(on: date) -> None:
    now = timezone.now()
    sequencer.sequence(now)
    sequencer.sequence_quiet(now, before=on)
