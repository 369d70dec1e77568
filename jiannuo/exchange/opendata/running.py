"""The worker's part: when a new edition is due, it is made by a process of its own, so that nothing waits for it."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from . import editions

LOOK = 5.0  # seconds between two looks
AGAIN = 60.0  # seconds between two makings

_child: subprocess.Popen[bytes] | None = None
_next = 0.0  # on the monotonic clock


def is_due(now: datetime) -> bool:
    """Whether there is no edition of today, or it holds what has changed or ended."""
    today = timezone.localdate(now)
    edition = editions.current(today)
    return edition is None or edition.day != today


def build_if_due(now: datetime) -> None:
    """Start the making when it is due, and return at once: sequencing goes on beside it, on another processor."""
    global _child, _next
    if not settings.OPENDATA or time.monotonic() < _next or (_child is not None and _child.poll() is None):
        return
    _next = time.monotonic() + LOOK
    _child = None
    if is_due(now):
        _next = time.monotonic() + AGAIN
        _child = subprocess.Popen([sys.executable, "-m", "jiannuo", "opendata"])
