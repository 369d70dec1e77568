"""A late commit, two sequencers at once, kill -9 at every step: no leaf lost, none twice, no second history."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

import pytest
from django.db import connection, transaction
from django.db.models import Max

from jiannuo.ledger import sequencer, withdrawn
from jiannuo.ledger.actions import append
from jiannuo.ledger.models import Checkpoint, Entry, Tile
from jiannuo.tlog import checkpoint, tiles
from tests.ledger import story
from tests.ledger.house import VENDOR, Killed, postgres_only, sqlite_only

FORKED = multiprocessing.get_context("fork")


def holds(state, entries):
    """All these entries have a leaf, each once, under one history."""
    assert state["faults"] == []
    assert state["waiting"] == 0
    assert len(state["subjects"]) == entries
    assert state["leaves"] == list(range(entries))
    assert state["witnessed"] == state["checkpoints"]
    return True


def test_entries_get_leaves_in_order_and_a_checkpoint_for_each_batch(house):
    house.run(story.enter, 0, 600, each=200)
    assert house.run(story.sequence) == 600
    state = house.run(story.state)
    assert holds(state, 600)
    assert [text.split("\n")[1] for text in state["checkpoints"]] == ["256", "512", "600"]


@postgres_only
def test_a_late_commit_is_sequenced_although_later_ids_have_their_leaves(house):
    """Two numbers are given out and held back in an open transaction; what came after them is sequenced first."""
    given, go_on = FORKED.Event(), FORKED.Event()

    def hold_back():
        with transaction.atomic():
            append([story.draft(0), story.draft(1)])
            given.set()
            assert go_on.wait(60)

    late = house.start(hold_back)
    assert given.wait(60)
    house.run(story.enter, 2, 8, each=2)
    assert house.run(story.sequence) == 6
    go_on.set()
    late.join()
    assert house.run(story.sequence) == 2
    assert holds(house.run(story.state), 8)
    first, second, *others = sorted(house.run(ids_by_leaf))
    assert house.run(ids_by_leaf) == [*others, first, second]


@postgres_only
def test_eight_writers_and_a_sequencer_that_never_rests(house):
    """Whatever the order in which they commit, which is the machine's to choose."""

    def write(number):
        for turn in range(12):
            with transaction.atomic():
                append([story.draft(number * 1000 + turn * 2), story.draft(number * 1000 + turn * 2 + 1)])
                time.sleep((number * 7 + turn * 3) % 5 / 200)

    writers = [house.start(write, number) for number in range(8)]
    for _turn in range(40):
        house.run(story.sequence)
    for writer in writers:
        writer.join()
    house.run(story.sequence)
    assert holds(house.run(story.state), 8 * 12 * 2)


def ids_by_leaf():
    return list(Entry.objects.order_by("leaf").values_list("id", flat=True))


def test_two_sequencers_at_once_give_each_leaf_once(house):
    house.run(story.enter, 0, 1500, each=500)
    together = [house.start(story.sequence) for _ in range(4)]
    assert sum(one.join() for one in together) == 1500
    assert holds(house.run(story.state), 1500)


def test_entries_that_come_while_it_runs_are_taken_by_the_next_round(house):
    writing = [house.start(story.enter, first, first + 150, each=3) for first in (0, 1000, 2000)]
    for _turn in range(12):
        house.run(story.sequence)
    for one in writing:
        one.join()
    house.run(story.sequence)
    assert holds(house.run(story.state), 450)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def before(function):
    return lambda *args, **kwargs: die()


def after(function):
    def wrapped(*args, **kwargs):
        function(*args, **kwargs)
        die()

    return wrapped


def half_written(append_durably):
    def wrapped(file, text):
        with file.open("ab") as handle:
            handle.write(text.encode()[: len(text) // 2])
            handle.flush()
        die()

    return wrapped


def signatures_half_written(append_durably):
    def wrapped(file, text):
        with file.open("ab") as handle:
            handle.write(text.encode()[:-30])
        die()

    return wrapped


STEPS = {
    "before the lock": (sequencer, "_lock", before),
    "after the lock": (sequencer, "_lock", after),
    "after looking at the witness": (sequencer, "_compare_with_witness", after),
    "after the tiles are computed": (tiles, "grow", after),
    "after signing": (checkpoint, "sign", after),
    "after numbering": (type(Tile.objects), "bulk_create", before),
    "after the tiles are stored": (type(Tile.objects), "bulk_create", after),
    "after the checkpoint is stored": (Checkpoint.objects, "create", after),
    "before the commit": (connection, "_commit", before),
    "after the commit": (connection, "_commit", after),
    "half a checkpoint in the file beside": (sequencer, "append_durably", half_written),
    "half a signature in the file beside": (sequencer, "append_durably", signatures_half_written),
    "after the file beside": (sequencer, "append_durably", after),
}


@pytest.mark.parametrize("step", STEPS)
def test_kill_9_at_every_step_loses_nothing_and_signs_one_history(house, step):
    house.run(story.enter, 0, 300, each=100)
    house.run(story.sequence)
    house.run(story.enter, 300, 700, each=100)
    thing, name, how = STEPS[step]

    def killed():
        setattr(thing, name, how(getattr(thing, name)))
        story.sequence()

    with pytest.raises(Killed):
        house.run(killed)
    house.run(story.enter, 700, 720)
    house.run(story.sequence)
    state = house.run(story.state)
    assert holds(state, 720)
    sizes = [text.split("\n")[1] for text in state["witnessed"]]
    assert len(sizes) == len(set(sizes))


def test_kill_9_while_the_first_epoch_begins(house):
    house.run(story.enter, 0, 3)

    def killed():
        Checkpoint.objects.create = after(Checkpoint.objects.create)
        story.sequence()

    with pytest.raises(Killed):
        house.run(killed)
    house.run(story.sequence)
    assert holds(house.run(story.state), 3)


def test_what_was_torn_off_in_the_file_beside_hides_nothing_that_stands_after_it(house, settings):
    house.run(story.enter, 0, 5)
    house.run(story.sequence)
    whole = sequencer.witness_file().read_bytes()
    for cut in range(1, len(whole)):
        sequencer.witness_file().write_bytes(whole + whole[:cut])
        withdrawn.append_durably(sequencer.witness_file(), whole.decode())
        assert set(sequencer.witnessed()) == {whole.decode()[:-1]}, cut


@sqlite_only
def test_on_sqlite_a_checkpoint_never_outlives_the_rows_it_speaks_of(house):
    def pragmas():
        with connection.cursor() as cursor:
            return [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")]

    assert house.run(pragmas) == [2, "wal"]  # 2 is FULL


@sqlite_only
def test_a_web_write_beside_a_full_import_waits_its_turn_and_no_longer(house):
    """Transactions of 500 rows one after the other, and single writes in between (DESIGN §3 Processes)."""

    def passed():
        """For each of our writes how many transactions of the import went before it since it was ready."""
        out = []
        for number in range(40):
            last = Entry.objects.aggregate(last=Max("id"))["last"] or 0
            append([story.draft(100_000 + number)])
            ours = Entry.objects.get(subject=f"record:{100_000 + number}").id
            out.append((ours - last - 1) // 500)
            time.sleep(0.01)
        return out

    importing = house.start(story.enter, 0, 12_000, each=500)
    went = house.run(passed)
    importing.join()
    assert sum(went) > 0  # there was an import to wait for
    # The one that was inside, and one more where it began between our look at the table and our place in the line.
    assert max(went) <= 2
    assert house.run(story.sequence) == 12_040


def test_quiet_entries_come_a_day_later_in_random_order_and_keep_no_hour(house):
    def enter():
        append([story.draft(number, quiet=True) for number in range(64)], at=story.NOW)
        append([story.draft(1000)], at=story.NOW)

    house.run(enter)
    assert house.run(story.sequence) == 1
    assert house.run(sequencer.sequence_quiet, story.NOW, before=story.DAY) == 0
    house.run(story.enter, 2000, 2001)
    house.run(story.sequence)
    assert house.run(sequencer.sequence_quiet, story.NOW, before=story.DAY.replace(day=25)) == 64

    def quiet():
        rows = Entry.objects.filter(quiet=True).order_by("leaf")
        return [row.id for row in rows], {str(row.at) for row in rows}

    ids, hours = house.run(quiet)
    assert ids != sorted(ids)
    assert hours == {"2026-11-23 16:00:00+00:00"}  # midnight in Shanghai
    assert house.run(story.state)["faults"] == []


@pytest.mark.skipif(VENDOR != "postgresql", reason="SQLite has one writer, so ids commit in order")
def test_an_entry_rolled_back_leaves_a_gap_of_ids_and_none_of_leaves(house):
    def roll_back():
        try:
            with transaction.atomic():
                append([story.draft(7)])
                raise ZeroDivisionError
        except ZeroDivisionError:
            append([story.draft(8)])

    house.run(roll_back)
    house.run(story.sequence)
    assert house.run(story.state)["leaves"] == [0]
