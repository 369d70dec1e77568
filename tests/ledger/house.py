"""A database of its own on the disk, and processes that come and go in it: what a test's one transaction cannot show.

Each process is forked from the test's own, so it costs nothing to start, may be killed at any point, and hands back
what its function returns. On SQLite a house is a copy of a migrated file; on PostgreSQL a database made of a template.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pickle
import shutil
import signal
import tempfile
import traceback
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

VENDOR = connection.vendor
NUMBERS = count()

sqlite_only = pytest.mark.skipif(VENDOR != "sqlite", reason="about the files of SQLite")
postgres_only = pytest.mark.skipif(VENDOR != "postgresql", reason="about PostgreSQL; runs when DATABASE_URL names one")


class Killed(Exception):
    """The process was ended by signal 9 at the point that the test had set."""


@dataclass
class Child:
    """A running process and the pipe on which its result comes."""

    pid: int
    pipe: int

    def join(self) -> Any:
        """Wait for it; its result, or Killed, or an AssertionError with its traceback."""
        with os.fdopen(self.pipe, "rb") as file:
            sent = file.read()
        _pid, status = os.waitpid(self.pid, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            raise Killed
        what, value = pickle.loads(sent)
        if what == "raised":
            raise AssertionError(value)
        return value


@dataclass
class House:
    """name: the file of the database, or its name on the server."""

    name: str
    backups: list[str] = field(default_factory=list)

    def start(self, work: Any, *args: Any, **kwargs: Any) -> Child:
        """Run a function in a process of its own, with its own connection to this house."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            return Child(pid, reading)
        os.close(reading)
        try:
            move_in(self.name)
            result = ("returned", work(*args, **kwargs))
            connection.close()
        except BaseException:
            result = ("raised", traceback.format_exc())
        with os.fdopen(writing, "wb") as file:
            file.write(pickle.dumps(result))
        os._exit(0)

    def run(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        return self.start(work, *args, **kwargs).join()

    # Backups as an operator makes them: of the database alone, never of the log's folder (docs/operations.md).

    def backup(self) -> str:
        copy = f"{self.name}_backup{next(NUMBERS)}"
        _copy(self.name, copy)
        self.backups.append(copy)
        return copy

    def restore(self, copy: str) -> None:
        _remove(self.name)
        _copy(copy, self.name)

    def destroy_backups(self) -> None:
        while self.backups:
            _remove(self.backups.pop())

    def remove(self) -> None:
        self.destroy_backups()
        _remove(self.name)


def move_in(name: str) -> None:
    """Point this process at the house. The connection it was forked with stays the parent's."""
    connection.connection = None
    connection.settings_dict["NAME"] = name
    connection.settings_dict["CONN_MAX_AGE"] = None
    connection.in_atomic_block = False
    connection.savepoint_ids.clear()
    connection.run_on_commit.clear()
    connection.needs_rollback = False
    connection.closed_in_transaction = False


@functools.cache
def _template() -> House:
    """A migrated, empty house, made once; all others are copies of it."""
    if VENDOR == "sqlite":
        name = f"{tempfile.mkdtemp(prefix='jiannuo-house-')}/template.sqlite3"
    else:
        name = f"jiannuo_house_{os.getpid()}"
        _sql(f'CREATE DATABASE "{name}"')
    made = House(name)
    made.run(call_command, "migrate", verbosity=0)
    return made


def _copy(source: str, target: str) -> None:
    if VENDOR == "sqlite":
        assert not Path(f"{source}-wal").exists() or not Path(f"{source}-wal").stat().st_size
        shutil.copy(source, target)
    else:
        _sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def _remove(name: str) -> None:
    if VENDOR == "sqlite":
        for file in Path(name).parent.glob(f"{Path(name).name}*"):
            if "_backup" in Path(name).name or "_backup" not in file.name:
                file.unlink()
    else:
        _sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _sql(statement: str) -> None:
    database = settings.DATABASES["default"]
    where = {"host": database["HOST"], "port": database["PORT"] or None, "user": database["USER"]}
    with psycopg.connect(dbname="postgres", password=database["PASSWORD"], autocommit=True, **where) as server:
        server.execute(statement)


@pytest.fixture
def house(tmp_path, django_db_blocker):
    """A migrated, empty database on the disk."""
    with django_db_blocker.unblock():
        name = str(tmp_path / "house.sqlite3") if VENDOR == "sqlite" else f"house_{os.getpid()}_{next(NUMBERS)}"
        _copy(_template().name, name)
        made = House(name)
        yield made
        made.remove()


@contextlib.contextmanager
def replaced(thing: Any, name: str, value: Any) -> Any:
    """Exchange an attribute for a while, in a forked process where no fixture reaches."""
    before = getattr(thing, name)
    setattr(thing, name, value)
    try:
        yield before
    finally:
        setattr(thing, name, before)
