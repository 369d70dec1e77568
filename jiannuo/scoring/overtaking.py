"""What would change the rank: by how much one indicator of a unit must rise for it to pass the unit above it.

All else stays as it is. A rise is sought on the indicator's normalised scale, up to the best that any unit has there;
means never fall when a part rises, so that halving the way finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .exact.aggregating import METHODS
from .exact.numbers import arithmetic, known, published
from .result import Result

HALVINGS = 30


@dataclass(frozen=True)
class Overtaking:
    """`rise` on the normalised scale, rounded up to published digits, brings the unit above `rival`'s score."""

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
    unit = Decimal(1).scaleb(-digits)
    out = []
    with arithmetic():
        beside = own - published(result.scores[result.scheme.root][place] or Decimal(0), digits)
        for key, figures in result.figures.items():
            value = figures.normalised[place]
            best = max(known(figures.normalised))
            if value is None or value >= best or not _passes(result, place, key, best, goal - beside):
                continue
            low, high = value, best
            for _ in range(HALVINGS):
                middle = (low + high) / 2
                if _passes(result, place, key, middle, goal - beside):
                    high = middle
                else:
                    low = middle
            out.append(Overtaking(key, published(high - value + unit / 2, digits), rival))
    return sorted(out, key=lambda one: (one.rise, one.indicator))[:most]


def _passes(result: Result, place: int, key: str, value: Decimal, goal: Decimal) -> bool:
    """Whether the published index lies above the goal with this value in the place of its own."""
    scheme, part = result.scheme, key
    for dimension in scheme.above(key):
        parts, pairs = result.pairs(dimension, place)
        changed = [(value, w) if name == part else (x, w) for name, (x, w) in zip(parts, pairs, strict=True)]
        if part not in parts or result.scores[dimension][place] is None:
            return False
        value, part = METHODS[scheme.dimensions[dimension].aggregation](changed), dimension
    return published(value, scheme.digits) > goal
