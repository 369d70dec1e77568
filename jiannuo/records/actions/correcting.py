"""Correcting a record in force: a new version on the organ's paper, proposed by one, decided by another (§5.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger.actions import plain
from jiannuo.lifecycle.actor import SYSTEM, Actor
from jiannuo.lifecycle.machine import take
from jiannuo.lifecycle.refused import Refused
from jiannuo.notices.actions import Note, post
from jiannuo.registry.models import Body
from jiannuo.rules import book

from ..models import Record
from .checking import NewRecord, as_row, check_row, columns
from .common import Seen, once, publication_of, put_in_search
from .publishing import propose, review_again, should_be_public, withdraw

# About whom, and of what kind, is no matter of correction: such a record is revoked, and another entered.
FIXED = ("kind", "body", "personal", "post")


@transaction.atomic
def propose_correction(
    record: Record, row: NewRecord, *, reason: str, paper: str, by: Actor, on: date, seen: Seen = None
) -> Record:
    """Propose a new version, with the paper of the determining organ. `reason` says what was wrong; it is shown."""
    before = as_row(record)
    changed = {name: value for name, value in vars(row).items() if _plain(value) != _plain(before[name])}
    _must_be_a_correction(changed)
    check_row(row, by=by, on=on)
    return take(
        [record],
        "propose_correction",
        by=by,
        on=on,
        seen=seen,
        data={"reason": reason, "paper": paper},
        change={
            "correction": {
                "values": {name: _plain(value) for name, value in changed.items()},
                "reason": reason,
                "paper": paper,
            },
            "due": book().terms["record.correct"].deadline(on).last_day,
            "due_term": "record.correct",
        },
        note=reason,
    )[0]


@transaction.atomic
def correct(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    """The new version holds from today. The wrong one is off every page at once; the new one is reviewed and shown."""
    row = proposed_version(record)
    before = record.severity
    change = {
        **columns(row),
        "correction": {},
        "correction_by": None,
        "corrected": on,
        "correction_note": record.correction.get("reason", ""),
        "correction_paper": record.correction.get("paper", ""),
        "due": None,
        "due_term": "",
        "authors": sorted({*record.authors, record.correction_by_id or 0} - {0}),
    }
    with once([row]):
        record = take([record], "correct", by=by, on=on, seen=seen, change=change)[0]
    publication = publication_of(record)
    if publication is not None and publication.state in publication.machine.step("correct").source:
        if should_be_public(record):
            review_again(publication, keep_release=before == record.severity, by=by, on=on)
        else:
            withdraw(publication, reason=record.correction_note, by=SYSTEM, on=on)
    elif publication is None and should_be_public(record):
        propose(record, by=by, on=on)
    post([Note("record.corrected", record.ref, on, to_body=record.body_id, to_role="liaison", number=record.number)])
    put_in_search([record], on)
    return record


def proposed_version(record: Record) -> NewRecord:
    """The record as it would stand once the proposed correction is made."""
    now = NewRecord(**as_row(record))
    return replace(now, **{name: _read(name, value) for name, value in record.correction.get("values", {}).items()})


def _must_be_a_correction(changed: dict[str, Any]) -> None:
    if fixed := [name for name in FIXED if name in changed]:
        raise Refused(
            "records.not_correctable",
            _("This is not corrected: it would be another record."),
            field=fixed[0],
            allowed=_("Revoke this one, and enter the right one."),
        )
    if not changed:
        raise Refused("records.no_change", _("Nothing was changed."), allowed=_("Change what is wrong."))
    if changed.get("finality", "final") != "final":
        raise Refused(
            "records.not_final",
            _("A record in force is final; if a review is running, suspend its use."),
            field="finality",
            found=changed["finality"],
        )


def _plain(value: Any) -> Any:
    """As JSON holds it; a body by its number."""
    if isinstance(value, Body):
        return value.pk
    return [dict(one) for one in value] if isinstance(value, (list, tuple)) else plain(value)


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in ("organ", "provider"):
        return Body.objects.get(pk=value)
    if name in ("decided", "served", "final_on"):
        return date.fromisoformat(value)
    return Decimal(value) if name == "loss" else value
