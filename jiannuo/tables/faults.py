"""What is wrong with a cell, a row or a file: found, allowed, hint, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from jiannuo.rules.schema import Text


@dataclass(frozen=True)
class Fault:
    """One fault.

    code      stable machine word, dotted: "tables.not_a_day"
    message   what is wrong, one sentence
    column    name of the column; "" if the whole row or file is at fault
    found     what stands there, as text
    allowed   what would be accepted
    hint      the nearest that is accepted, if one is near: nearest body names, nearest codes
    article   the rule it rests on, if one
    """

    code: str
    message: Text
    column: str = ""
    found: str = ""
    allowed: Text | None = None
    hint: Text | None = None
    article: Text | None = None
