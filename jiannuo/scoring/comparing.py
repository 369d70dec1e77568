"""Two results of the same units, two schemes or two periods: who moved, and why.

The index is taken from the first result to the second in steps, and each step's difference is what it brought: first
each indicator's normalised figures, in the order of the second scheme, then what remains, the schemes' own differences
(weights, means, indicators that came or went), then bonus and deduction. The steps add up to the whole difference
exactly; how it divides between them depends on their order where a mean is not arithmetic, and the report says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from .computing import aggregate
from .exact.contributing import apportion
from .exact.numbers import Column, arithmetic
from .faults import refuse
from .measuring import Unit
from .result import Result

SCHEME = "*scheme"
POINTS = "*points"


@dataclass(frozen=True)
class Move:
    """One unit from the first result to the second; None where it has no score, or is not there.

    causes   indicator (or SCHEME, POINTS) → published digits, adding up to score_after − score_before; empty where
             one of the two is missing
    """

    unit: Unit
    score_before: Decimal | None
    score_after: Decimal | None
    rank_before: int | None
    rank_after: int | None
    causes: Mapping[str, Decimal]

    @property
    def climbed(self) -> int | None:
        """Places gained; negative: lost."""
        if self.rank_before is None or self.rank_after is None:
            return None
        return self.rank_before - self.rank_after


def compare(before: Result, after: Result) -> Sequence[Move]:
    """A move for every unit of either, by code. Raises Refused where they publish different digits."""
    if before.scheme.digits != after.scheme.digits:
        raise refuse(
            "compare.digits",
            "两个方案公布的小数位数不同",
            "The two schemes publish different digits",
            found=f"{before.scheme.digits} ≠ {after.scheme.digits}",
        )
    first = {unit.code: place for place, unit in enumerate(before.units)}
    second = {unit.code: place for place, unit in enumerate(after.units)}
    named = {unit.code: unit for unit in (*before.units, *after.units)}
    shared = sorted(first.keys() & second.keys())
    with arithmetic():
        steps = _steps(before, after, [first[code] for code in shared], [second[code] for code in shared])
        moves = []
        for code in sorted(named):
            a, b = first.get(code), second.get(code)
            was = before.index[a] if a is not None else None
            now = after.index[b] if b is not None else None
            causes: Mapping[str, Decimal] = {}
            if was is not None and now is not None:
                causes = _causes(steps, shared.index(code), now - was, after.scheme.digits)
            moves.append(
                Move(
                    named[code],
                    was,
                    now,
                    before.ranks[a] if a is not None else None,
                    after.ranks[b] if b is not None else None,
                    causes,
                )
            )
    return moves


def _steps(before: Result, after: Result, first: Sequence[int], second: Sequence[int]) -> list[tuple[str, Column]]:
    """What is replaced → the index then, of the units in both; the last is the second result's final score."""

    def of(column: Column, places: Sequence[int]) -> Column:
        return [column[place] for place in places]

    columns = {key: of(one.normalised, first) for key, one in before.figures.items()}
    steps = [("", of(before.scores[before.scheme.root], first))]
    for key in after.scheme.indicators:
        if key in columns:
            new = of(after.figures[key].normalised, second)
            if new != columns[key]:
                columns[key] = new
                steps.append((key, aggregate(before.scheme, columns)[0][before.scheme.root]))
    steps.append((SCHEME, of(after.scores[after.scheme.root], second)))
    if before.points or after.points:
        steps.append((POINTS, of(after.final, second)))
        points = [
            (x or Decimal(0)) - (y or Decimal(0)) for x, y in zip(of(before.final, first), steps[0][1], strict=True)
        ]
        # The first result's own points stand below every step until the last replaces them.
        for place in range(len(steps) - 1):
            name, column = steps[place]
            steps[place] = (name, [None if x is None else x + p for x, p in zip(column, points, strict=True)])
    return steps


def _causes(steps: Sequence[tuple[str, Column]], place: int, total: Decimal, digits: int) -> dict[str, Decimal]:
    """The differences of the steps, rounded so that they add up to the published difference."""
    at = [(name, column[place]) for name, column in steps]
    there = [(name, value) for name, value in at if value is not None]
    names = [name for name, _ in there[1:]]
    parts = [b[1] - a[1] for a, b in pairwise(there)]
    if not parts:
        return {}
    return {name: value for name, value in zip(names, apportion(parts, total, digits), strict=True) if value}
