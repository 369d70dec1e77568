"""The worker: sequencing, the tick, the outbox, and the rooms' long work, in one loop."""

from __future__ import annotations

import signal
import threading
import time
from datetime import date

import structlog
from django.db import close_old_connections
from django.utils import timezone

from jiannuo.ledger import erasing, keys, sequencer
from jiannuo.notices import actions as notices

from . import comparing, sweeping
from .rooms import offers

log = structlog.get_logger(__name__)
PAUSE = 2.0  # seconds between rounds; open entries are in the log within a minute (DESIGN §3)


class Worker:
    """Runs rounds until told to stop. Nothing it does decides anything: stopped for days, it only writes down later."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._ticked: date | None = None

    def stop(self, *_signal: object) -> None:
        self.stopping.set()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self.stopping.is_set():
            try:
                self.round()
            except (sequencer.LogAhead, keys.KeyProblem) as error:
                # No second history: the log stands still until a person decides, the site goes on.
                log.error("log.refused", reason=str(error))
                self.stopping.wait(30)
            except Exception:
                log.exception("worker.round")
                self.stopping.wait(5)
            if not self.long_work():
                self.stopping.wait(PAUSE)
            close_old_connections()

    def long_work(self) -> bool:
        """The rooms' long work, piece by piece, for as long as the pause between two rounds; whether there is more.

        Whatever breaks in it must not hold the log up: it is noted, and tried again after the pause.
        """
        until = time.monotonic() + PAUSE
        more = False
        for room in offers("jobs"):
            try:
                while more := room.work(timezone.now()):
                    if self.stopping.is_set() or time.monotonic() > until:
                        return True
            except Exception:
                log.exception("worker.long_work", room=room.__name__)
        return more

    def round(self) -> None:
        """One round: the daily tick when the day is new, the sequencer, the outbox, the files after an erasure."""
        now = timezone.now()
        today = timezone.localdate(now)
        if self._ticked != today:
            sweeping.daily(today)
            sequencer.sequence_quiet(now, before=today)
            sequencer.sequence(now)
            comparing.nightly(now, on=today)
            self._ticked = today
        if sequencer.sequence(now):
            sweeping.sweep(today, refs=())
        notices.send_waiting(now)
        erasing.rewrite()
