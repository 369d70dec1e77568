#!/usr/bin/env python3
"""The whole proof: the suite on SQLite, then the journeys in a headless browser; beside both the suite on PostgreSQL.

What no database can change is not run on PostgreSQL once more.

What is missing on this machine is named with the one command that installs it, and what was skipped for it.
`--all` runs what is slow too. Further arguments go to pytest: `python tools/test.py tests/tlog`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import postgres

ROOT = Path(__file__).resolve().parent.parent
BROWSER = "apt-get install -y chromium fonts-noto-cjk"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The same on every database: rooms without tables, the words of the pages, which button a state shows to whom.
PURE = (
    "tests/tables",
    "tests/tlog",
    "tests/rules",
    "tests/scoring",
    "tests/web/test_language.py",
    "tests/web/desk/test_record_buttons.py",
)


def main() -> int:
    arguments = [one for one in sys.argv[1:] if one != "--all"]
    if "--all" in sys.argv[1:]:
        arguments.append("--run-slow")
    skipped: list[str] = []
    failed: list[str] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jiannuo-test-") as folder, contextlib.ExitStack() as stack:
        other = None
        try:
            other = _start_on(stack.enter_context(postgres.cluster()), Path(folder), arguments)
        except postgres.NoServer as error:
            skipped.append(f"the suite on PostgreSQL: {error}")
        print("== The suite on SQLite", flush=True)
        if _pytest(["-m", "not browser", *arguments], Path(folder) / "sqlite"):
            failed.append("SQLite")
        print("== Journeys in a browser", flush=True)
        if any(shutil.which(name) for name in BROWSERS):
            if _pytest(["-m", "browser", *arguments], Path(folder) / "browser"):
                failed.append("browser")
        else:
            skipped.append(f"the journeys in a browser: there is no Chromium. Install it with: {BROWSER}")
        if other is not None:
            process, log = other
            status = _bad(process.wait())
            print("== The suite on PostgreSQL", log.read_text("utf-8", errors="replace"), sep="\n", flush=True)
            if status:
                failed.append("PostgreSQL")
    print(f"== {time.monotonic() - began:.0f} s")
    for line in skipped:
        print(f"skipped: {line}")
    if failed:
        print(f"failed on: {', '.join(failed)}")
    return 1 if failed else 0


def _start_on(cluster: postgres.Cluster, folder: Path, arguments: list[str]) -> tuple[subprocess.Popen[bytes], Path]:
    """The suite on this cluster, in the background; its output goes to a file, so that two do not mix on the screen."""
    log = folder / "postgresql.log"
    more = {"DATABASE_URL": cluster.url, "JIANNUO_TEST_CLUSTER": str(cluster.data)}
    chosen = ["-m", "not browser", *(f"--ignore={room}" for room in PURE), *arguments]
    command, env = _command(chosen, folder / "postgresql", more)
    with log.open("wb") as file:
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=file, stderr=subprocess.STDOUT), log


def _command(arguments: list[str], var: Path, more: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    var.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "JIANNUO_VAR": str(var), **more}
    cache = ["-o", f"cache_dir={var / 'cache'}"]
    return [sys.executable, "-m", "pytest", "-q", *cache, *arguments], env


def _pytest(arguments: list[str], var: Path) -> int:
    command, env = _command(arguments, var, {})
    return _bad(subprocess.run(command, cwd=ROOT, env=env, check=False).returncode)


def _bad(status: int) -> int:
    """pytest's 5 means that no test was chosen, as when only a folder without journeys is named."""
    return 0 if status == 5 else status


if __name__ == "__main__":
    sys.exit(main())
