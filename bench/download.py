"""How long the list of 100 000 records takes as a CSV file: `python bench/download.py [ROWS] [ROUNDS]`.

Ours is GET /records/download.csv, served by granian with one process, so that its memory can be watched; Datasette
streams its table as CSV (`_stream=on`, no limit) with the same 18 columns, from the same rows, in turns. Ours also
looks up each body's name of the day of the decision, and keeps every text from being taken for a formula. Memory is
the greatest resident size of the server (VmHWM) above what it had after a list of one page, so imports do not count.
"""

from __future__ import annotations

import csv
import http.client
import io
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rows import Served, settle

COLUMNS = (
    "r.number, r.kind, r.source, r.severity, b.name AS body, r.title, r.finding, o.name AS organ, r.document_number,"
    " r.decided, r.served, r.loss, r.basis, r.effective, r.corrected, r.correction_note AS correction,"
    " p.starts AS shown_from, p.ends AS valid_until"
)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder:
        path = settle(folder, rows)
        flat = Path(folder) / "flat.sqlite3"
        with sqlite3.connect(flat) as db:
            db.execute("ATTACH ? AS house", (str(path),))
            db.execute(
                f"CREATE TABLE shown AS SELECT {COLUMNS} FROM house.records_record r"
                " JOIN house.records_publication p ON p.record_id = r.id"
                " JOIN house.registry_body b ON b.id = r.body_id JOIN house.registry_body o ON o.id = r.organ_id"
            )
        compare(flat, rows, rounds)


def compare(flat: Path, rows: int, rounds: int) -> None:
    granian = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", "2", "--log-level", "warning"]

    def datasette(port: int) -> list[str]:
        settings = ["--setting", "max_csv_mb", "0", "--setting", "default_cache_ttl", "0"]
        return ["datasette", "serve", str(flat), "-p", str(port), *settings]

    sides: dict[str, tuple[Callable[[int], list[str]], str, str]] = {
        "jiannuo": (
            lambda port: ["granian", "--port", str(port), *granian, "jiannuo.wsgi:application"],
            "/records/",
            "/records/download.csv",
        ),
        "datasette": (datasette, "/flat/shown?_size=100", "/flat/shown.csv?_stream=on&_size=max"),
    }
    took: dict[str, list[float]] = {name: [] for name in sides}
    grown: dict[str, list[float]] = {name: [] for name in sides}
    firsts: dict[str, list[float]] = {name: [] for name in sides}
    for _round in range(rounds):
        for name, (command, warm, path) in sides.items():
            server = Served(command)
            with server as port:
                get(port, warm)
                before = memory(server.process.pid)
                first, whole, content = get(port, path)
                grown[name].append(memory(server.process.pid) - before)
            took[name].append(whole)
            firsts[name].append(first)
            found = sum(1 for _row in csv.reader(io.StringIO(content.decode("utf-8-sig")))) - 1
            assert found >= rows, (name, found)
            size = len(content) / 1e6
            print(f"  {name:10} {whole:6.2f} s, {size:5.1f} MB, {found:,} rows", file=sys.stderr)
    ours = statistics.median(took["jiannuo"])
    for name, seconds in took.items():
        low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
        line = (
            f"{name:10} {low:5.2f} {middle:5.2f} {high:5.2f} s (min, median, max); first byte after "
            f"{statistics.median(firsts[name]):.2f} s; memory grew by at most {max(grown[name]):.0f} MiB"
        )
        print(line if name == "jiannuo" else f"{line}; ours is {middle / ours:.1f} times as fast")


def memory(pid: int) -> float:
    """Greatest resident size so far, in MiB, of a process and those below it."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    own = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    return own / 1024 + sum(memory(int(child)) for child in children)


def get(port: int, path: str) -> tuple[float, float, bytes]:
    """Seconds to the first byte of the body and to the last, and the body."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    start = time.perf_counter()
    line.request("GET", path)
    answer = line.getresponse()
    parts = [answer.read(1)]
    first = time.perf_counter() - start
    while part := answer.read(1 << 16):
        parts.append(part)
    whole = time.perf_counter() - start
    line.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return first, whole, b"".join(parts)


if __name__ == "__main__":
    main()
