"""Whoever writes to the database or its files by another way is found out, by the tool that should find it."""

from __future__ import annotations

import pytest
from django.db import connection

from jiannuo.ledger import keys, reading, sequencer, verifying, withdrawn
from jiannuo.ledger.models import Checkpoint, Entry, Tile
from jiannuo.tlog import note
from jiannuo.tlog import verify as verifier
from tests.ledger import story

pytestmark = pytest.mark.django_db


@pytest.fixture
def _log():
    story.enter(0, 300)
    story.sequence()
    assert list(verifying.verify()) == []


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


def found():
    return "\n".join(verifying.verify())


def entry(number):
    return Entry.objects.get(subject=f"record:{number}")


@pytest.mark.usefixtures("_log")
@pytest.mark.parametrize("part", ["public", "internal"])
def test_a_changed_text_is_found(part):
    sql(f"UPDATE ledger_entry SET {part} = replace({part}, '}}', ' }}') WHERE leaf = 7")
    assert f"leaf 7): the {part} text is not what was committed to" in found()


@pytest.mark.usefixtures("_log")
def test_a_changed_salt_is_found():
    sql("UPDATE ledger_entry SET public_salt = internal_salt WHERE leaf = 7")
    assert "leaf 7): the public text" in found()


@pytest.mark.usefixtures("_log")
def test_a_changed_text_that_waits_for_its_leaf_is_found():
    story.enter(900, 901)
    sql("UPDATE ledger_entry SET public = '{}' WHERE leaf IS NULL")
    assert "(waiting): the public text is not what was committed to" in found()


@pytest.mark.usefixtures("_log")
@pytest.mark.parametrize(
    ("column", "value"), [("verb", "record.seal"), ("subject", "record:5"), ("body", "body:9"), ("on", "2020-01-01")]
)
def test_a_column_that_says_something_else_than_the_text_is_found(column, value):
    sql(f'UPDATE ledger_entry SET "{column}" = %s WHERE leaf = 7', value)
    assert f"leaf 7): the column {column} says" in found()


@pytest.mark.usefixtures("_log")
def test_a_text_taken_away_without_a_withdrawal_is_found():
    sql("UPDATE ledger_entry SET public = NULL, public_salt = NULL WHERE leaf = 7")
    assert "leaf 7): the public text is gone, and the list beside the database names no withdrawal" in found()


@pytest.mark.usefixtures("_log")
def test_a_text_exchanged_together_with_its_commitment_is_found_by_the_tiles():
    other = entry(8)
    sql(
        "UPDATE ledger_entry SET public = %s, public_salt = %s, internal = %s, internal_salt = %s, commitment = %s, "
        "subject = %s WHERE leaf = 7",
        *(other.public, other.public_salt, other.internal, other.internal_salt, other.commitment, other.subject),
    )
    said = found()
    assert "tile 0/0 does not hold the hashes of its leaves" in said
    assert "checkpoint 256 does not have the root of its leaves" in said


@pytest.mark.usefixtures("_log")
def test_two_leaves_that_changed_places_are_found():
    first, second = entry(7), entry(8)
    Entry.objects.filter(pk=first.pk).update(leaf=9999)
    Entry.objects.filter(pk=second.pk).update(leaf=7)
    Entry.objects.filter(pk=first.pk).update(leaf=8)
    assert "tile 0/0" in found()


@pytest.mark.usefixtures("_log")
def test_a_deleted_entry_is_found():
    sql("DELETE FROM ledger_entry WHERE leaf = 7")
    assert "leaf 7 is missing; the next is 8" in found()


@pytest.mark.usefixtures("_log")
def test_deleted_entries_at_the_end_are_found():
    Entry.objects.filter(leaf__gte=290).delete()
    said = found()
    assert "checkpoint 300 speaks of more leaves than there are (290)" in said


@pytest.mark.usefixtures("_log")
def test_an_entry_slipped_in_is_found():
    story.enter(900, 901)
    sql("UPDATE ledger_entry SET leaf = 300, epoch_id = (SELECT id FROM ledger_epoch) WHERE leaf IS NULL")
    assert "301 leaves, but the last checkpoint speaks of 300" in found()


@pytest.mark.usefixtures("_log")
def test_a_changed_tile_is_found():
    data = bytearray(Tile.objects.get(level=0, index=1).data)
    data[5] ^= 1
    sql('UPDATE ledger_tile SET data = %s WHERE level = 0 AND "index" = 1', bytes(data))
    assert "tile 0/1 does not hold" in found()


@pytest.mark.usefixtures("_log")
def test_a_tile_too_many_or_too_few_is_found():
    sql('UPDATE ledger_tile SET "index" = 5 WHERE level = 0 AND "index" = 1')
    said = found()
    assert "tile 0/5 does not hold" in said
    assert "tile 0/1 is missing" in said


@pytest.mark.usefixtures("_log")
def test_a_changed_checkpoint_is_found():
    sql("UPDATE ledger_checkpoint SET text = replace(text, '256', '255') WHERE size = 256")
    assert "checkpoint 256: the signature by localhost/jiannuo/trial is wrong" in found()


@pytest.mark.usefixtures("_log")
def test_a_checkpoint_of_another_key_is_found():
    stranger = note.Ed25519Signer.generate("localhost/jiannuo/trial")
    row = Checkpoint.objects.get(size=256)
    sql("UPDATE ledger_checkpoint SET text = %s WHERE size = 256", note.sign(note.split(row.text)[0], [stranger]))
    assert "checkpoint 256: none of the known keys has signed this note" in found()


@pytest.mark.usefixtures("_log")
def test_a_checkpoint_in_the_place_of_another_is_found():
    other = Checkpoint.objects.get(size=300)
    sql("UPDATE ledger_checkpoint SET text = %s, root = %s WHERE size = 256", other.text, other.root)
    assert "checkpoint 256 does not have the root of its leaves" in found()


@pytest.mark.usefixtures("_log")
def test_a_history_rewritten_with_the_key_itself_is_found_by_the_file_beside():
    """Whoever holds database and key can make a log that is right in itself. The witness file remembers the other."""
    kept = sequencer.witness_file().read_text()
    for model in (Checkpoint, Tile, Entry):
        model.objects.all().delete()
    sequencer.witness_file().unlink()
    story.enter(1000, 1300)
    story.sequence()
    assert found() == ""
    sequencer.witness_file().write_text(kept)
    assert "of the witness file is not in the database" in found()
    story.enter(2000, 2001)
    assert "another root" in story.refused()


@pytest.mark.usefixtures("_log")
def test_a_changed_witness_file_is_found():
    text = sequencer.witness_file().read_text()
    size, root = text.split("\n")[1:3]
    stranger = note.Ed25519Signer.generate("localhost/jiannuo/trial")
    other = note.sign(f"localhost/jiannuo/trial\n{size}\n{root[1:-2]}AA=\n", [stranger])
    withdrawn.append_durably(sequencer.witness_file(), f"{other}\n")
    said = found()
    assert "of the witness file is not in the database" in said
    assert story.refused()


@pytest.mark.usefixtures("_log")
def test_a_checkpoint_taken_out_of_the_witness_file_is_found():
    text = sequencer.witness_file().read_text()
    sequencer.witness_file().write_text(text[text.index("localhost/jiannuo/trial\n300") :])
    assert found() == "localhost/jiannuo/trial: checkpoint 256 is not in the witness file"


@pytest.mark.usefixtures("_log")
def test_a_proof_made_from_changed_rows_does_not_verify(tmp_path, capsys):
    """`jiannuo verify` needs none of our tools: what a changed row, tile or checkpoint gives a reader is refused."""
    (tmp_path / "key").write_text(f"{keys.public_keys()[0]}\n")

    def verdict():
        made = reading.make_proof(Entry.objects.select_related("epoch").get(leaf=7))
        (tmp_path / "proof").write_text(str(made))
        return verifier.main([str(tmp_path / "proof"), "--key-file", str(tmp_path / "key"), "--lang", "en"])

    assert verdict() == verifier.OK
    row, tile, last = entry(7), Tile.objects.get(level=0, index=0), Checkpoint.objects.get(size=300)
    sql("UPDATE ledger_entry SET public = replace(public, '7', '8') WHERE leaf = 7")
    assert verdict() == verifier.WRONG
    sql("UPDATE ledger_entry SET public = %s WHERE leaf = 7", row.public)
    sql('UPDATE ledger_tile SET data = %s WHERE level = 0 AND "index" = 0', bytes(tile.data)[::-1])
    assert verdict() == verifier.WRONG
    sql('UPDATE ledger_tile SET data = %s WHERE level = 0 AND "index" = 0', tile.data)
    sql("UPDATE ledger_checkpoint SET text = %s WHERE size = 300", last.text.replace("300", "301"))
    assert verdict() == verifier.WRONG
    sql("UPDATE ledger_checkpoint SET text = %s WHERE size = 300", last.text)
    assert verdict() == verifier.OK


@pytest.mark.usefixtures("_log")
def test_an_erased_entry_is_no_fault_and_a_longer_log_verifies_in_pieces(monkeypatch):
    from jiannuo.ledger.actions import erase

    erase(["record:7"], basis="认定机关撤销", on=story.DAY, by="account:1")
    story.sequence()
    for chunk in (7, 256, 300):
        monkeypatch.setattr(verifying, "CHUNK", chunk)
        assert found() == ""


@pytest.mark.parametrize("change", ["purpose = 'x'", "actor = 'account:2'", "subject = 'record:6'"])
def test_a_changed_look_is_found_and_an_erased_purpose_is_none(change):
    from jiannuo.ledger.actions import blank, digest_looks, look

    for subject in ("record:5", "record:6"):
        look("account:1", subject, "personal", on=story.DAY, purpose="任前考察")
    digest_looks(before=story.DAY.replace(day=30))
    assert found() == ""
    blank(["record:6"])
    assert found() == ""
    sql(f"UPDATE ledger_access SET {change} WHERE subject = 'record:5'")
    assert found() == "the looks of 2026-11-24 are not those that were committed to"


def test_a_deleted_look_is_found():
    from jiannuo.ledger.actions import digest_looks, look

    look("account:1", "record:5", "personal", on=story.DAY)
    digest_looks(before=story.DAY.replace(day=30))
    sql("DELETE FROM ledger_access WHERE subject = 'record:5'")
    assert "the looks of 2026-11-24" in found()
