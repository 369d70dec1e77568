"""The file a reader downloads: it opens one part, and no character of it can change unnoticed."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiannuo.tlog import leaf, merkle, note, proof
from tests.tlog.small_log import SIGNER, STRANGER, SmallLog, log_of, text_of

LOG = log_of(300)
KEYS = [SIGNER.verifier]


@pytest.mark.parametrize("part", leaf.PARTS)
def test_a_proof_survives_its_file_and_opens_one_part_only(part):
    made = LOG.proof(123, part)
    text = str(made)
    read = proof.parse(text)
    assert read == made
    assert proof.verify(read, KEYS).size == 300
    assert read.leaf == LOG.leaf(123)
    closed = "internal" if part == "public" else "public"
    closed_text, closed_salt = LOG.entries[123][0][closed]
    opened = json.loads(note.decode(text.split("\n")[1].removeprefix("extra ")))
    assert closed_text not in json.dumps(opened, ensure_ascii=False)
    assert note.encode(closed_salt) not in json.dumps(opened)


@given(st.integers(0, 299))
@settings(max_examples=30)
def test_every_entry_has_its_proof(index):
    made = LOG.proof(index)
    proof.verify(made, KEYS)
    assert made.text == text_of(index)


def test_the_only_entry_of_a_log_needs_no_path():
    made = log_of(1).proof(0)
    assert made.path == ()
    proof.verify(proof.parse(str(made)), KEYS)


@given(st.data())
def test_no_character_of_the_file_can_change_what_it_proves(data):
    text = str(LOG.proof(123))
    place = data.draw(st.integers(0, len(text) - 1))
    char = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda char: char != text[place]))
    changed = text[:place] + char + text[place + 1 :]
    try:
        read = proof.parse(changed)
        proof.verify(read, KEYS)
    except (note.NoteError, merkle.ProofError):
        return
    # The name of the key is a hint beside the proof, and the one thing in the file that nothing covers.
    assert replace(read, key=LOG.key) == LOG.proof(123)
    assert read.key != LOG.key


def test_a_part_does_not_pass_for_the_other():
    made = LOG.proof(5)
    posing = proof.Proof("internal", made.text, made.salt, made.other, made.key, made.index, made.path, made.note)
    with pytest.raises(merkle.ProofError, match="another root"):
        proof.verify(posing, KEYS)


def test_a_log_with_a_key_of_its_own_does_not_pass_for_ours():
    forged = SmallLog(note.Ed25519Signer(SIGNER.name, STRANGER.private)).add([(text_of(1), "{}")]).proof(0)
    proof.verify(forged, [note.Verifier.parse(forged.key)])  # it is sound in itself, so pinning the key matters
    with pytest.raises(note.NoteError, match="none of the known keys"):
        proof.verify(forged, KEYS)


def with_extra(change):
    lines = str(LOG.proof(7)).split("\n")
    extra = json.loads(note.decode(lines[1].removeprefix("extra ")))
    change(extra)
    lines[1] = "extra " + note.encode(json.dumps(extra).encode())
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\n",
        proof.HEADER,
        f"{proof.HEADER}\nindex 0\n\nnote",
        f"{proof.HEADER}\nextra !\nindex 0\n\n",
        f"{proof.HEADER}\nextra {note.encode(b'[' * 200_000)}\nindex 0\n\n",
        str(LOG.proof(7)).replace("index 7", "index 07"),
        str(LOG.proof(7)).replace("index 7", f"index {'7' * 5000}"),
        with_extra(lambda extra: extra.update(format="other/1")),
        with_extra(lambda extra: extra.update(part="sealed")),
        with_extra(lambda extra: extra.update(part=[])),
        with_extra(lambda extra: extra.update(text={"a": 1})),
        with_extra(lambda extra: extra.update(text="\ud800")),
        with_extra(lambda extra: extra.update(salt="AAAA")),
        with_extra(lambda extra: extra.pop("other")),
        "x" * (proof.MAX_SIZE + 1),
    ],
    ids=range(16),
)
def test_what_is_no_proof_is_refused(text):
    with pytest.raises(merkle.ProofError):
        proof.parse(text)
