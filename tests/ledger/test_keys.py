"""Keys: kept apart, refused when they are not fit, rotated under two signatures; and room for another algorithm."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from jiannuo.ledger import keys, reading, rotation, sequencer, verifying
from jiannuo.ledger.actions import append, public_part
from jiannuo.ledger.models import Checkpoint, Entry
from jiannuo.tlog import note, proof
from jiannuo.tlog import verify as verifier
from tests.ledger import story
from tests.ledger.house import replaced

pytestmark = pytest.mark.django_db


def enter(first, last):
    story.enter(first, last)
    story.sequence()


def proof_of(subject):
    return reading.make_proof(Entry.objects.select_related("epoch").get(subject=subject))


def standings():
    return [key.standing for key in reading.public_keys()]


def rotate():
    announced = rotation.announce(story.NOW, on=story.DAY)
    return announced, rotation.switch(story.NOW, on=story.DAY)


def test_the_private_key_is_readable_by_its_owner_alone_and_never_in_the_folder_of_the_log(settings):
    enter(0, 1)
    assert settings.LOG_KEY_FILE.stat().st_mode & 0o777 == 0o600
    seed = settings.LOG_KEY_FILE.read_bytes().strip()
    assert not [file for file in settings.LOG_DIR.rglob("*") if file.is_file() and seed in file.read_bytes()]


def test_a_key_that_others_may_read_is_refused(settings):
    enter(0, 1)
    settings.LOG_KEY_FILE.chmod(0o640)
    story.enter(1, 2)
    with pytest.raises(keys.KeyProblem, match="may be read by others"):
        story.sequence()


@pytest.mark.parametrize("text", [b"", b"not base64!", b"c2hvcnQ="])
def test_a_file_that_holds_no_key_is_refused(settings, text):
    keys.make_key(settings.LOG_KEY_FILE)
    settings.LOG_KEY_FILE.write_bytes(text)
    story.enter(0, 1)
    with pytest.raises(keys.KeyProblem, match="does not hold a key"):
        story.sequence()


def test_a_key_is_never_written_over(settings):
    keys.make_key(settings.LOG_KEY_FILE)
    with pytest.raises(FileExistsError):
        keys.make_key(settings.LOG_KEY_FILE)
    with pytest.raises(CommandError, match="never written over"):
        call_command("log", "make-key")


def test_in_production_the_origin_of_a_trial_is_refused(settings):
    keys.make_key(settings.LOG_KEY_FILE)
    settings.TRIAL = False
    story.enter(0, 1)
    with pytest.raises(keys.KeyProblem, match="origin of a trial"):
        story.sequence()


def test_in_production_no_key_makes_itself(settings):
    settings.TRIAL, settings.ORIGIN = False, "log.example/yunchuan"
    story.enter(0, 1)
    with pytest.raises(keys.KeyProblem, match="make-key"):
        story.sequence()
    call_command("log", "make-key", verbosity=0)
    assert story.sequence() == 1


def test_a_database_of_a_trial_is_refused_in_production(settings):
    enter(0, 1)
    settings.TRIAL, settings.ORIGIN = False, "log.example/yunchuan"
    story.enter(1, 2)
    with pytest.raises(keys.KeyProblem, match="origin of a trial"):
        story.sequence()


def test_another_key_under_the_same_name_is_refused(settings):
    enter(0, 1)
    settings.LOG_KEY_FILE.unlink()
    story.enter(1, 2)
    with pytest.raises(keys.KeyProblem, match="is not a key that"):
        story.sequence()


def test_another_key_is_refused_although_the_list_of_keys_was_lost_with_it(settings):
    enter(0, 1)
    settings.LOG_KEY_FILE.unlink()
    (settings.LOG_DIR / "keys").unlink()
    story.enter(1, 2)
    with pytest.raises(keys.KeyProblem, match="is not a key that"):
        story.sequence()


def test_the_list_of_keys_is_made_anew_when_it_alone_was_lost(settings):
    enter(0, 1)
    before = keys.public_keys()
    (settings.LOG_DIR / "keys").unlink()
    enter(1, 2)
    assert keys.public_keys() == before


def test_a_torn_line_in_the_list_of_keys_is_passed_over(settings):
    enter(0, 1)
    before = keys.public_keys()
    with (settings.LOG_DIR / "keys").open("a") as file:
        file.write("localhost/jiannuo/trial+0102")
    assert keys.public_keys() == before


# Rotation


def test_while_a_rotation_runs_both_keys_sign(settings):
    enter(0, 1)
    old = keys.public_keys()[0]
    following = rotation.announce(story.NOW, on=story.DAY)
    enter(1, 2)
    text = Checkpoint.objects.order_by("-size").first().text
    assert note.open_note(text, [old]).signed_by == (old,)
    assert note.open_note(text, [following]).signed_by == (following,)
    assert standings() == ["next", "present"]
    assert reading.state().key == str(old)


def test_the_next_key_is_announced_by_an_entry_that_the_present_key_signs():
    enter(0, 1)
    old = keys.public_keys()[0]
    following = rotation.announce(story.NOW, on=story.DAY)
    entry = Entry.objects.select_related("epoch").get(verb="key.next")
    assert public_part(entry)["key"] == str(following)
    proof.verify(reading.make_proof(entry), [old])


def test_announcing_twice_makes_one_key_and_one_entry():
    enter(0, 1)
    assert rotation.announce(story.NOW, on=story.DAY) == rotation.announce(story.NOW, on=story.DAY)
    assert Entry.objects.filter(verb="key.next").count() == 1


def test_after_the_switch_the_next_key_signs_alone_and_old_proofs_still_verify(settings, tmp_path, capsys):
    enter(0, 5)
    before = proof_of("record:3")
    old = keys.public_keys()[0]
    seed = settings.LOG_KEY_FILE.read_bytes()
    announced, present = rotate()
    assert announced == present != old
    enter(5, 6)
    after = proof_of("record:3")
    assert after.key == str(present)
    assert standings() == ["present", "past"]
    proof.verify(before, [old])
    proof.verify(after, [present])
    with pytest.raises(note.NoteError):
        proof.verify(after, [old])
    assert settings.LOG_KEY_FILE.read_bytes() != seed
    assert not keys.next_file().exists()
    assert list(verifying.verify()) == []
    # The list that /tlog/keys offers serves `jiannuo verify --key-file` for both.
    (tmp_path / "public").write_bytes(Client().get("/tlog/keys").content)
    for name, one in (("before", before), ("after", after)):
        (tmp_path / name).write_text(str(one))
        assert verifier.main([str(tmp_path / name), "--key-file", str(tmp_path / "public")]) == verifier.OK
    assert Client().get("/tlog/key").content.decode() == f"{present}\n"


def test_no_switch_to_a_key_that_was_not_announced():
    enter(0, 1)
    with pytest.raises(keys.KeyProblem, match="next-key"):
        rotation.switch(story.NOW, on=story.DAY)


def test_a_key_put_beside_and_not_announced_is_found_by_log_verify():
    enter(0, 1)
    keys.make_key(keys.next_file())
    enter(1, 2)
    (fault,) = verifying.verify()
    assert "was never announced" in fault
    with pytest.raises(keys.KeyProblem, match="next-key"):
        rotation.switch(story.NOW, on=story.DAY)
    # A power cut between file and entry looks the same; announcing again mends it.
    rotation.announce(story.NOW, on=story.DAY)
    assert list(verifying.verify()) == []


def test_a_power_cut_between_renaming_and_entry_is_mended_by_switching_again():
    enter(0, 1)
    rotation.announce(story.NOW, on=story.DAY)

    def cut(*_arguments):
        raise InterruptedError

    with replaced(rotation, "_once", cut), pytest.raises(InterruptedError):
        rotation.switch(story.NOW, on=story.DAY)
    enter(1, 2)
    assert rotation.switch(story.NOW, on=story.DAY)
    assert Entry.objects.filter(verb="key.switched").count() == 1
    enter(2, 3)
    assert list(verifying.verify()) == []


def test_a_rotation_may_be_followed_by_another():
    enter(0, 1)
    rotate()
    enter(1, 2)
    rotate()
    enter(2, 3)
    assert standings() == ["present", "past", "past"]
    assert list(verifying.verify()) == []


def test_a_new_epoch_during_a_rotation_keeps_both_keys_under_its_own_name():
    enter(0, 1)
    rotation.announce(story.NOW, on=story.DAY)
    sequencer.new_epoch(story.NOW, reason="演练", on=story.DAY)
    rotate()
    enter(1, 2)
    assert list(verifying.verify()) == []
    assert len(keys.public_keys("localhost/jiannuo/trial/2")) == 2


def test_a_lost_key_is_followed_by_a_new_epoch_that_names_the_new_one(settings):
    enter(0, 1)
    settings.LOG_KEY_FILE.unlink()
    keys.make_key(settings.LOG_KEY_FILE)
    epoch = sequencer.new_epoch(story.NOW, reason="密钥遗失", on=story.DAY)
    enter(1, 2)
    assert list(verifying.verify()) == []
    assert public_part(Entry.objects.get(verb="log.epoch"))["key"] == str(keys.public_keys(epoch.origin)[0])


def test_the_commands_of_a_rotation(capsys):
    enter(0, 1)
    call_command("log", "next-key")
    call_command("log", "switch-key")
    call_command("log", "status")
    said = capsys.readouterr().out
    assert "Both keys sign from now on" in said
    assert "present key localhost/jiannuo/trial+" in said
    assert "past key localhost/jiannuo/trial+" in said


# The seam for SM2: a signer of another algorithm beside Ed25519


@dataclass(frozen=True)
class OtherSigner:
    """Stands for a signer of another algorithm; here a keyed hash, with a type byte that no standard uses."""

    name: str
    secret: bytes = b"secret"
    algorithm: bytes = b"\xf0"

    @property
    def key_id(self) -> bytes:
        return note.key_id(self.name, self.algorithm, hashlib.sha256(self.secret).digest())

    def sign(self, text: bytes) -> bytes:
        return hmac.digest(self.secret, text, "sha512")

    def verify(self, text: bytes, signature: bytes) -> bool:
        return hmac.compare_digest(self.sign(text), signature)


def test_a_second_algorithm_signs_beside_the_first_and_disturbs_no_reader():
    enter(0, 1)
    first = keys.public_keys()[0]
    other = OtherSigner(first.name)

    def both(origin, *, last=""):
        return [*plainly(origin, last=last), other]

    with replaced(keys, "signers", both) as plainly:
        enter(1, 3)
    text = Checkpoint.objects.order_by("-size").first().text
    assert text.count("\n— ") == 2
    assert note.open_note(text, [first]).signed_by == (first,)
    assert note.open_note(text, [other]).signed_by == (other,)
    assert list(verifying.verify()) == []
    proof.verify(proof_of("record:2"), [first])
    assert reading.state().key == str(first)
    enter(3, 4)
    assert sequencer.witnessed() == list(Checkpoint.objects.order_by("size").values_list("text", flat=True))


def test_looks_of_days_on_which_no_worker_ran_are_committed_to_later():
    from jiannuo.ledger.actions import digest_looks, look

    for days in (3, 2, 1, 0):
        look("account:1", "record:5", "personal", on=story.DAY - timedelta(days), purpose="任前考察")
    entries = digest_looks(before=story.DAY)
    assert [entry.on for entry in entries] == [story.DAY - timedelta(days) for days in (3, 2, 1)]
    assert digest_looks(before=story.DAY) == []
    assert "account:1" not in "".join(entry.public for entry in entries)
    assert isinstance(append([story.draft(1)])[0].at, datetime)
