"""How fast the public list of records is: 100 rows of 100 000, exact count: `python bench/portal.py [ROWS] [SECONDS]`.

Ours is served by granian as `make run` serves it (two processes, two threads each), Datasette by its own server (one
process, three threads that read), both from SQLite on the same rows, in turns, with the same filters in the same
order, a different one each time. No answer is kept on either side. In every request ours asks the ledger whether
anything changed, reads the 100 rows and renders the page. The total and the counts behind the filters come from a
table of counts (portal/cube.py), which is made anew after each change of the ledger: `count` says how long that takes.
Datasette counts in each request; it is asked once with its suggestions of facets and once without.

1 000 records walk by the real actions through all their steps; the rest are copies of these (bench/rows.py).
"""

from __future__ import annotations

import http.client
import random
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from rows import Served, settle

CLIENTS = 4
ROUNDS = 5
Filters = dict[str, str]


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 6.0
    with tempfile.TemporaryDirectory() as folder:
        path = settle(folder, rows)
        count_anew()
        flat = Path(folder) / "flat.sqlite3"
        asked = flatten(path, flat)
        compare(asked, flat, seconds)


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
