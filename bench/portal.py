"""How fast the public list of records is: 100 rows of 100 000, exact count: `python bench/portal.py [ROWS] [SECONDS]`.

Ours is served by granian as `make run` serves it (two processes, two threads each), Datasette by its own server (one
process, three threads that read), both from SQLite on the same rows, in turns, with the same filters in the same
order, a different one each time. No answer is kept on either side. In every request ours asks the ledger whether
anything changed, reads the 100 rows and renders the page. The total and the counts behind the filters come from a
table of counts (portal/cube.py), which is made anew after each change of the ledger: `count` says how long that takes.
Datasette counts in each request; it is asked once with its suggestions of facets and once without.

WALKED records walk by the real actions through all their steps. Walking 100 000 takes most of an hour, so the rest are
copies of these, made by SQL in the scratch database, each with a number, a body and a day of its own.
"""

from __future__ import annotations

import http.client
import os
import platform
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

WALKED = 1_000
CLIENTS = 4
ROUNDS = 5
Filters = dict[str, str]
COUNTIES = 6


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 6.0
    with tempfile.TemporaryDirectory() as folder:
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
        copy(Path(folder) / "jiannuo.sqlite3", rows)
        count_anew()
        flat = Path(folder) / "flat.sqlite3"
        asked = flatten(Path(folder) / "jiannuo.sqlite3", flat)
        compare(asked, flat, seconds)


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


def count_anew() -> None:
    """How long the table of counts takes that is made once after each change of the ledger."""
    from django.utils import timezone

    from jiannuo.records.models import Record
    from jiannuo.web.portal import cube

    start = time.perf_counter()
    counts = cube.showing(timezone.localdate())
    took = time.perf_counter() - start
    shown = Record.objects.showing(timezone.localdate()).count()
    assert counts.total({}) == shown, (counts.total({}), shown)
    print(f"count      {shown:9,} records show, in {len(counts.cells)} cells, counted anew in {took:.2f} s")


def flatten(path: Path, flat: Path) -> list[tuple[Filters, Filters]]:
    """The same rows as one indexed table for Datasette; and the filters to ask both for, as theirs and ours."""
    with sqlite3.connect(flat) as db:
        db.execute("ATTACH ? AS house", (str(path),))
        db.execute(
            "CREATE TABLE shown AS SELECT r.id, r.slug, r.title, r.number, r.kind, r.source, r.severity, r.effective,"
            " substr(r.effective, 1, 4) AS year, b.name AS body, p.ends,"
            " CASE d.level WHEN 'county' THEN cast(d.id AS TEXT) ELSE 'city' END AS county"
            " FROM house.records_record r JOIN house.records_publication p ON p.record_id = r.id"
            " JOIN house.registry_body b ON b.id = r.body_id JOIN house.registry_division d ON d.id = b.division_id"
        )
        for column in ("kind", "source", "severity", "county", "year", "effective"):
            db.execute(f"CREATE INDEX by_{column} ON shown ({column})")
        db.execute("ANALYZE")
        values = {
            name: [value for (value,) in db.execute(f"SELECT DISTINCT {name} FROM shown WHERE {name} <> ''")]
            for name in ("kind", "severity", "county", "year")
        }
    chance = random.Random(5)
    asked: list[tuple[Filters, Filters]] = []
    for _ in range(400):
        chosen = {name: chance.choice(values[name]) for name in values if chance.random() < 0.35}
        asked.append((chosen, {**chosen, "_size": "100", "_sort_desc": "effective"}))
    return asked


def compare(asked: list[tuple[Filters, Filters]], flat: Path, seconds: float) -> None:
    """Rounds in turn, so that a slow minute of the machine falls on all alike."""
    granian = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "2", "--log-level", "warning"]
    mine = [f"/records/?{urlencode(ours)}" for ours, _theirs in asked]
    other = [f"/flat/shown?{urlencode(theirs)}" for _ours, theirs in asked]

    def datasette(suggest: str) -> Callable[[int], list[str]]:
        setting = ["--setting", "suggest_facets", suggest, "--setting", "default_cache_ttl", "0"]
        return lambda port: ["datasette", "serve", str(flat), "-p", str(port), *setting]

    sides: dict[str, tuple[Callable[[int], list[str]], list[str]]] = {
        "jiannuo": (lambda port: ["granian", "--port", str(port), *granian, "jiannuo.wsgi:application"], mine),
        "datasette without suggestions": (datasette("off"), other),
        "datasette with suggestions": (datasette("on"), other),
    }
    rates: dict[str, list[float]] = {name: [] for name in sides}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _round in range(ROUNDS):
        for name, (command, paths) in sides.items():
            with Served(command) as port:
                load(port, paths, 1.0)  # warm: imports, first templates, the table of counts
                rate, took = load(port, paths, seconds)
            rates[name].append(rate)
            times[name] += took
    for name, found in rates.items():
        low, middle, high = min(found), statistics.median(found), max(found)
        p99 = statistics.quantiles(times[name], n=100)[98] * 1000
        line = f"{name:30} {low:6.1f} {middle:6.1f} {high:6.1f} requests/s (min, median, max); 99 % within {p99:.0f} ms"
        if name != "jiannuo":
            line += f"; ours is {statistics.median(rates['jiannuo']) / middle:.1f} times as fast"
        print(line)


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


def load(port: int, paths: list[str], seconds: float) -> tuple[float, list[float]]:
    """Requests a second that CLIENTS get together on open connections, and the seconds that each answer took."""
    took: list[float] = []
    faults: list[Exception] = []
    until = time.perf_counter() + seconds

    def ask(turn: Iterator[str]) -> None:
        try:
            ask_all(turn)
        except Exception as error:  # told by the thread that waits for all
            faults.append(error)

    def ask_all(turn: Iterator[str]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for path in turn:
            start = time.perf_counter()
            if start >= until:
                break
            line.request("GET", path)
            answer = line.getresponse()
            body = answer.read()
            if answer.status != 200 or len(body) < 2_000:
                raise RuntimeError(f"{path}: {answer.status}, {len(body)} bytes")
            took.append(time.perf_counter() - start)
        line.close()

    def forever(first: int) -> Iterator[str]:
        while True:
            yield from paths[first:]
            first = 0

    start = time.perf_counter()
    clients = [
        threading.Thread(target=ask, args=(forever(n * len(paths) // CLIENTS),), daemon=True) for n in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if faults:
        raise faults[0]
    return len(took) / (time.perf_counter() - start), took


if __name__ == "__main__":
    main()
