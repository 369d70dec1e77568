#!/usr/bin/env python3
"""The whole proof: the suite on SQLite, the same on PostgreSQL, and the journeys in a headless browser, two at a time.

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
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import postgres

ROOT = Path(__file__).resolve().parent.parent
BROWSER = "apt-get install -y chromium fonts-noto-cjk"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The same on every database: rooms without tables, the words of the pages, the pages of the desk. That each address
# answers each role on PostgreSQL too is asked by tests/access.
PURE = ("tests/tables", "tests/tlog", "tests/rules", "tests/scoring", "tests/web/test_language.py", "tests/web/desk")
PAGES = "tests/web"
AT_ONCE = 2  # each keeps a core busy, and a browser keeps another


@dataclass(frozen=True)
class Part:
    """One run of pytest; `env` is what it sees beside ours."""

    name: str
    arguments: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


def main() -> int:
    arguments = [one for one in sys.argv[1:] if one != "--all"]
    if "--all" in sys.argv[1:]:
        arguments.append("--run-slow")
    skipped: list[str] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jiannuo-test-") as folder, contextlib.ExitStack() as stack:
        parts = [Part("the suite on SQLite", ["-m", "not browser", *arguments])]
        try:
            parts.append(_on(stack.enter_context(postgres.cluster()), arguments))
        except postgres.NoServer as error:
            skipped.append(f"the suite on PostgreSQL: {error}")
        if any(shutil.which(name) for name in BROWSERS):
            parts += _in_browser(arguments)
        else:
            skipped.append(f"the journeys in a browser: there is no Chromium. Install it with: {BROWSER}")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = [pool.submit(_run, part, Path(folder), place) for place, part in enumerate(parts)]
            failed = [part.name for part, future in zip(parts, done, strict=True) if future.result()]
    print(f"== {time.monotonic() - began:.0f} s")
    for line in skipped:
        print(f"skipped: {line}")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _on(cluster: postgres.Cluster, arguments: Sequence[str]) -> Part:
    env = {"DATABASE_URL": cluster.url, "JIANNUO_TEST_CLUSTER": str(cluster.data)}
    ignored = [f"--ignore={room}" for room in PURE]
    return Part("the suite on PostgreSQL", ["-m", "not browser", *ignored, *arguments], env)


def _in_browser(arguments: Sequence[str]) -> list[Part]:
    """In two halves, so that both cores have work to the end; in one where the caller chose what to run."""
    if any(not one.startswith("-") for one in arguments):
        return [Part("the browser", ["-m", "browser", *arguments])]
    halves = {"pages in a browser": PAGES, "journeys in a browser": f"--ignore={PAGES}"}
    return [Part(name, ["-m", "browser", *arguments, half]) for name, half in halves.items()]


def _run(part: Part, folder: Path, place: int) -> int:
    """Its status, 0 if all is well. What it says goes to the screen, or is kept until it has ended so as not to mix."""
    var = folder / f"part{place}"
    var.mkdir()
    command = [sys.executable, "-m", "pytest", "-q", "-o", f"cache_dir={var / 'cache'}", *part.arguments]
    env = {**os.environ, "JIANNUO_VAR": str(var), **part.env}
    if place == 0:
        print(f"== {part.name}", flush=True)
        return _bad(subprocess.run(command, cwd=ROOT, env=env, check=False).returncode)
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(f"\n== {part.name}\n{done.stdout.decode('utf-8', 'replace')}", flush=True)
    return _bad(done.returncode)


def _bad(status: int) -> int:
    """pytest's 5 means that no test was chosen, as when only a folder without journeys is named."""
    return 0 if status == 5 else status


if __name__ == "__main__":
    sys.exit(main())
