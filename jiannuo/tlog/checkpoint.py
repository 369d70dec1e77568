"""C2SP tlog-checkpoint: the text of a signed tree head."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import note
from .merkle import HASH_SIZE

# Go and most others hold a size in 63 bits; a longer number could not be compared with theirs.
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Checkpoint:
    """origin: the log's name; size: leaves; root: 32 bytes; extensions: further lines, none of them empty."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [self.origin, str(self.size), note.encode(self.root), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


def parse(text: str) -> Checkpoint:
    """The checkpoint in a note's text. Raises NoteError."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1]:
        raise note.NoteError("a checkpoint has three lines at least")
    origin, size, root, *extensions = lines[:-1]
    if not origin:
        raise note.NoteError("the checkpoint names no origin")
    if not _SIZE.fullmatch(size):
        raise note.NoteError(f"{size!r} is not a tree size")
    try:
        digest = note.decode(root)
    except ValueError:
        digest = b""
    if len(digest) != HASH_SIZE:
        raise note.NoteError(f"{root!r} is not a root hash")
    if not all(extensions):
        raise note.NoteError("an extension line of the checkpoint is empty")
    return Checkpoint(origin, int(size), digest, tuple(extensions))


def sign(checkpoint: Checkpoint, signers: Sequence[note.Signer]) -> str:
    """The signed note of a checkpoint."""
    return note.sign(str(checkpoint), signers)


def open_checkpoint(text: str, verifiers: Sequence[note.Verifier]) -> Checkpoint:
    """The checkpoint of a note that one of these keys has signed under the origin's own name. Raises NoteError."""
    opened = note.open_note(text, verifiers)
    checkpoint = parse(opened.text)
    if not any(verifier.name == checkpoint.origin for verifier in opened.signed_by):
        raise note.NoteError(f"{checkpoint.origin} itself has not signed")
    return checkpoint
