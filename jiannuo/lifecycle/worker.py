"""The worker: sequencing, the tick, and the outbox, in one loop."""

from __future__ import annotations

import signal
import threading
from datetime import date

import structlog
from django.db import close_old_connections
from django.utils import timezone

from jiannuo.ledger import erasing, keys, sequencer
from jiannuo.notices import actions as notices

from . import comparing, sweeping

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
            close_old_connections()
            self.stopping.wait(PAUSE)

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
