"""Notice, statement, taking effect, suspension."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jiannuo.evidence import actions as evidence
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import take
from jiannuo.notices.actions import Note, post
from jiannuo.rules import book

from ..models import Record
from .common import Seen, put_in_search
from .publishing import propose


@transaction.atomic
def notify(
    record: Record, *, served: date, method: str, receipt: str = "", by: Actor, on: date, seen: Seen = None
) -> Record:
    """Notice and repair guide, served together (两书同达); the body's time for a statement runs from service."""
    data = {"served": served, "method": method}
    record = take([record], "notify", by=by, on=on, seen=seen, data=data, change={"noticed": served})[0]
    evidence.serve(record.ref, record.body, what="record.notice", method=method, receipt=receipt, by=by, on=served)
    post(
        [
            Note(
                "record.noticed",
                record.ref,
                on,
                to_body=record.body_id,
                to_role="liaison",
                number=record.number,
                due=record.due,
            )
        ]
    )
    return record


def hear(record: Record, *, statement: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """What the body says, kept with the record."""
    data = {"statement": statement}
    return take([record], "hear", by=by, on=on, seen=seen, data=data, change={"statement": statement})[0]


@transaction.atomic
def effect(record: Record, *, by: Actor, on: date, heard: bool = False, seen: Seen = None) -> Record:
    """In force from `on`. Publication is proposed at once, unless the record is personal or of an unpublished class."""
    record = take([record], "effect", by=by, on=on, seen=seen, data={"heard": heard}, change={"effective": on})[0]
    source, severity = book().sources[record.source], book().classes.get(record.severity)
    if not record.personal and source.public and (severity is None or severity.published):
        propose(record, by=by, on=on)
    return record


@transaction.atomic
def stay(record: Record, *, ground: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """Suspend showing and use, on the stay of a review organ or court. A flag: the life of the record goes on."""
    change = {"stayed": on, "stay_ground": ground}
    record = take([record], "stay", by=by, on=on, seen=seen, data={"ground": ground}, change=change)[0]
    put_in_search([record], on)
    return record


@transaction.atomic
def lift_stay(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    record = take([record], "lift_stay", by=by, on=on, seen=seen, change={"stayed": None, "stay_ground": ""})[0]
    put_in_search([record], on)
    return record
