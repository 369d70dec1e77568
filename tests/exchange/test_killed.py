"""Whatever is killed, wherever: what was handed in is worked to its end, and every row once."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from jiannuo.accounts.acting import actor_of
from jiannuo.accounts.models import User
from jiannuo.exchange import intake, jobs, storage
from jiannuo.exchange.actions import receiving
from jiannuo.exchange.models import Batch
from jiannuo.exchange.sweep import sweep
from jiannuo.ledger.models import Entry
from jiannuo.records.models import Record
from jiannuo.registry.models import Body
from jiannuo.tables.reading import sheets
from tests import make
from tests.exchange import plain
from tests.ledger.house import Killed

pytestmark = pytest.mark.usefixtures("offered")
COUNT = 40


class Town:
    """The town's city and registrar, found again in another process."""

    def __init__(self) -> None:
        self.city = Body.objects.get(name="云川市人民政府")
        self.registrar = actor_of(User.objects.get(username="registrar"))


def hand_in(data: bytes, **changes: Any) -> int:
    return plain.hand_in(Town(), data, **changes).pk  # type: ignore[arg-type]


def state() -> dict[str, Any]:
    """All that matters: what was entered, and what the batches say of it."""
    batches = list(Batch.objects.order_by("pk"))
    return {
        "records": Counter(Record.objects.values_list("document_number", flat=True)),
        "entries": Entry.objects.filter(verb="record.enter").count(),
        "stages": [batch.stage for batch in batches],
        "counts": [batch.counts for batch in batches],
        "rows": [Counter(batch.rows.values_list("outcome", flat=True)) for batch in batches],
        "taken": Entry.objects.filter(verb="batch.taken").count(),
        "read": [(batch.read, batch.total) for batch in batches],
    }


def is_whole(found: dict[str, Any], count: int = COUNT) -> bool:
    return (
        found["records"] == Counter({row["number"]: 1 for row in plain.rows(count)})
        and found["entries"] == count
        and found["stages"] == ["done"]
        and found["counts"] == [{"new": count}]
        and found["rows"] == [Counter({"new": count})]
        and found["read"] == [(count, count)]
        and found["taken"] == 1
    )


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def small_pieces() -> None:
    intake.MOST = intake.LEAST = intake.Opened.size = 8


def work_until_statement(number: int) -> int:
    """Work, and die before this statement; how many there are if it is never reached."""
    small_pieces()
    seen = 0

    def watch(execute: Any, *args: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == number:
            die()
        return execute(*args)

    with connection.execute_wrapper(watch):
        plain.work_all()
    return seen


@pytest.fixture
def waiting(house):
    """A house with the town, and a file that waits in it."""
    house.run(lambda: make.town() and None)
    house.run(hand_in, plain.as_csv(plain.rows(COUNT)))
    return house


def killed_at(house: Any, number: int) -> None:
    with contextlib.suppress(Killed):
        house.run(work_until_statement, number)
    house.run(plain.work_all)
    found = house.run(state)
    assert is_whole(found), (number, found)


@pytest.mark.parametrize("part", range(12))
def test_killed_at_some_statement_the_next_worker_goes_on(waiting, part):
    killed_at(waiting, 5 + part * 11)


@pytest.mark.slow
def test_killed_at_any_statement_the_next_worker_goes_on(waiting):
    backup = waiting.backup()
    total = waiting.run(work_until_statement, 0)
    assert total > 100
    for number in range(1, total + 1):
        waiting.restore(backup)
        killed_at(waiting, number)


def before(function: Any) -> Any:
    return lambda *args, **kwargs: die()


def after(function: Any) -> Any:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        function(*args, **kwargs)
        die()

    return wrapped


POINTS = {
    "while the file is opened": (intake, "read", before),
    "while it is counted": (sheets.Reading, "rows", before),
    "before a piece is judged": (intake, "judge", before),
    "after a piece is entered and before its rows are kept": (intake, "settle", after),
    "before the commit": (connection, "_commit", before),
    "after the commit": (connection, "_commit", after),
    "before it is finished": (intake, "finish", before),
    "after it is finished and before the commit": (intake, "finish", after),
}


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_point_that_matters(waiting, point):
    thing, name, how = POINTS[point]

    def killed() -> None:
        small_pieces()
        setattr(thing, name, how(getattr(thing, name)))
        plain.work_all()

    with pytest.raises(Killed):
        waiting.run(killed)
    waiting.run(plain.work_all)
    assert is_whole(waiting.run(state))


RECEIVING = {
    "while the file comes": (os, "fsync", before),
    "before it has its name": (Path, "rename", before),
    "after it has its name and before there is a batch": (receiving, "_queue", before),
}


@pytest.mark.parametrize("point", RECEIVING)
def test_killed_while_a_file_is_received_leaves_no_batch_and_nothing_that_stays(house, point):
    house.run(lambda: make.town() and None)
    thing, name, how = RECEIVING[point]

    def killed() -> None:
        setattr(thing, name, how(getattr(thing, name)))
        hand_in(plain.as_csv(plain.rows(3)))

    with pytest.raises(Killed):
        house.run(killed)
    assert house.run(Batch.objects.count) == 0
    left = list(storage.folder().iterdir())
    assert len(left) == 1
    os.utime(left[0], (time.time() - 2 * storage.DAY,) * 2)
    house.run(sweep, make.MONDAY, None)
    assert list(storage.folder().iterdir()) == []


def test_two_processes_never_work_one_row_twice(waiting):
    together = [waiting.start(work_shyly) for _ in range(3)]
    for one in together:
        one.join()
    waiting.run(plain.work_all)
    assert is_whole(waiting.run(state))


def work_shyly() -> None:
    """In small pieces, leaving the file after each, so that processes take turns in the middle of it."""
    small_pieces()
    for _piece in range(30):
        jobs.work(plain.NOW)
        intake.close_all()
        time.sleep(random.random() / 200)


def test_on_two_machines_the_database_decides(waiting, monkeypatch):
    """The lock on the file binds one machine; elsewhere it is another file."""
    monkeypatch.setattr("jiannuo.exchange.intake.fcntl", SimpleNamespace(flock=lambda *_: None, LOCK_EX=0, LOCK_NB=0))
    together = [waiting.start(work_boldly) for _ in range(3)]
    for one in together:
        one.join()
    waiting.run(plain.work_all)
    assert is_whole(waiting.run(state))


def work_boldly() -> None:
    small_pieces()
    plain.work_all()


def test_two_clerks_with_the_same_file_at_once_are_one_batch(house):
    house.run(lambda: make.town() and None)
    data = plain.as_csv(plain.rows(COUNT))
    together = [house.start(hand_in, data) for _ in range(4)]
    assert len({one.join() for one in together}) == 1
    house.run(plain.work_all)
    assert is_whole(house.run(state))
    assert len(list(storage.folder().iterdir())) == 1
