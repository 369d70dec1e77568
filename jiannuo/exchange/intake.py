"""The work on a batch, a bounded piece at a time: open and count the file, judge and enter some rows, finish.

Each piece is one transaction that moves `read` by compare-and-swap and stores what became of its rows: killed at any
point, the next one goes on where the last commit stands. The place in the open file is only remembered, never trusted.
"""

from __future__ import annotations

import fcntl
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from jiannuo.accounts.acting import actor_from_ref
from jiannuo.ledger import actions as ledger
from jiannuo.ledger.inserting import insert
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.offered import data_sets
from jiannuo.tables import Fault
from jiannuo.tables.reading import BadFile, Reading, read
from jiannuo.tables.rows import Rows

from . import storage
from .intake_faults import FILE_GONE, NO_MORE_RIGHTS, UNREADABLE
from .intake_rows import Errand, Piece, errand, judge, part, settle
from .models import Batch

log = structlog.get_logger(__name__)
Stage = Batch.Stage
RUNNING = (Stage.RECEIVED, Stage.READING, Stage.ENTERING)

READ = 500  # rows taken from the file at once
COUNT = 5_000  # rows counted at once
BUDGET = 1.0  # seconds of counting in one piece
LEAST, MOST = 50, 500  # rows entered in one transaction
AIM = 0.07  # seconds that such a transaction should take: a web write waits for one at most
FRESH = 30.0  # seconds for which the rights of whoever handed in, and the names, are taken as they were read
OPEN = 2  # files held open: the long one, and a short one that overtakes it


class Busy(Exception):
    """Another process on this machine works this batch."""


class Overtaken(Exception):
    """Another process moved the batch on; nothing of this piece was written."""


@dataclass
class Opened:
    """A batch whose file lies open in this process, held by a lock on the file.

    at       rows that were taken out of `source`
    counted  rows counted so far, while the batch is being read for the first time
    """

    handle: BinaryIO
    reading: Reading
    work: Errand
    since: float
    source: Iterator[Rows]
    at: int = 0
    rest: Rows | None = None
    size: int = 100
    counting: Iterator[Rows] | None = None
    counted: int = 0

    def take(self, count: int) -> Rows | None:
        """The next rows, at most so many; None at the end."""
        if self.rest is None:
            self.rest = next(self.source, None)
            if self.rest is None:
                return None
        length = len(self.rest)
        if length <= count:
            taken, self.rest = self.rest, None
        else:
            taken = part(self.rest, range(count))
            self.rest = part(self.rest, range(count, length))
        self.at += len(taken)
        return taken

    def close(self) -> None:
        self.handle.close()


_opened: OrderedDict[int, Opened] = OrderedDict()


def work(batch: Batch, now: datetime) -> bool:
    """One piece of this batch; False when nothing is left to do. Raises Busy."""
    batch.refresh_from_db()
    if batch.stage not in RUNNING:
        _close(batch)
        return False
    try:
        opened = _open(batch, now)
        if opened is None:
            return False
        if batch.stage == Stage.ENTERING:
            return _enter(batch, opened, now)
        return _count(batch, opened)
    except Overtaken:
        _close(batch)
        return True
    except BadFile as bad:
        return _stop(batch, bad.faults, now)
    except (OperationalError, InterfaceError, Busy):
        raise
    except Exception:
        # A file that breaks our reading must not hold up all others, nor be tried for ever.
        log.exception("exchange.batch", batch=batch.number)
        return _stop(batch, [UNREADABLE], now)


def close_all() -> None:
    """Let go of every file."""
    while _opened:
        _opened.popitem()[1].close()


def _open(batch: Batch, now: datetime) -> Opened | None:
    """The batch's file, at the row that the database says; None if it was refused."""
    opened = _opened.get(batch.pk)
    if opened is not None and opened.at != batch.read:
        _close(batch)
        opened = None
    if opened is not None:
        _opened.move_to_end(batch.pk)
        if time.monotonic() - opened.since > FRESH:
            opened.work, opened.since = _errand(batch), time.monotonic()
        return opened
    handle = _hold(batch)
    if handle is None:
        _stop(batch, [FILE_GONE], now)
        return None
    try:
        working = _errand(batch)
        today = timezone.localdate(now)
        if not set(working.dataset.roles) & working.by.roles_on(batch.provider_id, today):
            _stop(batch, [NO_MORE_RIGHTS], now)
            handle.close()
            return None
        if batch.stage == Stage.RECEIVED:
            _move(batch, Stage.RECEIVED, stage=Stage.READING)
        reading = read(
            storage.path_of(batch.stored), working.dataset.table, file_name=batch.file_name, sheet=batch.sheet
        )
        opened = Opened(handle, reading, working, time.monotonic(), reading.rows(READ, batch.read), at=batch.read)
    except BaseException:
        handle.close()
        raise
    _opened[batch.pk] = opened
    while len(_opened) > OPEN:
        _opened.popitem(last=False)[1].close()
    return opened


def _hold(batch: Batch) -> BinaryIO | None:
    """Hold the file: one process of this machine at a time. Between machines the compare-and-swap decides."""
    if not batch.stored:
        return None
    try:
        handle = storage.path_of(batch.stored).open("rb")
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise Busy from None
    return handle


def _errand(batch: Batch) -> Errand:
    """With the rights that whoever handed it in has now."""
    return errand(data_sets()[batch.dataset], batch.provider, by=actor_from_ref(batch.by), on=batch.on)


def _close(batch: Batch) -> None:
    if opened := _opened.pop(batch.pk, None):
        opened.close()


def _count(batch: Batch, opened: Opened) -> bool:
    """Go through the whole file once: a file that stops half way is refused before any row of it is entered."""
    opened.counting = opened.counting or opened.reading.rows(COUNT)
    until = time.monotonic() + BUDGET
    for rows in opened.counting:
        opened.counted += len(rows)
        if time.monotonic() > until:
            return True
    opened.counting = None
    _move(
        batch,
        Stage.READING,
        stage=Stage.ENTERING,
        total=opened.counted,
        sheet=opened.reading.sheet[:120],
        columns=opened.reading.letters,
        faults=[fault.as_json() for fault in opened.reading.notes],
    )
    return True


def _enter(batch: Batch, opened: Opened, now: datetime) -> bool:
    """Judge and enter the next rows; after the last, finish."""
    rows = opened.take(opened.size)
    if rows is None:
        with transaction.atomic():
            _advance(batch, 0)
            finish(batch, now)
        _close(batch)
        return False
    piece = judge(batch, opened.work, rows)
    with transaction.atomic():
        start = time.monotonic()
        _advance(batch, len(rows))
        store(piece)
    took = time.monotonic() - start
    opened.size = int(min(MOST, max(LEAST, len(rows) * min(2.0, AIM / took))))
    return True


def _advance(batch: Batch, count: int) -> None:
    """Claim the next rows: whoever comes second writes nothing. First in the transaction, so that he waits here."""
    _move(batch, Stage.ENTERING, read=batch.read + count)


def _move(batch: Batch, from_stage: str, **change: object) -> None:
    """Move the batch on, if it stands where it was read."""
    if not Batch.objects.filter(pk=batch.pk, stage=from_stage, read=batch.read).update(**change):
        raise Overtaken
    for name, value in change.items():
        setattr(batch, name, value)


def store(piece: Piece) -> None:
    """Enter the piece, keep its rows, count them; in the transaction that has claimed them."""
    batch = piece.batch
    last = _last_entry() if batch.first_entry is None else 0
    settle(piece)
    for row in piece.rows:
        row.batch_id = batch.pk  # rows of one call were judged before their batch stood
    insert(piece.rows)
    for outcome, count in piece.counts().items():
        batch.counts[outcome] = batch.counts.get(outcome, 0) + count
    if batch.first_entry is None and piece.refs:
        found = Entry.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
        batch.first_entry = found.first()
    Batch.objects.filter(pk=batch.pk).update(counts=batch.counts, first_entry=batch.first_entry)


def _last_entry() -> int:
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def finish(batch: Batch, now: datetime) -> None:
    """Done: one entry says what was taken. In the transaction of the last piece."""
    (entry,) = ledger.append(
        [
            ledger.Draft(
                "batch.taken",
                batch.ref,
                batch.on,
                body=batch.provider.ref,
                public={
                    "number": batch.number,
                    "dataset": batch.dataset,
                    "digest": batch.digest,
                    "counts": {name: count for name, count in sorted(batch.counts.items()) if count},
                },
                internal={"by": batch.by, "channel": batch.channel},
            )
        ],
        at=now,
    )
    batch.stage, batch.finished, batch.taken, batch.last_entry = Stage.DONE, now, entry.pk, entry.pk
    batch.total = batch.read
    batch.first_entry = batch.first_entry or entry.pk
    batch.save(update_fields=["stage", "finished", "taken", "first_entry", "last_entry", "total", "faults"])


def _stop(batch: Batch, faults: list[Fault], now: datetime) -> bool:
    """Go no further. If nothing was entered yet the file is refused as a whole; else what was taken counts."""
    _close(batch)
    with transaction.atomic():
        try:
            _move(batch, batch.stage, faults=[*batch.faults, *(fault.as_json() for fault in faults)])
        except Overtaken:
            return True
        if batch.read:
            finish(batch, now)
        else:
            Batch.objects.filter(pk=batch.pk).update(stage=Stage.REFUSED, finished=now)
    return False
