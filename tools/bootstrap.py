#!/usr/bin/env python3
"""Bring .venv in step with a lock, from nothing but Python 3.11 and pip. Only the standard library.

    python3 tools/bootstrap.py run     what the program needs        (locks/run.txt)
    python3 tools/bootstrap.py dev     and what its developers need  (locks/dev.txt, which holds all of run.txt)
    python3 tools/bootstrap.py bench  and the peers it is measured beside (locks/bench.txt, holding dev.txt)

uv does the work where it can be had, for it is ten times faster than pip; it lives in a folder of its own, so that the
lock stays the whole truth of .venv. Every package is held to its digest. A second run with the same lock does nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV, TOOLS, LOCKS = ROOT / ".venv", ROOT / ".venv-uv", ROOT / "locks"
STAMP = VENV / "in-step-with"
OLDEST = (3, 11)
WANTED = ("run", "dev", "bench")  # each holds all of the one before
LAUNCHER = """#!{python}
import sys
sys.path.insert(0, {root!r})
from jiannuo.__main__ import main
main()
"""


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted not in WANTED:
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        return _refuse(
            f"Python {found} is too old; Jiannuo needs 3.11 or newer. Name one with: make PYTHON=python3.12 run"
        )
    if _in_step(wanted):
        return 0
    print(f"Installing what locks/{wanted}.txt names …", flush=True)
    try:
        if not _with_uv(wanted):
            _with_pip(wanted)
    except subprocess.CalledProcessError as error:
        return _refuse(f"Installing failed (see above): {' '.join(map(str, error.cmd[:4]))} …")
    except _NoVenv:
        return _refuse(
            "This Python cannot make virtual environments. Install them with: apt-get install -y python3-venv"
        )
    launcher = VENV / "bin" / "jiannuo"
    launcher.write_text(LAUNCHER.format(python=VENV / "bin" / "python", root=str(ROOT)), "utf-8")
    launcher.chmod(0o755)
    STAMP.write_text(f"{wanted} {_digest(wanted)}\n", "utf-8")
    return 0


class _NoVenv(Exception):
    pass


def _digest(name: str) -> str:
    return hashlib.sha256((LOCKS / f"{name}.txt").read_bytes()).hexdigest()


def _in_step(wanted: str) -> bool:
    """Whether .venv holds the wanted lock, or a wider one."""
    if not (STAMP.exists() and (VENV / "bin" / "python").exists()):
        return False
    return STAMP.read_text("utf-8").strip() in {f"{name} {_digest(name)}" for name in WANTED[WANTED.index(wanted) :]}


def _with_uv(wanted: str) -> bool:
    """Sync by uv; False where uv cannot be had."""
    uv = TOOLS / "bin" / "uv"
    if not uv.exists():
        _make(TOOLS)
        pip = [TOOLS / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        got = subprocess.run([*pip, "--require-hashes", "-r", LOCKS / "uv.txt"], check=False)
        if got.returncode:
            shutil.rmtree(TOOLS, ignore_errors=True)
            return False
    if not (VENV / "bin" / "python").exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, "--clear", VENV], check=True)
    env = {**os.environ, "UV_NO_PROGRESS": "1"}
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", VENV / "bin" / "python"]
    subprocess.run([*sync, LOCKS / f"{wanted}.txt"], check=True, env=env)
    return True


def _with_pip(wanted: str) -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    _make(VENV)
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", LOCKS / f"{wanted}.txt"], check=True)


def _make(folder: Path) -> None:
    try:
        venv.create(folder, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, ImportError, OSError):
        shutil.rmtree(folder, ignore_errors=True)
        raise _NoVenv from None


def _refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
