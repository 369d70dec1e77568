"""Every night: does each page say what its last entry says; was the rulebook adopted; is the worker missed?"""

from __future__ import annotations

import json
import os
import time
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from jiannuo.ledger import erasing, sequencer, verifying
from jiannuo.ledger.actions import public_part
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle import comparing
from jiannuo.lifecycle.adopting import adopt, adopted
from jiannuo.lifecycle.sweeping import daily
from jiannuo.lifecycle.worker import Worker
from jiannuo.notices.models import Notice
from jiannuo.records.models import Record
from jiannuo.registry import actions as registry
from jiannuo.rules import book
from jiannuo.search.finding import find
from jiannuo.web.desk.waiting import waiting
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(town):
    record = make.record(town, "published")
    record.day = record.publication.starts
    assert comparing.compare(record.day) == []
    return record


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 1


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("title = '改过的标题'", "title"),
        ("finding = ''", "finding"),
        ("severity = 'minor'", "severity"),
        ("loss = 1.00", "loss"),
        ("document_number = '另一号'", "document_number"),
    ],
)
def test_a_page_that_says_something_else_than_its_entry_is_found(published, change, name):
    sql(f"UPDATE records_record SET {change}")
    (fault,) = comparing.compare(published.day)
    assert fault.startswith(published.publication.ref)
    assert name in fault


def test_a_state_moved_by_another_way_than_a_step_is_found(published):
    sql("UPDATE records_publication SET state = 'withdrawn'")
    (fault,) = comparing.compare(published.day)
    assert "withdrawn" in fault
    assert "left it cleared" in fault


def test_a_deleted_row_is_found(published):
    sql("DELETE FROM records_receipt")
    sql("DELETE FROM records_publication")
    assert f"{published.publication.ref}: the ledger speaks of it, and it is gone" in comparing.compare(published.day)


def test_a_page_without_any_entry_is_found(published):
    Entry.objects.filter(subject=published.publication.ref).delete()
    assert any("no entry says them" in fault for fault in comparing.compare(published.day))


def test_a_renaming_a_stay_and_a_revocation_are_no_faults(town, published):
    registry.rename(
        town.bureau, "云川市住房和城乡建设局", document="云政发〔2026〕9号", by=town.keeper, on=published.day
    )
    assert comparing.compare(published.day) == []
    from jiannuo.records import actions as records

    record = records.stay(Record.objects.get(), ground="复议", by=town.head, on=published.day)
    assert comparing.compare(published.day) == []
    record = records.lift_stay(record, by=town.head, on=published.day)
    assert comparing.compare(published.day) == []
    record = records.propose_revocation(record, reason="撤销通知", by=town.registrar, on=published.day)
    records.revoke(record, by=town.head, on=published.day)
    assert comparing.compare(published.day) == []


def test_log_verify_with_rows_says_it_and_fails(published, capsys):
    call_command("log", "verify", rows=True)
    assert "Every page says what its last entry says." in capsys.readouterr().out
    sql("UPDATE records_record SET title = '改过的标题'")
    call_command("log", "verify")
    with pytest.raises(CommandError, match="1 faults"):
        call_command("log", "verify", rows=True)
    assert "(title)" in capsys.readouterr().err


def test_the_worker_tells_auditor_and_operator_once_and_the_operator_sees_it(town, published, settings, capsys):
    operator = make.hire("operator", "operator", town.city)
    sql("UPDATE records_record SET title = '改过的标题'")
    now = timezone.now()
    for _turn in range(2):
        assert comparing.nightly(now, on=published.day) == 1
    assert sorted(Notice.objects.filter(kind="log.fault").values_list("to_role", "number")) == [
        ("auditor", "1"),
        ("operator", "1"),
    ]
    assert comparing.last_night().faults == 1
    assert json.loads((settings.LOG_DIR / "verified.json").read_text())["faults"] == 1
    call_command("log", "sequence")
    call_command("log", "status")
    assert "1 faults" in capsys.readouterr().out
    assert [item.thing.kind for item in waiting(operator, published.day) if item.kind == "notice"] == ["log.fault"]


def test_the_rulebook_in_use_is_adopted_once_and_again_when_it_changes(town, monkeypatch):
    daily(make.MONDAY)
    daily(make.MONDAY + timedelta(1))
    entry = Entry.objects.get(verb="rulebook.adopted")
    assert public_part(entry)["digest"] == book().digest
    sequencer.sequence(timezone.now())
    now = adopted()
    assert (now.digest, now.on, now.is_in_use) == (book().digest, make.MONDAY, True)
    assert now.leaf is not None
    monkeypatch.setattr("jiannuo.lifecycle.adopting.book", lambda: type("Other", (), {"digest": "f" * 64}))
    assert not adopted().is_in_use
    assert adopt(make.MONDAY + timedelta(2))
    assert public_part(Entry.objects.filter(verb="rulebook.adopted").last())["before"] == now.digest


def at(day):
    return timezone.make_aware(datetime(day.year, day.month, day.day, 3))


def test_expiry_is_right_with_the_worker_stopped_for_three_days_and_written_down_when_it_comes_back(
    published, monkeypatch
):
    """Nothing ran from before the end until three days after it: the dates alone decide what shows."""
    worker = Worker()
    before, after = published.ends - timedelta(1), published.ends + timedelta(3)
    monkeypatch.setattr(timezone, "now", lambda: at(before))
    worker.round()
    assert Record.objects.showing(before).exists()
    assert find("路灯", on=before)
    for days in range(4):
        day = published.ends + timedelta(days)
        assert not Record.objects.showing(day).exists()
        assert not find("路灯", on=day)
    assert Record.objects.get().state == "in_force"
    monkeypatch.setattr(timezone, "now", lambda: at(after))
    worker.round()
    record = Record.objects.get()
    assert (record.state, record.ended) == ("expired", published.ends)
    entry = Entry.objects.get(verb="record.expire")
    assert (entry.on, entry.leaf is not None) == (after, True)
    count = Entry.objects.count()
    worker.round()
    Worker().round()
    assert Entry.objects.count() == count
    assert list(verifying.verify()) == []
    assert comparing.compare(after) == []


def test_a_failing_rewriting_is_tried_again(monkeypatch):
    erasing.want()

    def fails():
        raise PermissionError

    monkeypatch.setattr(erasing, "vacuum", fails)
    with pytest.raises(PermissionError):
        erasing.rewrite()
    assert erasing.is_wanted()
    monkeypatch.setattr(erasing, "vacuum", lambda: True)
    assert erasing.rewrite()
    assert not erasing.is_wanted()


def test_what_a_dead_server_left_of_an_upload_is_removed_after_a_day(db, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    for name, hours in (("fresh", 1), ("old", 30)):
        file = settings.FILE_UPLOAD_TEMP_DIR / name
        file.write_text("x")
        os.utime(file, (time.time() - hours * 3600,) * 2)
    daily(make.MONDAY)
    assert [file.name for file in settings.FILE_UPLOAD_TEMP_DIR.iterdir()] == ["fresh"]
