"""What time does to what was handed in, and to what was not: receipts are signed, reminders go out, old files go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from . import reminding, storage
from .models import Batch, Row
from .receipts import sign_waiting

# A clerk mends and hands in again within days; an audit asks within months. Then the file goes, and the text of what
# was refused; counts, digest, receipt and what became of each row stay. A proposal: no rule names a period for it.
KEEP_DAYS = 180
AT_ONCE = 200


def sweep(on: date, refs: Collection[str] | None) -> int:
    """Sign what got its leaves; at the daily tick also let go of old files. Returns how many things moved."""
    return sign_waiting() + reminding.sweep(on, refs) + (_let_go(on) if refs is None else 0)


def _let_go(on: date) -> int:
    """Files of batches that ended long ago, and files that no batch names."""
    before = timezone.make_aware(datetime.combine(on - timedelta(days=KEEP_DAYS), time.min))
    old = Batch.objects.filter(finished__lt=before).exclude(stored="").order_by("pk")[:AT_ONCE]
    with transaction.atomic():
        names = dict(old.values_list("pk", "stored"))
        Batch.objects.filter(pk__in=names).update(stored="")
        Row.objects.filter(batch__in=names, outcome=Row.Outcome.REFUSED).update(raw={}, faults=[])
        for name in names.values():
            transaction.on_commit(partial(storage.remove, name))
    known = set(Batch.objects.exclude(stored="").values_list("stored", flat=True))
    strangers = list(storage.strangers(known))
    for file in strangers:
        file.unlink(missing_ok=True)
    return len(names) + len(strangers)
