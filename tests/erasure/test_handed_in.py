"""What came in by a file disappears from the file, its rows and whatever was said of it, before and after a restore."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from jiannuo.exchange import actions, jobs, storage
from jiannuo.exchange.models import Batch, Row
from jiannuo.exchange.sweep import sweep
from jiannuo.ledger import erasing, keys, sequencer
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle import forgetting
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.sweeping import daily
from jiannuo.records.models import Record
from jiannuo.tlog import receipt
from tests import make
from tests.erasure import marked
from tests.exchange import plain
from tests.ledger import story
from tests.ledger.house import VENDOR

pytestmark = pytest.mark.skipif(
    VENDOR == "postgresql" and "JIANNUO_TEST_CLUSTER" not in os.environ,
    reason="looks through the files of the server: run by tools/postgres.py, which says where they are",
)
AFTER = date(2026, 12, 2)


def rows(**changes: Any) -> list[dict[str, Any]]:
    """The first row is the one that will have to disappear; the others stay."""
    first = plain.rows(1, number=marked.says("文号"), title=marked.says("题"))[0]
    return [first | changes, *plain.rows(3, first=20)]


def walk() -> None:
    """Handed in wrong, mended in two shapes, handed in again by a call, and once with another content."""
    town = make.town()
    wrong = plain.done(town, plain.as_xlsx(rows(decided="2026-02-30")), file_name=f"{marked.says('文件')}.xlsx")
    assert wrong.counts == {"new": 3, "refused": 1}
    assert actions.errors_file(wrong)
    assert plain.done(town, plain.as_csv(rows()), mends=wrong).counts == {"same": 3, "new": 1}
    elsewhere = plain.as_csv([rows(body=marked.says("机构"))[0]])
    assert plain.done(town, elsewhere).counts == {"refused": 1}
    facts: dict[str, Any] = {"dataset": "plain", "provider": town.city, "by": town.registrar, "on": make.MONDAY}
    again = actions.receive_rows(rows(title=marked.says("新题")), channel="api", **facts)
    assert again.counts == {"same": 3, "changed": 1}
    plain.done(town, plain.as_csv(plain.rows(2, first=70)), file_name="另一个.csv")
    sequencer.sequence(marked.NOW)
    sweep(make.MONDAY, ())


def erase() -> None:
    record = Record.objects.get(document_number=marked.says("文号"))
    forgetting.forget([record.ref], basis=marked.BASIS, by=SYSTEM, on=make.MONDAY)
    sequencer.sequence(marked.NOW)
    assert erasing.rewrite()


@pytest.fixture
def handed_in(house, monkeypatch):
    plain.offer(monkeypatch)
    house.run(walk)
    return house


def traces(house: Any) -> list[str]:
    found: list[str] = house.run(marked.traces, *marked.folders_of(house.name))
    return found


def test_the_marker_lies_in_files_and_rows_before(handed_in):
    """Otherwise the next tests would find nothing for want of looking."""
    held = handed_in.run(marked.everything_held)
    for where in ("文号", "题", "文件", "机构", "新题"):
        assert marked.says(where) in held or json.dumps(marked.says(where))[1:-1] in held, where
    assert any("exchange" in one for one in traces(handed_in))


def test_a_thing_that_came_in_by_files_leaves_no_trace_in_any_row_or_file(handed_in):
    handed_in.run(erase)
    assert is_clean(handed_in)
    assert traces(handed_in) == []


def is_clean(house: Any) -> bool:
    """No row holds the marker, in plain letters or as JSON escapes them."""
    held = house.run(marked.everything_held)
    return marked.MARK not in held and json.dumps(marked.MARK)[1:-1] not in held


def after(house: Any, look: Callable[[], Any]) -> Any:
    house.run(erase)
    return house.run(look)


def test_the_batches_say_so_and_the_other_rows_stay(handed_in):
    def look():
        batches = list(Batch.objects.order_by("pk"))
        kept = [(bool(b.digest), bool(b.stored), bool(b.receipt), b.forgotten) for b in batches]
        said = [actions.receipt(batch) for batch in batches]
        others = list(Row.objects.filter(batch=batches[1], outcome="same").values_list("raw", flat=True))
        return kept, said, others, [b.counts for b in batches], len(list(storage.folder().iterdir()))

    kept, said, others, counts, files = after(handed_in, look)
    gone = (False, False, False, make.MONDAY)
    assert kept == [gone, gone, gone, gone, (True, True, True, None)]
    assert all("withdrawn by law" in text for text in said[:4])
    receipt.open_receipt(said[4], keys.public_keys())
    assert all(raw["number"].startswith("云政认") for raw in others)
    assert counts[:2] == [{"new": 3, "refused": 1}, {"same": 3, "new": 1}]
    assert files == 1


def test_no_digest_of_the_file_stays_to_confirm_a_guess(handed_in):
    digests = handed_in.run(lambda: list(Batch.objects.order_by("pk").values_list("digest", flat=True)))
    handed_in.run(erase)
    held = handed_in.run(marked.everything_held)
    assert [digest in held for digest in digests] == [False, False, False, False, True]
    assert handed_in.run(lambda: Entry.objects.filter(verb="batch.taken", public__isnull=False).count()) == 1


def test_what_is_still_being_worked_when_it_is_erased_stops_and_says_why(house, monkeypatch):
    plain.offer(monkeypatch)

    def begin():
        town = make.town()
        plain.done(town, plain.as_csv(rows()))
        running = plain.hand_in(town, plain.as_csv([*rows(loss="1"), *plain.rows(600, first=100)]))
        for _piece in range(4):
            jobs.work(plain.NOW)
        running.refresh_from_db()
        assert (running.stage, 0 < running.read < running.total) == ("entering", True)

    def go_on():
        plain.work_all()
        return Batch.objects.order_by("-pk").values_list("stage", "faults", "stored")[0]

    house.run(begin)
    house.run(erase)
    stage, faults, stored = house.run(go_on)
    assert (stage, stored) == ("done", "")
    assert faults[-1]["code"] == "exchange.file_gone"
    assert is_clean(house)


def test_a_restored_backup_is_forgotten_again_by_the_daily_tick(handed_in, tmp_path):
    backup = handed_in.backup()
    files = tmp_path / "files-of-the-backup"
    shutil.copytree(settings.EXCHANGE_DIR, files)
    handed_in.run(erase)
    handed_in.restore(backup)
    shutil.rmtree(settings.EXCHANGE_DIR)
    shutil.copytree(files, settings.EXCHANGE_DIR)
    assert marked.MARK in handed_in.run(marked.everything_held)
    handed_in.run(story.begin_anew)

    def tick():
        daily(AFTER)
        assert erasing.rewrite()
        story.sequence()

    handed_in.run(tick)
    shutil.rmtree(files)
    handed_in.destroy_backups()
    assert is_clean(handed_in)
    assert traces(handed_in) == []
    assert handed_in.run(lambda: Batch.objects.filter(forgotten__isnull=False).count()) == 4


def test_the_file_of_an_upload_that_broke_off_is_swept_with_the_rest(handed_in):
    place = Path(storage.folder()) / "half.part"
    place.write_bytes(marked.MARK.encode())
    os.utime(place, (0, 0))
    handed_in.run(erase)
    handed_in.run(sweep, AFTER, None)
    assert traces(handed_in) == []
