"""Run every bench and keep what it printed in bench/RESULTS.md, with the machine in words: `make bench`."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHES = {
    "tlog.py": "The log's arithmetic, in memory",
    "ledger.py": "The ledger on a database, durable",
    "portal.py": "The public list of records",
    "download.py": "The list of records as a file",
    "tables.py": "A table read and checked",
    "names.py": "Names of bodies as people write them",
    "intake.py": "A workbook entered while people write",
    "scoring.py": "Composite indices",
}
HEAD = """# What was measured

Made by `make bench`; each bench says in its own words what it includes. One run on one machine: read the ratios,
not the times.

Machine: {machine}. Day: {day}.
"""


def machine() -> str:
    """The machine in words: processors, memory, kernel, Python, SQLite."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    names = {"model name": ""}
    cpuinfo = Path("/proc/cpuinfo")
    for line in cpuinfo.read_text("utf-8").splitlines() if cpuinfo.exists() else ():
        key, _, value = line.partition(":")
        if key.strip() in names:
            names[key.strip()] = value.strip()
    return (
        f"{os.cpu_count()} cores ({names['model name'] or platform.machine()}), {memory:.0f} GiB of memory, "
        f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def main() -> int:
    parts = [HEAD.format(machine=machine(), day=date.today().isoformat())]
    failed = 0
    for name, title in BENCHES.items():
        print(f"== {title}", flush=True)
        done = subprocess.run(
            [sys.executable, HERE / name], cwd=HERE.parent, check=False, capture_output=True, text=True
        )
        print(done.stdout, done.stderr, sep="", flush=True)
        failed |= done.returncode
        said = (HERE / name).read_text("utf-8").split('"""')[1].strip()
        parts.append(f"## {title}\n\n{said}\n\n```\n{done.stdout.strip()}\n```\n")
    (HERE / "RESULTS.md").write_text("\n".join(parts), "utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
