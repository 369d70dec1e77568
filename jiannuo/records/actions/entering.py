"""Entering a record and checking it: two natural persons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import take
from jiannuo.lifecycle.numbers import take_numbers
from jiannuo.rules import book

from ..kinds import machine_of
from ..models import Record
from .checking import NewRecord, check_row, columns
from .common import Seen, put_in_search

SERIES = "云信录"


@transaction.atomic
def enter(rows: Sequence[NewRecord], *, by: Actor, on: date) -> list[Record]:
    """Enter records as drafts; each waits for a second person. All rows are entered or none."""
    for row in rows:
        check_row(row, by=by, on=on)
    numbers = take_numbers(SERIES, on, len(rows))
    due = book().terms["record.check"].deadline(on).last_day
    records = []
    for row, number in zip(rows, numbers, strict=True):
        record = Record(
            **columns(row),
            number=f"{SERIES}〔{on.year}〕{number:04} 号",
            slug=f"{on.year}-{number:04}",
            state="draft",
            since=on,
            due=due,
            due_term="record.check",
            entered_by_id=by.person_id,
        )
        records.append(record)
    Record.objects.bulk_create(records)
    put_in_search(records, on)
    ledger.append(
        [
            ledger.Draft(
                f"{machine_of(record).name}.enter",
                record.ref,
                on,
                body=record.body.ref,
                internal={"by": by.ref, "image": record.image()},
                quiet=record.personal,
            )
            for record in records
        ]
    )
    return records


@transaction.atomic
def edit(record: Record, row: NewRecord, *, by: Actor, on: date, seen: Seen = None) -> Record:
    """Change what was entered, before the check. The version moves: whoever had opened it must read it again."""
    check_row(row, by=by, on=on)
    record = take([record], "edit", by=by, on=on, seen=seen, change=columns(row))[0]
    put_in_search([record], on)
    return record


def check(records: Sequence[Record], *, by: Actor, on: date, seen: Seen = None, note: str = "") -> list[Record]:
    """The second person: authentic, competent, final, in scope."""
    return take(records, "check", by=by, on=on, seen=seen, note=note)


@transaction.atomic
def return_(record: Record, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """Back to whoever entered it, with the reason."""
    return take([record], "return", by=by, on=on, seen=seen, data={"reason": reason}, note=reason)[0]


def resubmit(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    return take([record], "resubmit", by=by, on=on, seen=seen)[0]
