#!/usr/bin/env python3
"""A temporary PostgreSQL cluster of the distribution's server, for tests. Only the standard library.

`python tools/postgres.py COMMAND…` runs a command with DATABASE_URL set to it; `cluster()` does the same from Python.
It listens on loopback alone, lives in a temporary folder, and is gone afterwards.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INSTALL = "apt-get install -y postgresql"
# A test's cluster need not outlive a power cut; what is written is still written.
OPTIONS = ("fsync=off", "synchronous_commit=off", "wal_recycle=off", "shared_buffers=128MB", "max_connections=60")


class NoServer(Exception):
    """PostgreSQL's server is not installed; the message names the one command that installs it."""


@dataclass(frozen=True)
class Cluster:
    url: str
    data: Path
    bin: Path


def binaries() -> Path:
    """The folder with initdb and pg_ctl, newest version first. Raises NoServer."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    if found := shutil.which("initdb"):
        places.append(Path(found).resolve().parent)
    for place in places:
        if (place / "initdb").exists() and (place / "pg_ctl").exists():
            return place
    raise NoServer(f"PostgreSQL's server is not installed. Install it with: {INSTALL}")


@contextlib.contextmanager
def cluster(name: str = "jiannuo", options: tuple[str, ...] = ()) -> Iterator[Cluster]:
    """Start a cluster with one empty database; stop and remove it at the end."""
    place = binaries()
    folder = Path(tempfile.mkdtemp(prefix="jiannuo-pg-"))
    data = folder / "data"
    before: list[str] = []
    if os.geteuid() == 0:  # initdb refuses root
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        before = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    folder.chmod(0o700)

    def run(*arguments: object) -> None:
        subprocess.run([*before, *map(str, arguments)], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    port = _free_port()
    started = False
    try:
        run(place / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        flags = " ".join(f"-c {option}" for option in (*OPTIONS, *options))
        where = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -p {port}"
        run(place / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log", "-o", f"{where} {flags}", "start")
        started = True
        run(place / "createdb", "-h", "127.0.0.1", "-p", port, "-U", "postgres", name)
        yield Cluster(f"postgres://postgres@127.0.0.1:{port}/{name}", data, place)
    finally:
        if started:
            run(place / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    try:
        with cluster() as running:
            env = {**os.environ, "DATABASE_URL": running.url, "JIANNUO_TEST_CLUSTER": str(running.data)}
            return subprocess.run(sys.argv[1:], env=env, check=False).returncode
    except NoServer as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
