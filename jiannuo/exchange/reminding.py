"""What time does to reporting: zero reports are signed, and whoever owes one is reminded, by number only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from jiannuo.ledger import keys
from jiannuo.ledger.models import Checkpoint, Entry
from jiannuo.notices import actions as notices
from jiannuo.notices.models import Notice
from jiannuo.rules import book
from jiannuo.tlog.statement import Statement, sign

from .models import Duty, ZeroReport
from .reporting import LOOK_BACK, answers

SOON = 3  # working days before it is due
ADDRESSED = ("reporter", "chief")
AT_ONCE = 100


def sweep(on: date, refs: Collection[str] | None) -> int:
    """Sign what got its leaf; at the daily tick also remind. Returns how many things moved."""
    return sign_waiting() + (remind(on) if refs is None else 0)


def remind(on: date) -> int:
    """Three working days before, on the day, once overdue: each once for a period, whenever the worker comes to it."""
    waiting = [one for one in answers(_open(on), on - LOOK_BACK, on, on=on) if one.is_owed]
    known = set(
        Notice.objects.filter(subject__in={one.duty.ref for one in waiting}, kind__startswith="report.").values_list(
            "subject", "kind", "number"
        )
    )
    notes = []
    for one in waiting:
        left = book().calendar.workdays_between(on, one.due)
        kind = "report.overdue" if on > one.due else "report.today" if on == one.due else "report.soon"
        if left > SOON or (one.duty.ref, kind, one.period.label) in known:
            continue
        notes += [
            notices.Note(kind, one.duty.ref, on, one.duty.body_id, role, one.period.label, one.due)
            for role in ADDRESSED
        ]
    notices.post(notes)
    return len(notes)


def _open(on: date) -> list[Duty]:
    return list(Duty.objects.filter(since__lte=on).exclude(until__lte=on - LOOK_BACK))


def sign_waiting() -> int:
    """Sign the zero reports that got their leaf: only the worker may read the log's key."""
    count = 0
    for zero in ZeroReport.objects.filter(note="").select_related("duty__body").order_by("pk")[:AT_ONCE]:
        numbered = Entry.objects.filter(pk=zero.taken or 0, leaf__isnull=False)
        entry = numbered.select_related("epoch").first()
        if entry is None or entry.epoch is None:
            continue
        head = Checkpoint.objects.filter(epoch=entry.epoch, size__gt=entry.leaf).order_by("size").first()
        if head is None:
            continue
        facts = {
            "body": f"{zero.duty.body.ref} {zero.duty.body.name}",
            "dataset": zero.duty.dataset,
            "period": f"{zero.first} {zero.last}",
            "nothing": "to report",
            "made": zero.on.isoformat(),
            "leaf": str(entry.leaf),
            "checkpoint": str(head.size),
        }
        note = sign(
            Statement(entry.epoch.origin, "zero-report", facts), keys.signers(entry.epoch.origin, last=head.text)
        )
        count += ZeroReport.objects.filter(pk=zero.pk, note="").update(note=note)
    return count
