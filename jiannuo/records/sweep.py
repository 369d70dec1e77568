"""What time does to records. Idempotent: nothing here decides what shows, it only writes down what the dates say."""

from collections.abc import Collection
from datetime import date

from . import actions
from .models import Record

MOST = 500  # rows of one transaction (DESIGN §3)


def sweep(on: date, refs: Collection[str] | None = None) -> int:
    """Write the expiry of records whose longest period is over; returns how many. At most MOST a call."""
    over = list(Record.objects.filter(state="in_force", ends__lte=on).order_by("ends", "pk")[:MOST])
    if over:
        actions.expire(over, on=on)
    return len(over)
