"""The receipt of a batch: a signed note that says what was handed in, what became of it, and where the log has it.

Line 1 is HEADER, line 2 the log's origin; then one fact a line, its name, a space, its value, in this order:

    batch 2026-000123                 its number
    dataset records
    provider body:12 云川市财政局      on whose behalf
    handed-in 2026-11-23
    finished 2026-11-23T09:05:44+08:00
    digest 3f9a…                      SHA-256 of the file, or of the canonical rows of a call, in hex
    bytes 48213
    rows 319
    count new 288                     one line for each outcome that occurs
    leaves 48201 48512                the first and the last entry about it, inclusive, from 0
    checkpoint 48600 <root>           the signed tree that holds them: size, and root in base64

No checkpoint reads like this (its second line is a size), so neither can be taken for the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import note

HEADER = "jiannuo/receipt@v1"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Receipt:
    """length: bytes; leaves: first and last, inclusive; size, root: of the checkpoint that holds them."""

    origin: str
    batch: str
    dataset: str
    provider: str
    handed_in: str
    finished: str
    digest: str
    length: int
    rows: int
    counts: Mapping[str, int]
    leaves: tuple[int, int]
    size: int
    root: bytes

    def __str__(self) -> str:
        facts = [
            ("batch", self.batch),
            ("dataset", self.dataset),
            ("provider", self.provider),
            ("handed-in", self.handed_in),
            ("finished", self.finished),
            ("digest", self.digest),
            ("bytes", self.length),
            ("rows", self.rows),
            *(("count", f"{name} {count}") for name, count in self.counts.items()),
            ("leaves", f"{self.leaves[0]} {self.leaves[1]}"),
            ("checkpoint", f"{self.size} {note.encode(self.root)}"),
        ]
        return "".join(f"{line}\n" for line in (HEADER, self.origin, *(f"{name} {value}" for name, value in facts)))


def sign(receipt: Receipt, signers: Sequence[note.Signer]) -> str:
    """The signed note. Raises NoteError when a fact cannot stand in one."""
    return note.sign(str(receipt), signers)


def parse(text: str) -> Receipt:
    """The receipt in a note's text. Raises NoteError saying what is wrong with it."""
    lines = text.split("\n")
    if lines[0] != HEADER or len(lines) < 4 or lines[-1]:
        raise note.NoteError(f"a receipt begins with {HEADER!r}")
    facts: dict[str, str] = {}
    counts: dict[str, int] = {}
    for line in lines[2:-1]:
        name, _space, value = line.partition(" ")
        if name == "count":
            outcome, _space, value = value.partition(" ")
            counts[outcome] = _whole(value)
        elif name in facts:
            raise note.NoteError(f"the receipt says twice: {name}")
        else:
            facts[name] = value
    try:
        first, last = map(_whole, facts["leaves"].split(" "))
        size, root = facts["checkpoint"].split(" ")
        found = Receipt(
            origin=lines[1],
            batch=facts["batch"],
            dataset=facts["dataset"],
            provider=facts["provider"],
            handed_in=facts["handed-in"],
            finished=facts["finished"],
            digest=facts["digest"],
            length=_whole(facts["bytes"]),
            rows=_whole(facts["rows"]),
            counts=counts,
            leaves=(first, last),
            size=_whole(size),
            root=note.decode(root),
        )
    except (KeyError, ValueError) as error:
        raise note.NoteError(f"the receipt is not whole: {error}") from None
    if not _DIGEST.fullmatch(found.digest) or not first <= last < found.size or str(found) != text:
        raise note.NoteError("the receipt contradicts itself")
    return found


def open_receipt(text: str, verifiers: Sequence[note.Verifier]) -> Receipt:
    """The receipt of a note that one of these keys has signed under the origin's own name. Raises NoteError."""
    opened = note.open_note(text, verifiers)
    receipt = parse(opened.text)
    if not any(verifier.name == receipt.origin for verifier in opened.signed_by):
        raise note.NoteError(f"{receipt.origin} itself has not signed")
    return receipt


def _whole(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise note.NoteError(f"{text!r} is not a number")
    return int(text)
