"""What time does: the rulebook's edition, replayed erasures, the day's looks, every room's sweep. All idempotent."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from jiannuo.ledger import actions as ledger
from jiannuo.ledger import erasing

from .adopting import adopt
from .forgetting import replay
from .rooms import offers

MOST_ROUNDS = 1000
DAY = 24 * 3600  # seconds


def sweep(on: date, refs: Collection[str] | None = None) -> int:
    """Run every room's sweep until it has nothing left; returns how many things moved.

    refs: the subjects of newly sequenced entries, or None at the daily tick, which is the safety net.
    """
    moved = 0
    for room in offers("sweep"):
        for _round in range(MOST_ROUNDS):
            done = room.sweep(on, refs)
            moved += done
            if not done:
                break
    return moved


def remove_old_uploads() -> None:
    """Files that were being received when a server died: nobody knows of them, and they may hold anything."""
    for file in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*"):
        if time.time() - file.stat().st_mtime > DAY:
            file.unlink(missing_ok=True)


def daily(on: date) -> None:
    """The nightly tick: adopt the rulebook, replay what a restore undid, digest past looks, sweep everything."""
    adopt(on)
    for line in erasing.brought_back():
        replay([line.subject], basis=line.basis, on=line.on)
        ledger.blank([line.subject])
    ledger.digest_looks(before=on)
    call_command("clearsessions")
    remove_old_uploads()
    sweep(on)
