"""What time does to records. Idempotent: nothing here decides what shows, it only writes down what the dates say."""

from collections.abc import Collection
from datetime import date

from . import actions
from .models import Record


def sweep(on: date, refs: Collection[str] | None = None) -> int:
    """Write the expiry of records whose longest period is over; returns how many. At most 500 a call."""
    over = [
        record for record in Record.objects.filter(state="in_force") if record.ends is not None and record.ends <= on
    ]
    actions.expire(over[:500], on=on)
    return len(over[:500])
