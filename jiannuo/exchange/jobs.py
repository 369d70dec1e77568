"""The long work of in and out: whoever waits for news is told; then batches that are not done, the smallest file first,
so that no clerk waits for a city; and the open data of the day, made by a process of its own.
"""

from __future__ import annotations

from datetime import datetime

from . import handing_up, hooks, intake, opendata
from .models import Batch


def work(now: datetime) -> bool:
    """One bounded piece; False when there is none left to do for this process."""
    opendata.build_if_due(now)
    if hooks.work(now):
        return True
    for batch in Batch.objects.filter(stage__in=intake.RUNNING).order_by("size", "id"):
        try:
            intake.work(batch, now)
        except intake.Busy:
            continue
        return True
    intake.close_all()
    return handing_up.work(now)
