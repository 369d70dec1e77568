"""C2SP signed-note and tlog-checkpoint: the specification's own examples, and what is no note."""

import pytest

from jiannuo.tlog import checkpoint, note
from jiannuo.tlog.note import NoteError
from tests.tlog.small_log import SIGNER, STRANGER

SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Z"
    "tg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
TEXT = "云川市\n\n诚信\n"
KEY = SIGNER.verifier


def test_the_example_of_the_specification_opens():
    verifier = note.Verifier.parse(SPEC_KEY)
    assert str(verifier) == SPEC_KEY
    assert note.open_note(SPEC_NOTE, [verifier]) == note.Opened("This is an example message.\n", (verifier,))


def test_what_is_signed_opens_again_also_with_empty_lines_inside():
    assert note.open_note(note.sign(TEXT, [SIGNER]), [KEY]).text == TEXT


def test_signatures_by_unknown_keys_are_ignored():
    both = note.sign(TEXT, [STRANGER, SIGNER])
    assert note.open_note(both, [KEY]).signed_by == (KEY,)
    assert note.open_note(both, [STRANGER.verifier, KEY]).signed_by == (STRANGER.verifier, KEY)


def test_a_note_that_no_known_key_signed_is_refused():
    for keys in ([], [STRANGER.verifier], [note.Verifier(STRANGER.name, KEY.key)]):
        with pytest.raises(NoteError, match="none of the known keys"):
            note.open_note(note.sign(TEXT, [SIGNER]), keys)


def test_a_wrong_signature_by_a_known_key_refuses_the_whole_note_beside_a_right_one():
    other = note.sign("another text\n", [STRANGER]).split("\n\n")[1]
    with pytest.raises(NoteError, match=r"signature by log\.example/other is wrong"):
        note.open_note(note.sign(TEXT, [SIGNER]) + other, [KEY, STRANGER.verifier])


def test_a_key_of_no_point_on_the_curve_verifies_nothing():
    odd = note.Verifier(SIGNER.name, b"\xff" * 32)
    assert not odd.verify(b"text\n", bytes(64))
    assert not KEY.verify(b"text\n", b"short")


GOOD = note.sign("text\n", [SIGNER])
LINE = GOOD.split("\n\n")[1]


@pytest.mark.parametrize(
    "text",
    {
        "empty": "",
        "no signatures": "text\n",
        "nothing after the empty line": "text\n\n",
        "no last newline": GOOD[:-1],
        "carriage returns": GOOD.replace("\n", "\r\n"),
        "tab in the text": GOOD.replace("text", "te\txt"),
        "NUL in a name": GOOD.replace("— log", "— \0log"),
        "hyphen for dash": GOOD.replace("—", "-"),
        "two spaces": GOOD.replace("— ", "—  "),
        "trailing space": GOOD[:-1] + " \n",
        "plus in a name": GOOD.replace("log.example", "log+example"),
        "not base64": f"text\n\n— {SIGNER.name} !!!!\n",
        "key id alone": f"text\n\n— {SIGNER.name} AAAAAA==\n",
        "unpadded": GOOD.replace("=\n", "\n"),
        "too many": "text\n\n" + LINE * (note.MAX_SIGNATURES + 1),
        "too long": "x" * note.MAX_SIZE + GOOD,
    }.values(),
)
def test_what_is_malformed_is_no_note(text):
    assert text != GOOD
    with pytest.raises(NoteError):
        note.open_note(text, [KEY])


def test_no_character_of_a_note_can_change_unnoticed():
    for place, char in enumerate(GOOD):
        changed = GOOD[:place] + ("A" if char != "A" else "B") + GOOD[place + 1 :]
        with pytest.raises(NoteError):
            note.open_note(changed, [KEY])


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", "\ud800\n"])
def test_what_cannot_stand_in_a_note_is_not_signed(text):
    with pytest.raises(NoteError):
        note.sign(text, [SIGNER])


def test_a_note_without_a_signer_is_not_made():
    with pytest.raises(NoteError, match="at least one"):
        note.sign(TEXT, [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        SPEC_KEY.replace("530d903a", "530D903A"),
        SPEC_KEY.replace("530d903a", "530d903b"),
        SPEC_KEY.replace("example.com/foo", "example.com/bar"),
        SPEC_KEY.replace("+Aek", "+Bek"),
        SPEC_KEY[:-4],
        SPEC_KEY.replace("example.com/foo", "two words"),
    ],
)
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(NoteError):
        note.Verifier.parse(text)


ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
SPEC_CHECKPOINT = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"


def test_the_checkpoint_of_the_specification_reads_and_writes():
    head = checkpoint.parse(SPEC_CHECKPOINT)
    assert (head.origin, head.size, note.encode(head.root)) == ("example.com/behind-the-sofa", 20852163, ROOT)
    assert str(head) == SPEC_CHECKPOINT
    assert checkpoint.parse(SPEC_CHECKPOINT + "one more\n").extensions == ("one more",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        f"\n1\n{ROOT}\n",
        f"a\n01\n{ROOT}\n",
        f"a\n-1\n{ROOT}\n",
        f"a\n１\n{ROOT}\n",
        f"a\n{'9' * 5000}\n{ROOT}\n",
        f"a\n1\n{ROOT[:-4]}\n",
        f"a\n1\n{ROOT.replace('2I=', '2J=')}\n",  # the same 32 bytes in another spelling
        f"a\n1\n{ROOT}\n\nb\n",
        f"a\n1\n{ROOT}",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteError):
        checkpoint.parse(text)


def test_a_checkpoint_counts_only_when_the_log_itself_signed_it():
    head = checkpoint.Checkpoint(SIGNER.name, 1, bytes(32))
    assert checkpoint.open_checkpoint(checkpoint.sign(head, [SIGNER]), [KEY]) == head
    with pytest.raises(NoteError, match="itself has not signed"):
        checkpoint.open_checkpoint(checkpoint.sign(head, [STRANGER]), [STRANGER.verifier, KEY])
