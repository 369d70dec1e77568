"""What must disappear does: in rows, files, indexes, statistics and write-ahead logs, before and after a restore."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pyrage
import pytest
from django.conf import settings
from django.db import connection

from jiannuo.evidence.models import SealedCopy
from jiannuo.ledger import erasing, keys, verifying, withdrawn
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle import comparing
from jiannuo.lifecycle.sweeping import daily
from jiannuo.lifecycle.worker import Worker
from jiannuo.records.models import Record
from jiannuo.tlog import proof
from tests.erasure import marked
from tests.ledger import story
from tests.ledger.house import VENDOR

pytestmark = pytest.mark.skipif(
    VENDOR == "postgresql" and "JIANNUO_TEST_CLUSTER" not in os.environ,
    reason="looks through the files of the server: run by tools/postgres.py, which says where they are",
)
AFTER = date(2026, 12, 2)


def shake():
    """What a running database does by itself: gathers statistics (which keep frequent values), moves its log on."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("CHECKPOINT")


@pytest.fixture
def published(house):
    house.run(marked.walk)
    house.run(shake)
    return house


def test_the_marker_is_everywhere_while_the_record_is_published(published):
    """Otherwise the next tests would find nothing for want of looking."""
    assert published.run(marked.is_public)
    held = published.run(marked.everything_held)
    for where in ("新题", "新事实", "新号", "文名", "件号", "遮盖", "退回", "审核", "回证", "陈述", "更正"):
        assert marked.says(where) in held, where
    for where in ("更正文", "放行", "第三人", "意见", "查看"):
        assert marked.says(where) in held, where
    found = published.run(marked.traces, *marked.folders_of(published.name))
    assert any("evidence" in one for one in found)
    assert any("house" in one or "base/" in one for one in found)


def test_a_revoked_record_leaves_no_trace_in_any_row_or_file(published):
    published.run(marked.revoke)
    assert marked.MARK not in published.run(marked.everything_held)
    assert not published.run(marked.is_public)
    assert marked.traces(*marked.folders_of(published.name)) == []


def test_every_proof_downloaded_before_still_verifies_and_the_leaves_stay(published):
    before = published.run(story.proofs)
    opened = [proof.parse(one) for one in before]
    assert any(marked.MARK in one.text for one in opened)
    published.run(marked.revoke)
    for one in opened:
        proof.verify(one, keys.public_keys())
    assert published.run(verified) == []

    def leaves():
        gone = list(Entry.objects.filter(public__isnull=True).order_by("leaf").values_list("leaf", flat=True))
        last = Entry.objects.get(verb="ledger.withdrawn")
        return gone, last.public

    gone, public = published.run(leaves)
    assert gone
    # Those sequenced after the list was written have their leaf later; all that had one are named.
    assert set(gone) >= {leaf for line in withdrawn.read() for leaf in line.leaves}
    assert marked.BASIS in public


def verified():
    return [*verifying.verify(), *comparing.compare(AFTER)]


def test_the_sealed_copy_is_encrypted_and_its_custodian_can_still_open_it(published):
    published.run(marked.revoke)
    path = published.run(lambda: SealedCopy.objects.get().path)
    sealed = (Path(settings.EVIDENCE_DIR) / path).read_bytes()
    assert sealed.startswith(b"age-encryption.org/v1")
    identity = pyrage.x25519.Identity.from_str((settings.LOG_KEY_FILE.parent / "archive-trial.key").read_text().strip())
    assert marked.MARK in pyrage.decrypt(sealed, [identity]).decode()


def test_a_restored_backup_is_forgotten_again_by_the_daily_tick(published, tmp_path):
    backup = published.backup()
    files = tmp_path / "files-of-the-backup"
    shutil.copytree(settings.EVIDENCE_DIR, files)
    before = [proof.parse(one) for one in published.run(story.proofs)]
    published.run(marked.revoke)
    published.restore(backup)
    shutil.rmtree(settings.EVIDENCE_DIR)
    shutil.copytree(files, settings.EVIDENCE_DIR)
    assert marked.MARK in published.run(marked.everything_held)
    published.run(story.begin_anew)

    def tick():
        daily(AFTER)
        assert erasing.rewrite()
        story.sequence()

    published.run(tick)
    shutil.rmtree(files)
    published.destroy_backups()
    assert marked.MARK not in published.run(marked.everything_held)
    assert not published.run(lambda: Record.objects.showing(date(2026, 12, 1)).exists())
    assert marked.traces(*marked.folders_of(published.name)) == []
    for one in before:
        proof.verify(one, keys.public_keys())
    assert published.run(lambda: list(verifying.verify())) == []


def test_the_worker_does_it_all_in_one_round_and_a_second_changes_nothing(published, tmp_path):
    backup = published.backup()
    published.run(marked.revoke)
    published.restore(backup)
    published.run(story.begin_anew)

    def rounds():
        worker = Worker()
        worker.round()
        first = Entry.objects.count()
        worker.round()
        return first, Entry.objects.count(), erasing.is_wanted()

    first, second, wanted = published.run(rounds)
    assert first == second
    assert not wanted
    published.destroy_backups()
    assert marked.MARK not in published.run(marked.everything_held)


def test_a_reader_from_before_the_erasure_delays_the_rewriting_and_does_not_lose_it(published, monkeypatch):
    """An open transaction still sees the old pages, so they cannot go; the next round tries again."""
    opened, told = os.pipe()
    end, ends = os.pipe()

    def read():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ" if VENDOR == "postgresql" else "BEGIN")
            cursor.execute("SELECT count(*) FROM ledger_entry")
            os.write(told, b".")
            os.read(end, 1)
            cursor.execute("COMMIT")

    reader = published.start(read)
    os.read(opened, 1)
    monkeypatch.setattr(erasing, "PATIENCE", 0.3)

    def erase():
        erasing.want()
        with connection.cursor() as cursor:
            if VENDOR == "sqlite":
                cursor.execute("PRAGMA busy_timeout = 300")
        return erasing.rewrite(), erasing.is_wanted()

    assert published.run(erase) == (False, True)
    os.write(ends, b".")
    reader.join()
    assert published.run(lambda: (erasing.rewrite(), erasing.is_wanted())) == (True, False)
