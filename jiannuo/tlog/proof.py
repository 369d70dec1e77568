"""The file a reader downloads: a C2SP tlog-proof whose `extra` line opens one part of the entry.

`extra` is base64 of canonical JSON: {"format", "part", "text", "salt", "other", "key"}. `text` is the exact canonical text
of the part, `salt` its salt and `other` the commitment to the closed part (both base64); `key` is the log's verifier key,
for convenience: whoever wants to trust more than this file pins the key from elsewhere. No verifier re-serialises.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import checkpoint, leaf, merkle, note

HEADER = "c2sp.org/tlog-proof@v1"
FORMAT = "jiannuo/1"
MEDIA_TYPE = "application/vnd.jiannuo.tlog-proof"
MAX_SIZE = 2_000_000


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
        mine = leaf.commitment(self.part, self.salt, self.text)
        return leaf.make_leaf(mine, self.other) if self.part == "public" else leaf.make_leaf(self.other, mine)

    def __str__(self) -> str:
        extra = leaf.canonical(
            {
                "format": FORMAT,
                "part": self.part,
                "text": self.text,
                "salt": _b64(self.salt),
                "other": _b64(self.other),
                "key": self.key,
            }
        )
        lines = [HEADER, f"extra {_b64(extra.encode())}", f"index {self.index}", *map(_b64, self.path)]
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
    if not lines[2].startswith("index ") or not _is_number(lines[2][6:]):
        raise merkle.ProofError(f"line 3 is {lines[2][:60]!r}; expected the index of the entry")
    extra = _extra(lines[1][6:])
    path = tuple(_unb64(line, f"line {number}", 32) for number, line in enumerate(lines[3:], 4))
    part = extra["part"]
    if part not in leaf.PARTS:
        raise merkle.ProofError(f"the part is {part!r}; there are only public and internal")
    return Proof(
        part="public" if part == "public" else "internal",
        text=str(extra["text"]),
        salt=_unb64(extra["salt"], "the salt", leaf.SALT_SIZE),
        other=_unb64(extra["other"], "the closed part", 32),
        key=str(extra.get("key", "")),
        index=int(lines[2][6:]),
        path=path,
        note=signed,
    )


def verify(proof: Proof, verifiers: Sequence[note.Verifier]) -> checkpoint.Checkpoint:
    """The checkpoint under which the opened text stands in the log. Raises NoteError or ProofError."""
    head = checkpoint.open_checkpoint(proof.note, verifiers)
    merkle.verify_inclusion(proof.index, head.size, merkle.leaf_hash(proof.leaf), proof.path, head.root)
    return head


def _extra(encoded: str) -> dict[str, Any]:
    try:
        extra = json.loads(_unb64(encoded, "line 2"))
    except ValueError:
        raise merkle.ProofError("line 2 does not hold what opens an entry") from None
    if not isinstance(extra, dict) or extra.get("format") != FORMAT:
        raise merkle.ProofError(f"line 2 is not of the format {FORMAT}")
    missing = {"part", "text", "salt", "other"} - extra.keys()
    if missing:
        raise merkle.ProofError(f"line 2 lacks {', '.join(sorted(missing))}")
    return extra


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: object, what: str, size: int | None = None) -> bytes:
    try:
        data = base64.b64decode(str(text), validate=True)
    except ValueError:
        raise merkle.ProofError(f"{what} is not base64") from None
    if size is not None and len(data) != size:
        raise merkle.ProofError(f"{what} holds {len(data)} bytes, {size} are needed")
    return data
