"""Restored backups, power cuts, full disks: the log stands still rather than sign two histories, and then goes on."""

from __future__ import annotations

import errno
import os
import resource

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from jiannuo.ledger import keys, sequencer, withdrawn
from jiannuo.ledger.actions import public_part
from jiannuo.ledger.models import Checkpoint, Entry, Epoch
from jiannuo.tlog import checkpoint, note, proof
from tests.ledger import story
from tests.ledger.house import replaced, sqlite_only


@pytest.fixture
def restored(house):
    """A house whose backup, from before its last 40 entries, was laid back."""
    house.run(story.enter, 0, 30)
    house.run(story.sequence)
    copy = house.backup()
    house.run(story.enter, 30, 70)
    house.run(story.sequence)
    house.old_proofs = house.run(story.proofs)
    house.restore(copy)
    return house


def test_a_restored_backup_is_refused_and_signs_nothing(restored):
    before = sequencer.witness_file().read_bytes()
    assert "reach entry 70, the database only 30" in restored.run(story.refused)
    restored.run(story.enter, 900, 910)
    assert "new-epoch" in restored.run(story.refused)
    assert restored.run(story.state)["waiting"] == 10
    assert sequencer.witness_file().read_bytes() == before


def test_log_verify_says_which_checkpoints_a_restored_backup_lacks(restored):
    (fault,) = restored.run(story.state)["faults"]
    assert "checkpoint 70" in fault
    assert "not in the database" in fault


def test_after_a_restore_a_new_epoch_begins_and_names_the_last_checkpoint_of_the_old(restored):
    last = sequencer.witnessed()[-1]
    restored.run(story.enter, 900, 905)
    assert restored.run(story.begin_anew) == "localhost/jiannuo/trial/2"
    assert restored.run(story.sequence) == 5
    state = restored.run(story.state)
    assert state["leaves"] == list(range(6))
    assert state["faults"] == []

    def first():
        entry = Entry.objects.get(verb="log.epoch")
        return entry.leaf, public_part(entry), Epoch.objects.get(pk=entry.epoch_id).previous

    leaf, public, previous = restored.run(first)
    assert leaf == 0
    assert public["previous"] == previous == last
    assert public["reason"] == "备份恢复"
    assert public["lost"] == {"localhost/jiannuo/trial": [30, 70]}
    assert note.Verifier.parse(public["key"]).name == "localhost/jiannuo/trial/2"


def test_every_proof_from_before_the_restore_still_verifies(restored):
    restored.run(story.begin_anew)
    verifiers = keys.public_keys()
    for text in restored.old_proofs:
        proof.verify(proof.parse(text), verifiers)
    assert len(restored.old_proofs) == 70


def test_a_second_restore_begins_a_third_epoch_with_a_name_of_its_own(restored):
    copy = restored.backup()
    restored.run(story.begin_anew)
    restored.restore(copy)
    assert "the checkpoints beside the database end in localhost/jiannuo/trial/2" in restored.run(story.refused)
    assert restored.run(story.begin_anew) == "localhost/jiannuo/trial/3"
    assert restored.run(story.state)["faults"] == []


def test_a_backup_that_is_up_to_date_goes_on_without_a_new_epoch(house):
    house.run(story.enter, 0, 30)
    house.run(story.sequence)
    house.restore(house.backup())
    house.run(story.enter, 30, 40)
    assert house.run(story.sequence) == 10


def test_an_empty_database_beside_the_old_checkpoints_is_refused(house):
    empty = house.backup()
    house.run(story.enter, 0, 3)
    house.run(story.sequence)
    house.restore(empty)
    house.run(story.enter, 0, 3)
    assert "beside an empty database" in house.run(story.refused)


def test_a_power_cut_that_tore_the_last_line_is_healed(house):
    house.run(story.enter, 0, 300)
    house.run(story.sequence)
    file = sequencer.witness_file()
    file.write_bytes(file.read_bytes()[:-25])
    assert len(sequencer.witnessed()) == 1
    house.run(story.sequence)
    state = house.run(story.state)
    assert state["witnessed"] == state["checkpoints"]


def test_another_tree_of_the_same_size_is_refused(house):
    """Somebody undid entries in the database and let others take their leaves."""
    copy = house.backup()
    house.run(story.enter, 0, 8)
    house.run(story.sequence)
    kept = sequencer.witness_file().read_bytes()
    house.restore(copy)
    sequencer.witness_file().unlink()
    house.run(story.enter, 100, 108)
    house.run(story.sequence)
    sequencer.witness_file().write_bytes(kept)
    assert "another root" in house.run(story.refused)


def no_space(*_arguments):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_no_space_for_the_file_beside_loses_nothing_and_heals_when_there_is_some(house):
    house.run(story.enter, 0, 300)

    def full():
        with replaced(withdrawn.os, "fsync", no_space), pytest.raises(OSError, match="space"):
            story.sequence()
        return sequencer.head() and sequencer.head().size

    assert house.run(full) is None  # the list of keys could not be written either: nothing was signed
    house.run(story.sequence)
    house.run(story.enter, 300, 600)
    assert house.run(full) == 556  # one batch was committed, its checkpoint is not surely on the disk
    house.run(story.sequence)
    state = house.run(story.state)
    assert state["faults"] == []
    assert state["leaves"] == list(range(600))
    assert [text.split("\n")[1] for text in dict.fromkeys(state["witnessed"])] == ["256", "300", "556", "600"]


@sqlite_only
def test_no_space_for_the_database_leaves_nothing_half_done(house):
    house.run(story.enter, 0, 10)
    house.run(story.sequence)
    house.run(story.enter, 10, 300)
    size = os.path.getsize(house.name)

    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 8, resource.RLIM_INFINITY))
        with pytest.raises((DatabaseError, OSError)):
            story.sequence()
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    house.run(full)
    state = house.run(story.state)
    assert state["leaves"] == list(range(10))
    assert state["waiting"] == 290
    assert state["faults"] == []
    assert house.run(story.sequence) == 290
    assert house.run(story.state)["faults"] == []


@sqlite_only
def test_no_space_while_appending_leaves_no_entry(house):
    size = os.path.getsize(house.name)

    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 8, resource.RLIM_INFINITY))
        with pytest.raises(DatabaseError):
            story.enter(0, 2000, each=2000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    house.run(full)
    assert house.run(Entry.objects.count) == 0
    house.run(story.enter, 0, 2000, each=2000)
    assert house.run(story.sequence) == 2000


def test_the_command_says_what_to_do_and_begins_no_epoch_without_a_reason(restored):
    def command(*arguments, **options):
        with pytest.raises(CommandError) as refused:
            call_command("log", *arguments, **options)
        return str(refused.value)

    assert "jiannuo log new-epoch" in restored.run(command, "sequence")
    assert "--reason" in restored.run(command, "new-epoch")
    restored.run(call_command, "log", "new-epoch", reason="备份恢复演练", verbosity=0)
    assert restored.run(story.refused) == ""


def test_a_new_epoch_is_signed_under_its_own_name(restored):
    restored.run(story.begin_anew)
    text = restored.run(lambda: Checkpoint.objects.order_by("-id").values_list("text", flat=True).first())
    head = checkpoint.open_checkpoint(text, keys.public_keys("localhost/jiannuo/trial/2"))
    assert (head.origin, head.size) == ("localhost/jiannuo/trial/2", 1)
