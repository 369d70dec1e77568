"""Entering a record and checking it: two natural persons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from jiannuo.evidence import actions as evidence
from jiannuo.evidence.models import Document
from jiannuo.ledger import actions as ledger
from jiannuo.ledger.inserting import insert
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import take
from jiannuo.lifecycle.numbers import take_numbers
from jiannuo.registry.reading import names_at
from jiannuo.rules import book

from ..kinds import machine_of
from ..models import Record
from .checking import NewRecord, check_row, check_rows, columns, counted_once
from .common import Seen, once, publication_of, put_in_search


@transaction.atomic
def enter(rows: Sequence[NewRecord], *, by: Actor, on: date) -> list[Record]:
    """Enter records as drafts; each waits for a second person. All rows are entered or none.

    Raises RefusedRows, or Stands where a decision has its record already.
    """
    check_rows(rows, by=by, on=on)
    series = book().labels["record.series"].text
    numbers = take_numbers(series, on, len(rows))
    due = book().terms["record.check"].deadline(on).last_day
    last_day = counted_once()
    records = [
        Record(
            **columns(row, last_day),
            number=f"{series}〔{on.year}〕{number:04} 号",
            slug=f"{on.year}-{number:04}",
            state="draft",
            since=on,
            due=due,
            due_term="record.check",
            entered=on,
            entered_by_id=by.person_id,
            authors=[by.person_id],
        )
        for row, number in zip(rows, numbers, strict=True)
    ]
    with once(rows):
        insert(records)
    put_in_search(records, on)
    named = names_at({pk for record in records for pk in (record.body_id, record.organ_id)})
    ledger.append(
        [
            ledger.Draft(
                f"{machine_of(record).name}.enter",
                record.ref,
                on,
                body=record.body.ref,
                internal={"by": by.ref, "image": record.image(named)},
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
    change = columns(row) | {"authors": _with(record, by)}
    with once([row]):
        record = take([record], "edit", by=by, on=on, seen=seen, change=change)[0]
    put_in_search([record], on)
    return record


@transaction.atomic
def attach(
    record: Record, rows: Sequence[evidence.NewDocument], *, by: Actor, on: date, seen: Seen = None
) -> list[Document]:
    """Put documents on the record's file. The versions move: nobody confirms what they did not read."""
    take([record], "attach", by=by, on=on, seen=seen, change={"authors": _with(record, by)})
    _touch_publication(record, by=by, on=on)
    return evidence.file_documents(rows, by=by, on=on)


@transaction.atomic
def redact(
    record: Record, document: Document, data: bytes, *, redactions: str, by: Actor, on: date, seen: Seen = None
) -> Document:
    """Attach the redacted twin of one of the record's documents."""
    take([record], "redact", by=by, on=on, seen=seen)
    _touch_publication(record, by=by, on=on)
    return evidence.attach_twin(document, data, redactions=redactions, by=by, on=on)


def check(records: Sequence[Record], *, by: Actor, on: date, seen: Seen = None, note: str = "") -> list[Record]:
    """The second person: authentic, competent, final, in scope."""
    return take(records, "check", by=by, on=on, seen=seen, note=note)


def return_(record: Record, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """Back to whoever entered it, with the reason; a body that had been notified is notified again."""
    change = {"noticed": None, "checked_by": None}
    return take([record], "return", by=by, on=on, seen=seen, data={"reason": reason}, change=change, note=reason)[0]


def resubmit(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    return take([record], "resubmit", by=by, on=on, seen=seen, change={"authors": _with(record, by)})[0]


def _with(record: Record, by: Actor) -> list[int | None]:
    """The persons whose hand is in it, this one too; read from the row that the swap on the version guards."""
    return [*record.authors, by.person_id] if by.person_id not in record.authors else list(record.authors)


def _touch_publication(record: Record, *, by: Actor, on: date) -> None:
    publication = publication_of(record)
    if publication is not None and publication.state in publication.machine.step("amend").source:
        take([publication], "amend", by=by, on=on)
