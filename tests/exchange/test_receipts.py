"""The receipt: signed once by the worker, checked by anybody without us, and worthless once a letter is changed."""

from __future__ import annotations

import pytest

from jiannuo.exchange import actions, storage
from jiannuo.exchange.sweep import sweep
from jiannuo.ledger import keys, sequencer
from jiannuo.ledger.models import Entry
from jiannuo.records.models import Record
from jiannuo.tlog import note, receipt
from jiannuo.tlog.verify import main as verify
from tests import make
from tests.exchange import plain

pytestmark = pytest.mark.usefixtures("offered")


@pytest.fixture
def signed(town):
    given = plain.rows(4)
    given[3]["decided"] = "2026-02-30"
    batch = plain.done(town, plain.as_csv(given))
    sequencer.sequence(plain.NOW)
    sweep(make.MONDAY, ())
    batch.refresh_from_db()
    return batch


@pytest.fixture
def on_disk(signed, tmp_path):
    """Receipt, the file it is about, and the log's key, as an outsider holds them."""
    path = tmp_path / "receipt.txt"
    path.write_text(actions.receipt(signed), "utf-8")
    return path, storage.path_of(signed.stored), str(keys.public_keys()[0])


def test_before_the_leaves_it_says_so_and_nobody_has_signed_it(town):
    batch = plain.done(town, plain.as_csv(plain.rows(1)))
    text = actions.receipt(batch)
    assert "leaves awaited: not signed" in text
    assert batch.number in text
    sweep(make.MONDAY, ())  # nothing was sequenced
    batch.refresh_from_db()
    assert not batch.receipt
    with pytest.raises(note.NoteError):
        note.split(text)


def test_it_states_the_file_the_counts_and_the_place_in_the_log(signed, town):
    found = receipt.open_receipt(actions.receipt(signed), keys.public_keys())
    assert (found.batch, found.dataset, found.digest) == (signed.number, "plain", signed.digest)
    assert found.provider == f"{town.city.ref} 云川市人民政府"
    assert (found.rows, found.counts) == (4, {"new": 3, "refused": 1})
    leaves = set(range(found.leaves[0], found.leaves[1] + 1))
    about = Entry.objects.filter(subject__in=[one.ref for one in Record.objects.all()]).values_list("leaf", flat=True)
    assert set(about) < leaves
    taken = Entry.objects.get(pk=signed.taken).leaf
    assert taken == found.leaves[1]
    head = sequencer.head()
    assert head is not None
    assert (found.size, found.root) == (head.size, head.root)
    assert town.registrar.ref not in actions.receipt(signed)


def test_it_stays_as_it_was_signed(signed, town):
    before = actions.receipt(signed)
    plain.done(town, plain.as_csv(plain.rows(2, first=50)))
    sequencer.sequence(plain.NOW)
    sweep(make.MONDAY, None)
    signed.refresh_from_db()
    assert actions.receipt(signed) == before


def test_anybody_verifies_it_with_the_key_and_the_file(on_disk, capsys):
    path, file, key = on_disk
    assert verify([str(path), "--key", key, "--file", str(file), "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    assert "回执由" in said
    assert "文件摘要与回执一致" in said
    assert "核验通过" in said
    assert verify([str(path), "--key", key, "--show", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "no file was compared" in said
    assert "count new 3" in said


def test_without_a_key_it_proves_nothing_and_says_where_the_key_is(on_disk, capsys):
    path, _file, _key = on_disk
    assert verify([str(path), "--lang", "en"]) == 2
    assert "--key" in capsys.readouterr().out


def test_another_file_is_not_the_one(on_disk, tmp_path, capsys):
    path, _file, key = on_disk
    other = tmp_path / "other.csv"
    other.write_bytes(b"x")
    assert verify([str(path), "--key", key, "--file", str(other), "--lang", "en"]) == 1
    assert "not the file" in capsys.readouterr().out
    assert verify([str(path), "--key", key, "--file", str(tmp_path / "none"), "--lang", "en"]) == 2


def test_another_key_has_not_signed_it(on_disk):
    path, _file, _key = on_disk
    stranger = note.Ed25519Signer.generate("localhost/jiannuo/trial").verifier
    assert verify([str(path), "--key", str(stranger)]) == 1


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("count new 3", "count new 4"),
        ("count refused 1\n", ""),
        ("rows 4", "rows 3"),
        ("digest ", "digest 0"),
        ("dataset plain", "dataset records"),
        ("leaves ", "leaves 1"),
        ("checkpoint ", "checkpoint 1"),
        ("batch 2026-", "batch 2025-"),
        ("jiannuo/receipt@v1\n", "jiannuo/receipt@v1\n\n"),
    ],
)
def test_whoever_changes_a_word_breaks_the_signature(on_disk, was, now):
    path, _file, key = on_disk
    text = path.read_text("utf-8")
    assert was in text
    path.write_text(text.replace(was, now, 1), "utf-8")
    assert verify([str(path), "--key", key]) == 1


def test_a_checkpoint_cannot_be_passed_off_as_a_receipt_nor_the_other_way_round(on_disk):
    from jiannuo.tlog import checkpoint

    path, _file, _key = on_disk
    head = sequencer.head()
    assert head is not None
    with pytest.raises(note.NoteError):
        receipt.open_receipt(head.text, keys.public_keys())
    with pytest.raises(note.NoteError):
        checkpoint.open_checkpoint(path.read_text("utf-8"), keys.public_keys())


def test_what_contradicts_itself_is_no_receipt_though_it_is_signed(signed):
    signer = keys.signers(sequencer.head().epoch.origin)  # type: ignore[union-attr]
    text = str(receipt.open_receipt(actions.receipt(signed), keys.public_keys()))
    lines = text.split("\n")
    for wrong in (
        text.replace("rows 4", "rows 04"),
        text.replace("leaves ", "leaves 9999"),
        text.replace("dataset plain\n", ""),
        text.replace("dataset plain\n", "dataset plain\ndataset plain\n"),
        text.replace("bytes ", "bytes -"),
        "\n".join([*lines[:2], *reversed(lines[2:-1]), ""]),
    ):
        assert wrong != text
        with pytest.raises(note.NoteError):
            receipt.open_receipt(note.sign(wrong, signer), keys.public_keys())
