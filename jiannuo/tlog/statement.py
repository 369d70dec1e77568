"""A signed statement: a note that says a few facts under the name of a log, and is no checkpoint and no receipt.

Line 1 is HEADER, line 2 the log's origin, line 3 what is stated; then one fact a line, its name, a space, its value:

    jiannuo/statement@v1
    example.gov.cn/credit
    zero-report
    body body:12 云川市财政局
    period 2026-10
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import note

HEADER = "jiannuo/statement@v1"


@dataclass(frozen=True)
class Statement:
    """origin: the log in whose name it is made; what: sort of statement; facts: name → value, in a fixed order."""

    origin: str
    what: str
    facts: Mapping[str, str]

    def __str__(self) -> str:
        lines = [HEADER, self.origin, self.what, *(f"{name} {value}" for name, value in self.facts.items())]
        return "".join(f"{line}\n" for line in lines)


def sign(statement: Statement, signers: Sequence[note.Signer]) -> str:
    """The signed note. Raises NoteError where a fact cannot stand in a line."""
    text = str(statement)
    if parse(text) != statement:
        raise note.NoteError("a fact of the statement does not stand in one line")
    return note.sign(text, signers)


def parse(text: str) -> Statement:
    """Raises NoteError saying what is wrong."""
    lines = text.split("\n")
    if lines[0] != HEADER or len(lines) < 4 or lines[-1]:
        raise note.NoteError(f"a statement begins with {HEADER!r}")
    facts: dict[str, str] = {}
    for line in lines[3:-1]:
        name, space, value = line.partition(" ")
        if not name or not space or name in facts:
            raise note.NoteError(f"not a fact, or said twice: {line!r}")
        facts[name] = value
    return Statement(lines[1], lines[2], facts)


def open_statement(text: str, what: str, verifiers: Sequence[note.Verifier]) -> Statement:
    """The statement of a note that one of these keys has signed under the origin's own name. Raises NoteError."""
    opened = note.open_note(text, verifiers)
    found = parse(opened.text)
    if found.what != what:
        raise note.NoteError(f"it states {found.what!r}, not {what!r}")
    if not any(verifier.name == found.origin for verifier in opened.signed_by):
        raise note.NoteError(f"{found.origin} itself has not signed")
    return found
