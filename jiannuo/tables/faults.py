"""What is wrong with a cell, a row or a file: found, allowed, hint, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiannuo.rules.schema import Text

# Zero characters and lone halves of characters: no database keeps them.
_UNKEPT = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """A text that every database can keep."""
    return _UNKEPT.sub("\ufffd", text)


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

    def as_json(self) -> dict[str, Any]:
        """As kept beside a row and answered by the API: texts as {"zh", "en"}, empty parts left out."""
        texts = {"message": self.message, "allowed": self.allowed, "hint": self.hint, "article": self.article}
        words = {"code": self.code, "column": self.column, "found": storable(self.found)}
        return {
            **{name: word for name, word in words.items() if word},
            **{name: {"zh": storable(text.zh), "en": storable(text.en)} for name, text in texts.items() if text},
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Fault:
        """The fault that `as_json` wrote."""
        texts = {name: Text(**kept[name]) for name in ("message", "allowed", "hint", "article") if kept.get(name)}
        return cls(code=kept["code"], column=kept.get("column", ""), found=kept.get("found", ""), **texts)
