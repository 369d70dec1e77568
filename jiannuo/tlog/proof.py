"""The file a reader downloads: a C2SP tlog-proof whose `extra` line opens one part of the entry.

`extra` is base64 of canonical JSON: {"format", "part", "text", "salt", "other", "key"}. `text` is the exact canonical
text of the part, `salt` its salt and `other` the commitment to the closed part (both base64); `key` is the log's
verifier key, for convenience: whoever wants to trust more than this file pins the key from elsewhere. The file is one
that any reader of C2SP tlog-proof understands, and no verifier re-serialises anything.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import checkpoint, leaf, merkle, note

HEADER = "c2sp.org/tlog-proof@v1"
FORMAT = "jiannuo/1"
MEDIA_TYPE = "application/vnd.jiannuo.tlog-proof"
MAX_SIZE = 2_000_000

_INDEX = re.compile(r"0|[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Proof:
    """One part of leaf `index`, opened, and its way to a signed root."""

    part: leaf.Part
    text: str
    salt: bytes
    other: bytes
    key: str
    index: int
    path: tuple[bytes, ...]
    note: str

    @property
    def leaf(self) -> bytes:
        """The 65 bytes that the log holds, from the opened text and the commitment to the closed part."""
        mine = leaf.commitment(self.part, self.salt, self.text)
        return leaf.make_leaf(mine, self.other) if self.part == "public" else leaf.make_leaf(self.other, mine)

    def __str__(self) -> str:
        extra = leaf.canonical(
            {
                "format": FORMAT,
                "part": self.part,
                "text": self.text,
                "salt": note.encode(self.salt),
                "other": note.encode(self.other),
                "key": self.key,
            }
        )
        lines = [HEADER, f"extra {note.encode(extra.encode())}", f"index {self.index}", *map(note.encode, self.path)]
        return "\n".join(lines) + "\n\n" + self.note


def parse(text: str) -> Proof:
    """The proof in a file. Raises ProofError saying which line is at fault."""
    if len(text) > MAX_SIZE:
        raise merkle.ProofError("the file is too long to be a proof")
    head, _, signed = text.partition("\n\n")
    lines = head.split("\n")
    if lines[0] != HEADER:
        raise merkle.ProofError(f"line 1 is {lines[0][:60]!r}; a proof begins with {HEADER!r}")
    if len(lines) < 3 or not lines[1].startswith("extra "):
        raise merkle.ProofError("line 2 does not open a part of the entry (extra …)")
    if not lines[2].startswith("index ") or not _INDEX.fullmatch(lines[2][6:]):
        raise merkle.ProofError(f"line 3 is {lines[2][:60]!r}; expected the index of the entry")
    extra = _extra(lines[1][6:])
    path = tuple(_unb64(line, f"line {number}", 32) for number, line in enumerate(lines[3:], 4))
    part = extra["part"]
    if part not in leaf.PARTS:
        raise merkle.ProofError(f"the part is {part!r}; there are only public and internal")
    try:
        extra["text"].encode("utf-8")
    except UnicodeEncodeError:
        raise merkle.ProofError("the text holds a lone surrogate") from None
    return Proof(
        part="public" if part == "public" else "internal",
        text=extra["text"],
        salt=_unb64(extra["salt"], "the salt", leaf.SALT_SIZE),
        other=_unb64(extra["other"], "the closed part", 32),
        key=extra["key"],
        index=int(lines[2][6:]),
        path=path,
        note=signed,
    )


def verify(proof: Proof, verifiers: Sequence[note.Verifier]) -> checkpoint.Checkpoint:
    """The checkpoint under which the opened text stands in the log. Raises NoteError or ProofError."""
    head = checkpoint.open_checkpoint(proof.note, verifiers)
    merkle.verify_inclusion(proof.index, head.size, merkle.leaf_hash(proof.leaf), proof.path, head.root)
    return head


def _extra(encoded: str) -> dict[str, str]:
    try:
        extra: Any = json.loads(_unb64(encoded, "line 2"))
    except (ValueError, RecursionError):
        raise merkle.ProofError("line 2 does not hold what opens an entry") from None
    if not isinstance(extra, dict) or extra.get("format") != FORMAT:
        raise merkle.ProofError(f"line 2 is not of the format {FORMAT}")
    extra.setdefault("key", "")
    wrong = [name for name in ("part", "text", "salt", "other", "key") if not isinstance(extra.get(name), str)]
    if wrong:
        raise merkle.ProofError(f"line 2 lacks {', '.join(wrong)}, or it is no text")
    return extra


def _unb64(text: str, what: str, size: int | None = None) -> bytes:
    try:
        data = note.decode(text)
    except ValueError:
        raise merkle.ProofError(f"{what} is not base64") from None
    if size is not None and len(data) != size:
        raise merkle.ProofError(f"{what} holds {len(data)} bytes, {size} are needed")
    return data
