"""What is wrong with a scheme, a measure or a table: where, what stands there, what is allowed, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jiannuo.rules.schema import Text


@dataclass(frozen=True)
class Fault:
    """One fault.

    code      stable machine word: "scheme.cycle"
    message   what is wrong, one sentence
    key       where in the scheme: "indicators.paid.measure", or a table's column
    file      the scheme or table
    line      from 1; 0 where a file has no lines
    found     what stands there
    allowed   what would be accepted, or what to do
    """

    code: str
    message: Text
    key: str = ""
    file: str = ""
    line: int = 0
    found: str = ""
    allowed: Text | None = None

    def say(self, language: str) -> str:
        """One line: file:line: key: message (found …; allowed …)."""
        chinese = not language.startswith("en")
        place = f"{self.file}:{self.line}" if self.line else self.file
        more = []
        if self.found:
            more.append(f"现为：{self.found}" if chinese else f"found: {self.found}")
        if self.allowed:
            more.append(f"应为：{self.allowed.zh}" if chinese else f"allowed: {self.allowed.en}")
        said = self.message.get(language)
        if more:
            said += ("（" + "；".join(more) + "）") if chinese else " (" + "; ".join(more) + ")"
        return ": ".join(part for part in (place, self.key, said) if part)


class Refused(Exception):
    """A scheme, its measures or its data cannot be used; every fault that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(fault.say("en") for fault in faults))
        self.faults = tuple(faults)


def both(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def refuse(code: str, zh: str, en: str, *, key: str = "", found: object = "", allowed: Text | None = None) -> Refused:
    """One fault, to raise."""
    return Refused([Fault(code, both(zh, en), key=key, found=str(found)[:300], allowed=allowed)])
