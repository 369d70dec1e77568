"""Finality, notice, statement, taking effect, suspension."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jiannuo.evidence import actions as evidence
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import take
from jiannuo.notices.actions import Note, post

from ..models import Record
from .common import Seen, put_in_search
from .publishing import propose, should_be_public


def final(record: Record, *, final_on: date, paper: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """The review or lawsuit is over and the decision stands: from which day, on which paper."""
    data = {"final_on": final_on, "paper": paper}
    change = {"finality": "final", "final_on": final_on, "final_paper": paper}
    return take([record], "final", by=by, on=on, seen=seen, data=data, change=change, note=paper)[0]


@transaction.atomic
def notify(
    record: Record, *, served: date, method: str, receipt: str = "", by: Actor, on: date, seen: Seen = None
) -> Record:
    """Notice and repair guide, served together (两书同达); the body's time for a statement runs from service."""
    data = {"served": served, "method": method}
    record = take([record], "notify", by=by, on=on, seen=seen, data=data, change={"noticed": served})[0]
    evidence.serve(record.ref, record.body, what="record.notice", method=method, receipt=receipt, by=by, on=served)
    _tell_the_body(record, "record.noticed", on, due=record.due)
    return record


def hear(record: Record, *, statement: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """What the body says, kept with the record; a second statement stands below the first."""
    data = {"statement": statement}
    whole = f"{record.statement}\n\n{on}\n{statement}" if record.statement else statement
    return take([record], "hear", by=by, on=on, seen=seen, data=data, change={"statement": whole})[0]


@transaction.atomic
def effect(record: Record, *, by: Actor, on: date, heard: bool = False, seen: Seen = None) -> Record:
    """In force from `on`. Publication is proposed at once, unless the record is personal or of an unpublished class."""
    record = take([record], "effect", by=by, on=on, seen=seen, data={"heard": heard}, change={"effective": on})[0]
    if should_be_public(record):
        propose(record, by=by, on=on)
    return record


@transaction.atomic
def stay(record: Record, *, ground: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """Suspend showing and use, on the stay of a review organ or court. A flag: the life of the record goes on."""
    change = {"stayed": on, "stay_ground": ground}
    record = take([record], "stay", by=by, on=on, seen=seen, data={"ground": ground}, change=change)[0]
    put_in_search([record], on)
    _tell_the_body(record, "record.stayed", on)
    return record


@transaction.atomic
def lift_stay(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    record = take([record], "lift_stay", by=by, on=on, seen=seen, change={"stayed": None, "stay_ground": ""})[0]
    put_in_search([record], on)
    _tell_the_body(record, "record.stay_lifted", on)
    return record


def _tell_the_body(record: Record, kind: str, on: date, due: date | None = None) -> None:
    """A note to its liaison, once the body knows of the record at all."""
    if record.noticed is not None or record.effective is not None:
        post([Note(kind, record.ref, on, to_body=record.body_id, to_role="liaison", number=record.number, due=due)])
