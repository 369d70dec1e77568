"""Files: whole or not there at all, no larger than allowed, kept as long as needed, and never under their own name."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiannuo.exchange import actions, storage
from jiannuo.exchange.models import Batch, Row
from jiannuo.exchange.sweep import KEEP_DAYS, sweep
from jiannuo.lifecycle.refused import Refused
from tests import make
from tests.exchange import plain

pytestmark = pytest.mark.usefixtures("offered")


def lying() -> list[str]:
    return sorted(file.name for file in storage.folder().iterdir()) if storage.folder().exists() else []


@pytest.mark.parametrize("how", ["bytes", "path", "pieces", "upload"])
def test_it_is_written_as_it_comes_and_digested_on_the_way(town, tmp_path, how):
    data = plain.as_csv(plain.rows(2000))
    path = tmp_path / "x"
    path.write_bytes(data)
    pieces = (data[at : at + 1000] for at in range(0, len(data), 1000))
    given = {"bytes": data, "path": path, "pieces": pieces, "upload": SimpleUploadedFile("x", data).chunks()}[how]
    batch = plain.hand_in(town, given)
    assert batch.digest == hashlib.sha256(data).hexdigest()
    assert batch.size == len(data)
    assert storage.path_of(batch.stored).read_bytes() == data
    assert "采购" not in batch.stored
    assert lying() == [batch.stored]


def test_a_connection_that_breaks_leaves_no_half_batch(town):
    def breaks():
        yield b"a,b\n"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        plain.hand_in(town, breaks())
    assert lying() == []
    assert not Batch.objects.exists()


def test_a_file_larger_than_allowed_is_refused_with_what_is_allowed(town, settings):
    settings.EXCHANGE_MAX_BYTES = 3_000_000
    endless = (b"x" * 1_000_000 for _ in range(1_000_000))
    with pytest.raises(Refused) as refused:
        plain.hand_in(town, endless)
    assert refused.value.code == "exchange.too_large"
    assert "3 MB" in str(refused.value.allowed)
    assert lying() == []


def test_an_empty_file_is_refused(town):
    with pytest.raises(Refused) as refused:
        plain.hand_in(town, b"")
    assert refused.value.code == "exchange.empty_file"
    assert lying() == []


def test_a_disk_that_is_full_leaves_nothing(town, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        plain.hand_in(town, b"a,b\n")
    assert lying() == []


def test_the_same_file_while_it_is_worked_is_that_batch(town):
    data = plain.as_csv(plain.rows(2))
    first = plain.hand_in(town, data)
    second = plain.hand_in(town, data, file_name="copy.csv")
    assert first.pk == second.pk
    assert lying() == [first.stored]
    other = plain.hand_in(town, data, provider=town.bureau)
    assert other.pk != first.pk


def test_the_name_of_the_file_is_shown_without_its_folders(town):
    batch = plain.hand_in(town, b"a,b\n", file_name="C:\\Users\\wang\\表\0.csv")
    assert batch.file_name == "表\ufffd.csv"


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_after_its_time_and_with_it_the_text_of_what_was_refused():
    town = make.town()
    given = plain.rows(2)
    given[1]["decided"] = "2026-02-30"
    batch = plain.done(town, plain.as_csv(given))
    last = make.MONDAY + timedelta(days=KEEP_DAYS)
    sweep(last, None)
    sweep(last + timedelta(days=1), ())  # not the daily tick
    assert lying() == [batch.stored]
    sweep(last + timedelta(days=1), None)
    batch.refresh_from_db()
    assert (batch.stored, lying()) == ("", [])
    assert batch.counts == {"new": 1, "refused": 1}
    kept, refused = Row.objects.filter(batch=batch).order_by("line")
    assert kept.raw
    assert (refused.raw, refused.faults) == ({}, [])
    assert actions.errors_file(batch).startswith(b"PK")


def test_what_no_batch_names_goes_after_a_day(town):
    batch = plain.hand_in(town, b"a,b\n")
    for name in ("half.part", "whole"):
        (storage.folder() / name).write_bytes(b"x")
    sweep(make.MONDAY, None)
    assert lying() == sorted(["half.part", "whole", batch.stored])
    for name in lying():
        os.utime(storage.folder() / name, (time.time() - storage.DAY - 5,) * 2)
    sweep(make.MONDAY, None)
    assert lying() == [batch.stored]
