"""What is wrong with a scheme, a measure or a table: where, what stands there, what is allowed, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jiannuo.rules.schema import Text

NAMED = 5  # places that are named where one fault is in many


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


def told(faults: Sequence[Fault], language: str) -> Iterator[str]:
    """A line for each; what is wrong in the same way in many places is said once, and then where else."""
    same: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        same.setdefault((fault.code, fault.message.en, fault.found), []).append(fault)
    for first, *others in same.values():
        yield first.say(language)
        if len(others) <= 2:
            yield from (one.say(language) for one in others)
            continue
        places = [f"{one.key} ({one.line})" for one in others[:NAMED]] + ["…"] * (len(others) > NAMED)
        if language.startswith("en"):
            yield f"    the same in {len(others)} other places: {', '.join(places)}"
        else:
            yield f"    同样还有 {len(others)} 处：{'、'.join(places)}"


def both(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def refuse(code: str, zh: str, en: str, *, key: str = "", found: object = "", allowed: Text | None = None) -> Refused:
    """One fault, to raise."""
    return Refused([Fault(code, both(zh, en), key=key, found=str(found)[:300], allowed=allowed)])
