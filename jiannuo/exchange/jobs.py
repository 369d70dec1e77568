"""The long work of in and out: batches that are not done, the smallest file first: no clerk waits for a city."""

from __future__ import annotations

from datetime import datetime

from . import intake
from .models import Batch


def work(now: datetime) -> bool:
    """One bounded piece; False when there is none left to do for this process."""
    for batch in Batch.objects.filter(stage__in=intake.RUNNING).order_by("size", "id"):
        try:
            intake.work(batch, now)
        except intake.Busy:
            continue
        return True
    intake.close_all()
    return False
