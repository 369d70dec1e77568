"""What the processes of these tests do: append, sequence, look at the log."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from django.db import connection

from jiannuo.ledger import reading, sequencer, verifying
from jiannuo.ledger.actions import Draft, append
from jiannuo.ledger.models import Checkpoint, Entry

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=8)))


def draft(number: int, **more) -> Draft:
    return Draft("record.notify", f"record:{number}", DAY, public={"facts": {"number": number}}, **more)


def enter(first: int, last: int, each: int = 1) -> None:
    """Append entries [first, last), `each` to a transaction."""
    for start in range(first, last, each):
        append([draft(number) for number in range(start, min(start + each, last))])


def sequence() -> int:
    return sequencer.sequence(NOW)


def refused() -> str:
    """Why the sequencer will not run; "" if it ran."""
    try:
        sequence()
    except sequencer.LogAhead as error:
        return str(error)
    return ""


def begin_anew() -> str:
    return sequencer.new_epoch(NOW, reason="备份恢复", on=DAY).origin


def state() -> dict:
    """All that matters of the log: subjects, leaves, sizes and roots of the last epoch, faults, what waits."""
    head = sequencer.head()
    entries = Entry.objects.filter(epoch=head.epoch if head else None, leaf__isnull=False).order_by("leaf")
    return {
        "subjects": sorted(Entry.objects.values_list("subject", flat=True)),
        "leaves": list(entries.values_list("leaf", flat=True)),
        "waiting": Entry.objects.filter(leaf__isnull=True).count(),
        "checkpoints": list(Checkpoint.objects.order_by("id").values_list("text", flat=True)),
        "witnessed": sequencer.witnessed(),
        "faults": list(verifying.verify()),
    }


def proofs() -> list[str]:
    """A proof of every entry that still has its text."""
    made = [reading.make_proof(entry) for entry in Entry.objects.select_related("epoch").order_by("id")]
    return [str(one) for one in made if one is not None]


def run_sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
