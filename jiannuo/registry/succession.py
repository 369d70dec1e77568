"""Who answers for whom on which day: a pure function of the successions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Passing:
    """`body` ended; from `on` its general heir answers."""

    body: int
    heir: int
    on: date


@dataclass(frozen=True)
class Holding:
    """`holder` answers for `origin` from `since` (None: always) to before `until` (None: still)."""

    origin: int
    holder: int
    since: date | None
    until: date | None


class Cycle(ValueError):
    """The heirs lead back to where they began."""


def holdings(passings: Iterable[Passing]) -> list[Holding]:
    """For each ended body, who holds its inheritance over time: exactly one holder on every day.

    Raises Cycle, or ValueError when an heir had ended before it inherited.
    """
    by_body: Mapping[int, Passing] = {passing.body: passing for passing in passings}
    out: list[Holding] = []
    for origin in by_body:
        holder, since, seen = origin, None, {origin}
        while (passing := by_body.get(holder)) is not None:
            if since is not None and passing.on <= since:
                raise ValueError(f"body {holder} inherits on {since} but ended on {passing.on}")
            out.append(Holding(origin, holder, since, passing.on))
            holder, since = passing.heir, passing.on
            if holder in seen:
                raise Cycle(f"body {origin} would inherit from itself")
            seen.add(holder)
        out.append(Holding(origin, holder, since, None))
    return out
