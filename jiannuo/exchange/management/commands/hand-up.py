"""`jiannuo hand-up --as SET --period 2026-10 --by USER`: hand a package up to the next level, and say how it stands.

Run as whoever runs the worker: the package is signed with the log's key. Exit 0: both sides hold the same; 1: something
differs, and which keys; 2: not done, and why.
"""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from jiannuo.accounts.acting import actor_of
from jiannuo.accounts.models import User
from jiannuo.exchange import handing_up
from jiannuo.exchange.actions import handover as actions
from jiannuo.exchange.models import Handover, Partner
from jiannuo.exchange.reporting import period_named
from jiannuo.lifecycle.refused import Refused

WAIT = 120  # seconds in which the other side's log signs its receipts
EQUAL, DIFFERS, NOT_DONE = 0, 1, 2


class Command(BaseCommand):
    help = "Hand the rows of a period up to the next level: signed, receipted, compared on both sides."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as", dest="dataset", required=True, help="name of the data set")
        parser.add_argument("--period", required=True, help="2026-10, 2026-Q4 or 2026")
        parser.add_argument("--by", required=True, help="user name of a registrar or the head of the office")
        parser.add_argument("--to", default="", help="name of the upper level's log, where there are several")

    def handle(self, *args: Any, dataset: str, period: str, by: str, to: str, **options: Any) -> None:
        user = User.objects.filter(username=by, is_active=True).first()
        above = Partner.objects.filter(side=Partner.Side.UPPER, until=None)
        above = above.filter(origin=to) if to else above
        if user is None:
            raise CommandError(f"no such user: {by}")
        if above.count() != 1:
            known = ", ".join(above.values_list("origin", flat=True)) or "none; the administrator registers one"
            raise CommandError(f"name one upper level with --to; registered: {known}")
        today = timezone.localdate()
        try:
            package = actions.hand_up(above.get(), dataset, period_named(period), by=actor_of(user), on=today)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        until = time.monotonic() + WAIT
        while package.stage in handing_up.RUNNING and time.monotonic() < until:
            handing_up.step(package, timezone.now())
            if package.fault or package.again is not None:
                time.sleep(2)
        self._tell(package)
        if package.stage != Handover.Stage.DONE:
            raise SystemExit(NOT_DONE)
        raise SystemExit(EQUAL if package.is_equal else DIFFERS)

    def _tell(self, package: Handover) -> None:
        line = f"{package.rows} rows, {len(package.taken)} parts taken, {len(package.receipts)} receipts"
        self.stdout.write(f"{package.get_stage_display()}: {line}")
        if package.fault:
            self.stdout.write(package.fault)
        for sort, found in (package.differences or {}).items():
            for key in found:
                self.stdout.write(f"{sort} {key}")
