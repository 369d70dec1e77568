"""The open-data package: what is in it, what never is, and when it is given out."""

import json
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.util import find_spec

import pytest
from django.utils import timezone

from jiannuo.exchange import opendata
from jiannuo.exchange.opendata import editions
from jiannuo.ledger import reading, sequencer
from jiannuo.ledger.actions import public_part
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.forgetting import forget
from jiannuo.records import actions as records
from jiannuo.records.models import Record
from jiannuo.tlog import leaf, merkle
from tests import make
from tests.exchange import open as shown

DAY = make.MONDAY + timedelta(days=60)
NOW = timezone.make_aware(datetime(2027, 1, 8, 3))
SECRET = "密文标记七三一"


@pytest.fixture
def published(town, monkeypatch):
    """Two records in publicity, hidden ones at every other step, all in the log."""
    shown.offer(monkeypatch)
    town.breach = make.record(town, "published")
    town.formula = make.record(town, "published", title="=HYPERLINK(1)", document_number="云政认〔2026〕4号", loss=None)
    for n, until in enumerate(("draft", "returned", "checked", "noticed", "in_force", "revoked", "expired", "sealed")):
        make.record(town, until, title=f"{SECRET}{until}", finding=SECRET, document_number=f"{SECRET}{n}")
    make.personal(town, title=SECRET, finding=SECRET, document_number=f"{SECRET}9")
    sequencer.sequence(NOW)
    return town


def test_a_package_holds_what_is_public_today_with_its_end_and_its_place_in_the_log(published):
    rows = shown.table(shown.made(DAY), "plain")
    assert [row["number"] for row in rows] == [published.breach.number, published.formula.number]
    assert rows[0]["loss"] == "742200.00"
    assert rows[0]["valid_until"] == published.breach.publication.ends.isoformat()
    assert {row["log"] for row in rows} == {reading.state().origin}


def test_a_row_is_proved_by_the_leaf_that_it_names(published):
    row = shown.table(shown.made(DAY), "plain")[0]
    entry = Entry.objects.get(epoch_id=int(row["epoch"]), leaf=int(row["leaf"]))
    proof = reading.make_proof(entry)
    state = reading.state()
    merkle.verify_inclusion(proof.index, state.size, merkle.leaf_hash(proof.leaf), proof.path, state.root)
    facts = json.loads(proof.text)["facts"]
    assert leaf.commitment("public", proof.salt, proof.text)
    assert (facts["number"], facts["title"], facts["loss"]) == (row["number"], row["title"], row["loss"])
    assert facts["public"]["until"] == row["valid_until"]


def test_nothing_that_is_not_public_is_in_any_file(published):
    edition = shown.made(DAY)
    for file in edition.files():
        data = edition.where(file).read_bytes()
        assert SECRET.encode() not in data, file.path
    with zipfile.ZipFile(edition.where(edition.file(editions.ZIP))) as packed:
        for name in packed.namelist():
            assert SECRET.encode() not in packed.read(name)
        assert set(packed.namelist()) == {file.path for file in edition.files()} - {editions.ZIP}


def test_no_salt_and_no_internal_part_is_in_any_file(published):
    edition = shown.made(DAY)
    data = b"".join(edition.where(file).read_bytes() for file in edition.files())
    for entry in Entry.objects.filter(public__isnull=False):
        for salt in (bytes(entry.public_salt), bytes(entry.internal_salt)):
            assert salt not in data
            assert salt.hex().encode() not in data
    assert b"account:" not in data


def test_frictionless_finds_the_package_valid(published):
    if find_spec("frictionless") is None:
        pytest.skip("frictionless is not installed (uv sync --group bench)")
    edition = shown.made(DAY)
    where = edition.where(edition.file("datapackage.json"))
    command = [sys.executable, "-m", "frictionless", "validate", where.name, "--json"]
    done = subprocess.run(command, cwd=where.parent, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["valid"], done.stdout[:3000]
    assert report["stats"]["tasks"] >= 9
    edition.where(edition.file("data/plain.csv")).write_bytes(b"number\r\n1\r\n")
    done = subprocess.run(command, cwd=where.parent, capture_output=True, text=True, check=False)
    assert not json.loads(done.stdout)["valid"]


def test_parquet_says_the_same_as_csv_in_types_of_its_own(published):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    edition = shown.made(DAY)
    table = parquet.read_table(edition.where(edition.file("data/plain.parquet")))
    assert table.schema.field("decided").type == pyarrow.date32()
    assert table.schema.field("loss").type == pyarrow.decimal128(18, 2)
    assert table.schema.field("title").metadata[b"title_zh"] == "标题".encode()
    said = {None: "", True: "是", False: "否"}
    for typed, row in zip(table.to_pylist(), shown.table(edition, "plain"), strict=True):
        assert {
            name: said.get(value, str(value)) if not isinstance(value, int) or isinstance(value, bool) else str(value)
            for name, value in typed.items()
        } == {name: value.removeprefix("'") for name, value in row.items()}
    assert [row["loss"] for row in table.to_pylist()] == [Decimal("742200.00"), None]


def test_what_a_spreadsheet_would_take_for_a_formula_is_shielded(published):
    assert shown.table(shown.made(DAY), "plain")[1]["title"] == "'=HYPERLINK(1)"


def test_the_same_facts_give_the_same_bytes_and_one_entry(published):
    first = shown.made(DAY)
    before = {file.path: file.digest for file in first.files()}
    second = shown.made(DAY, now=NOW + timedelta(hours=1))
    after = {file.path: file.digest for file in second.files()}
    assert {path for path in before if before[path] != after[path]} <= {"datapackage.json", editions.ZIP}
    assert first.digest == second.digest
    assert Entry.objects.filter(verb="opendata.published").count() == 1
    assert shown.made(DAY + timedelta(days=1)).digest == first.digest
    assert Entry.objects.filter(verb="opendata.published").count() == 1


def test_the_ledger_says_the_digest_and_counts(published):
    edition = shown.made(DAY)
    said = public_part(Entry.objects.get(verb="opendata.published"))
    assert (said["digest"], said["rows"]["plain"], said["day"]) == (edition.digest, 2, DAY.isoformat())


def test_a_new_edition_takes_the_place_of_the_old_one_files_and_all(published):
    first = shown.made(DAY)
    second = shown.made(DAY)
    assert opendata.current(DAY) == second
    assert not first.folder.exists()


def test_a_package_is_not_given_out_after_its_first_row_has_ended_though_nothing_ran(published):
    edition = shown.made(DAY)
    end = edition.good_until
    assert end == published.breach.publication.ends
    assert opendata.current(end - timedelta(days=1)) == edition
    assert opendata.current(end) is None
    assert opendata.current(end + timedelta(days=3)) is None


def test_three_days_without_a_worker_change_nothing_as_long_as_all_still_shows(published):
    edition = shown.made(DAY)
    assert opendata.current(DAY + timedelta(days=3)) == edition
    assert opendata.running.is_due(NOW + timedelta(days=3))


@pytest.mark.parametrize("way", ["revoked", "withdrawn", "stayed"])
def test_a_package_is_not_given_out_once_something_in_it_has_ended_early(published, way):
    shown.made(DAY)
    assert opendata.current(DAY) is not None  # and looked at before: what is found later is found all the same
    record = Record.objects.get(pk=published.breach.pk)
    if way == "revoked":
        record = records.propose_revocation(record, reason="认定机关撤销", by=published.registrar, on=DAY)
        shown.made(DAY)
        records.revoke(record, by=published.head, on=DAY)
    elif way == "withdrawn":
        records.withdraw(record.publication, reason="公开有误", by=published.disclosure, on=DAY)
    else:
        records.stay(record, ground="行政复议", by=published.head, on=DAY)
    assert opendata.current(DAY) is None
    assert [row["number"] for row in shown.table(shown.made(DAY), "plain")] == [published.formula.number]
    assert opendata.current(DAY) is not None


def test_other_entries_leave_a_package_as_it_is(published):
    edition = shown.made(DAY)
    make.record(published, "checked", document_number="云政认〔2026〕77号")
    sequencer.sequence(NOW)
    assert opendata.current(DAY) == edition


def test_erasure_removes_every_edition_from_the_disk_at_once(published, django_capture_on_commit_callbacks):
    edition = shown.made(DAY)
    text = published.breach.title.encode()
    with django_capture_on_commit_callbacks(execute=True):
        forget([published.breach.ref], basis="个人信息保护法第四十七条", by=published.archivist, on=DAY)
    assert opendata.current(DAY) is None
    assert not edition.folder.exists()
    left = [file for file in editions.folder().rglob("*") if file.is_file() and text in file.read_bytes()]
    assert left == []
    sequencer.sequence(NOW)
    again = shown.made(DAY)
    assert published.breach.number not in shown.text(again, "data/plain.csv")
    assert shown.table(again, "withdrawals")


def test_what_is_dropped_while_a_package_is_made_keeps_that_package_out(published, monkeypatch):
    from jiannuo.exchange import ftm

    real = ftm.write

    def interrupted(path, on):
        opendata.drop()
        return real(path, on)

    monkeypatch.setattr(ftm, "write", interrupted)
    assert opendata.make(by=make.SYSTEM, on=DAY) is None
    assert opendata.current(DAY) is None
    assert [one for one in editions.folder().iterdir() if one.is_dir()] == []


def test_only_one_process_makes_at_a_time(published):
    with editions.making() as alone:
        assert alone
        assert opendata.make(by=make.SYSTEM, on=DAY) is None


def test_the_descriptor_is_honest_about_a_licence_that_nobody_decided(published, settings):
    assert shown.package(shown.made(DAY))["licenses"][0]["status"] == "proposal"
    settings.OPENDATA_LICENCE = "CC BY 4.0"
    assert shown.package(shown.made(DAY))["licenses"][0] == {
        "title": "CC BY 4.0",
        "path": "README.md",
        "status": "decided",
    }


def test_a_retraction_names_the_record_and_nothing_of_what_it_said(published):
    record = Record.objects.get(pk=published.breach.pk)
    record = records.propose_revocation(record, reason="认定机关撤销", by=published.registrar, on=DAY)
    records.revoke(record, by=published.head, on=DAY)
    edition = shown.made(DAY)
    rows = shown.table(edition, "retractions")
    assert record.number in [row["number"] for row in rows]
    assert published.formula.number not in [row["number"] for row in rows]
    assert record.title not in shown.text(edition, "data/retractions.csv")


def test_the_worker_starts_the_making_once_and_does_not_wait(published, settings, monkeypatch):
    started = []

    class Process:
        def __init__(self, command):
            started.append(command[1:])

        def poll(self):
            return None

    settings.OPENDATA = True
    monkeypatch.setattr(opendata.running.subprocess, "Popen", Process)
    monkeypatch.setattr(opendata.running, "_next", 0.0)
    monkeypatch.setattr(opendata.running, "_child", None)
    opendata.build_if_due(NOW)
    opendata.build_if_due(NOW)
    assert started == [["-m", "jiannuo", "opendata"]]
    monkeypatch.setattr(opendata.running, "_next", 0.0)
    opendata.build_if_due(NOW)
    assert len(started) == 1


def test_nothing_is_due_while_the_edition_of_today_holds(published):
    assert opendata.running.is_due(NOW)
    shown.made(DAY)
    assert not opendata.running.is_due(NOW)
    assert opendata.running.is_due(NOW + timedelta(days=1))


def test_what_a_killed_making_left_behind_is_gone_with_the_next_one_and_with_a_drop(published):
    edition = shown.made(DAY)
    left = editions.folder() / editions.NEW / "files" / "data"
    for gone in (lambda: shown.made(DAY), opendata.drop):
        left.mkdir(parents=True)
        (left / "plain.csv").write_text(published.breach.title, "utf-8")
        assert opendata.current(DAY) is not None
        gone()
        assert not left.exists()
        assert not edition.folder.exists()


def test_a_process_that_dies_before_the_last_move_leaves_the_old_edition(published, monkeypatch):
    edition = shown.made(DAY)
    monkeypatch.setattr(editions.os, "replace", lambda *_paths: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        opendata.make(by=make.SYSTEM, on=DAY)
    monkeypatch.undo()
    shown.offer(monkeypatch)
    assert opendata.current(DAY) == edition
    assert shown.made(DAY).digest == edition.digest
    assert [one for one in editions.folder().iterdir() if one.is_dir()] == [opendata.current(DAY).folder]
