"""100 000 published records for the benches that read them: walked by the real actions, then multiplied by SQL.

WALKED records walk by the real actions through all their steps. Walking 100 000 takes most of an hour, so the rest are
copies of these, made by SQL in the scratch database, each with a number, a body and a day of its own.
"""

from __future__ import annotations

import os
import platform
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

WALKED = 1_000
COUNTIES = 6


def settle(folder: str, rows: int) -> Path:
    """A migrated scratch database in this folder with so many records in publicity; Django is set up for it."""
    os.environ.update(JIANNUO_VAR=folder, JIANNUO_TRIAL="yes", DJANGO_SETTINGS_MODULE="jiannuo.settings")
    os.environ["DATABASE_URL"] = f"sqlite:///{folder}/jiannuo.sqlite3"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    print(machine())
    start = time.perf_counter()
    walk(WALKED)
    print(f"walked     {WALKED:9,} records by the real actions in {time.perf_counter() - start:.0f} s")
    path = Path(folder) / "jiannuo.sqlite3"
    copy(path, rows)
    return path


def machine() -> str:
    """This machine in words."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{os.cpu_count()} cores of {model}{busy}; Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def walk(number: int) -> None:
    """A town of 47 bodies in six counties, and records about them, from draft to published, fifty to a day."""
    from django.db import transaction
    from django.utils import timezone

    from jiannuo.ledger import sequencer
    from jiannuo.lifecycle.actor import SYSTEM
    from jiannuo.records import actions as records
    from jiannuo.registry import actions as registry
    from jiannuo.rules import book
    from tests import make

    town, by, since = make.town(), SYSTEM, make.FOUNDING
    new = [
        registry.NewDivision(f"9901{n:02}", f"县{n}", "county", parent="9901", source="demo")
        for n in range(3, COUNTIES + 2)
    ]
    counties = [town.county.division, *registry.add_divisions(new, by=by, on=since)]
    under: dict[str, Any] = {"parent": town.city, "evaluable_by": town.city, "evaluable_basis": make.BASIS}
    places = [*counties, town.city.division]
    bodies = registry.found(
        [
            registry.NewBody(f"云川市第{n}局", "department", places[n % len(places)], founded=since, **under)
            for n in range(42)
        ],
        by=by,
        on=since,
    )
    chance, today, term = random.Random(3), timezone.localdate(), book().terms["record.statement"]
    for _day in range(0, number, 50):
        on = book().calendar.next_workday(today - timedelta(days=chance.randrange(20, 330)))
        rows = [_row(town, chance, bodies, on) for _ in range(50)]
        with transaction.atomic():
            made = records.check(records.enter(rows, by=town.registrar, on=on), by=town.reviewer, on=on)
            later = term.deadline(on).last_day + timedelta(days=1)
            for record in made:
                if record.kind == "dishonesty":
                    record = records.notify(record, served=on, method="direct", by=town.registrar, on=on)
                record = records.effect(record, by=town.head, on=later)
                make.publish(town, record, on=later)
    sequencer.sequence(timezone.now())


def _row(town: Any, chance: random.Random, bodies: Any, on: Any) -> Any:
    from tests import make

    changes: dict[str, Any] = {"decided": on, "served": on, "body": chance.choice(bodies)}
    if chance.random() < 0.3:
        changes |= {"kind": "honour", "source": "COMMENDATION", "loss": None, "impact": "none", "title": "受到表彰"}
    elif chance.random() < 0.2:
        changes |= {"loss": Decimal("12000000.00"), "impact": "wide"}
    return make.row(town, **changes)


def copy(path: Path, rows: int) -> None:
    """Multiply what was walked, so that `rows` records show today; asks the database afterwards, not itself."""
    with sqlite3.connect(path) as db:
        bodies = [pk for (pk,) in db.execute("SELECT id FROM registry_body WHERE kind = 'department' AND id > 5")]
        db.execute("CREATE TEMP TABLE heir (n INTEGER, body INTEGER)")
        db.executemany("INSERT INTO heir VALUES (?, ?)", enumerate(bodies))
        walked = db.execute("SELECT max(id) FROM records_record").fetchone()[0]
        for table, changed in {
            "records_record": {
                "id": "t.id + :n * :walked",
                "number": "'云信录〔2026〕' || (t.id + :n * :walked) || ' 号'",
                "slug": "'2026-' || (t.id + :n * :walked)",
                "document_number": "'云政认〔2026〕B' || (t.id + :n * :walked) || ' 号'",
                "body_id": f"(SELECT body FROM heir WHERE n = (t.id * 7 + :n) % {len(bodies)})",
                "effective": "date(t.effective, '-' || (:n % 15) || ' days')",
            },
            "records_publication": {"id": "t.id + :n * :walked", "record_id": "t.record_id + :n * :walked"},
        }.items():
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            wanted = ", ".join(changed.get(name, f"t.{name}") for name in columns)
            names = ", ".join(columns)
            for n in range(1, -(-rows // walked)):
                db.execute(
                    f"INSERT INTO {table} ({names}) SELECT {wanted} FROM {table} t WHERE t.id <= :walked",
                    {"n": n, "walked": walked},
                )
        db.execute("ANALYZE")


class Served:
    """A server of its own on a free port of loopback, ended with the block."""

    def __init__(self, command: Callable[[int], list[str]]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.command = [sys.executable, "-m", *command(self.port)]

    def __enter__(self) -> int:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(self.command, cwd=ROOT, **quiet)  # type: ignore[call-overload]
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self.port
        raise TimeoutError(self.command)

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(20)
