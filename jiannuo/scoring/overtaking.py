"""What would change the rank: by how much one indicator of a unit must rise for it to pass the unit above it.

All else stays as it is. A rise is sought on the indicator's normalised scale, in steps of the last published digit, up
to the best that any unit has there; means never fall when a part rises, so that halving the way finds the least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from .exact.aggregating import METHODS, Pairs
from .exact.numbers import arithmetic, known, published
from .result import Result


@dataclass(frozen=True)
class Overtaking:
    """`rise` on the normalised scale, the least at published digits, brings the unit above `rival`'s score."""

    indicator: str
    rise: Decimal
    rival: str


def overtaking(result: Result, place: int, most: int = 3) -> Sequence[Overtaking]:
    """The indicators by which a unit passes the next one with the least rise, at most so many; none for the first."""
    own = result.index[place]
    if own is None:
        return []
    better = [
        (score, unit.code) for score, unit in zip(result.index, result.units, strict=True) if score and score > own
    ]
    if not better:
        return []
    goal, rival = min(better)
    digits = result.scheme.digits
    out = []
    with arithmetic():
        # Bonus and deduction stand beside the index and stay.
        goal -= own - published(result.scores[result.scheme.root][place] or Decimal(0), digits)
        for key, figures in result.figures.items():
            value = figures.normalised[place]
            way = _Way.of(result, place, key)
            if value is None or way is None:
                continue
            rise = way.rise(value, max(known(figures.normalised)), goal)
            if rise is not None:
                out.append(Overtaking(key, rise, rival))
    return sorted(out, key=lambda one: (one.rise, one.indicator))[:most]


@dataclass(frozen=True)
class _Way:
    """From one indicator of one unit up to the index: at each level the mean and what stands beside it."""

    levels: Sequence[tuple[str, Decimal, Pairs]]
    digits: int

    @classmethod
    def of(cls, result: Result, place: int, key: str) -> _Way | None:
        """None where a level has no score."""
        levels, part = [], key
        for dimension in result.scheme.above(key):
            if result.scores[dimension][place] is None:
                return None
            parts, pairs = result.pairs(dimension, place)
            beside = [pair for name, pair in zip(parts, pairs, strict=True) if name != part]
            levels.append((result.scheme.dimensions[dimension].aggregation, result.scheme.weight(part), beside))
            part = dimension
        return cls(levels, result.scheme.digits)

    def rise(self, value: Decimal, best: Decimal, goal: Decimal) -> Decimal | None:
        """The least that brings the index above the goal, at published digits; None where the best value does not."""
        step = Decimal(1).scaleb(-self.digits)
        low, high = -1, int(((best - value) / step).to_integral_value(ROUND_FLOOR))
        if not self.passes(value + high * step, goal):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if self.passes(value + middle * step, goal):
                high = middle
            else:
                low = middle
        return high * step

    def passes(self, value: Decimal, goal: Decimal) -> bool:
        """Whether the published index lies above the goal with this value of the indicator."""
        for method, weight, beside in self.levels:
            value = METHODS[method]([(value, weight), *beside])
        return bool(published(value, self.digits) > goal)
