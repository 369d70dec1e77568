"""What each part brought to a score, in published digits that add up to the published score, exactly.

- arithmetic: wᵢxᵢ / W, adds up to the score (`sum`);
- geometric: wᵢ ln xᵢ / W, adds up to the logarithm of the score (`logarithm`);
- harmonic, median: the score less the score without i (`leave_one_out`): tells direction and size, adds up to nothing.

Rounding is by the largest remainder: every part is rounded down, then the units of the last digit that are still owed
go to the parts with the largest remainders, the earlier first in a tie.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from jiannuo.scoring.exact.aggregating import METHODS, Pairs
from jiannuo.scoring.exact.numbers import CONTEXT, ZERO, published

Basis = Literal["sum", "logarithm", "leave_one_out"]
BASIS: dict[str, Basis] = {
    "arithmetic": "sum",
    "geometric": "logarithm",
    "harmonic": "leave_one_out",
    "median": "leave_one_out",
}


def apportion(parts: Sequence[Decimal], total: Decimal, digits: int) -> list[Decimal]:
    """The parts at `digits` after the point, adding up to `total`, which has so many digits itself."""
    unit = Decimal(1).scaleb(-digits)
    floors = [part.quantize(unit, rounding=ROUND_FLOOR, context=CONTEXT) for part in parts]
    owed = int((total - sum(floors, ZERO)) / unit)
    order = sorted(range(len(parts)), key=lambda place: (floors[place] - parts[place], place))
    if not 0 <= owed <= len(parts):
        raise ValueError(f"parts {parts} do not make {total}")
    for place in order[:owed]:
        floors[place] += unit
    return floors


def parts(method: str, pairs: Pairs) -> list[Decimal]:
    """What each child brought, unrounded, by the basis of the method."""
    weight = sum((w for _, w in pairs), ZERO)
    match BASIS[method]:
        case "sum":
            return [w * x / weight for x, w in pairs]
        case "logarithm":
            return [w * x.ln() / weight for x, w in pairs]
        case _:
            whole = METHODS[method](pairs)
            if len(pairs) == 1:
                return [whole]
            return [whole - METHODS[method]([*pairs[:i], *pairs[i + 1 :]]) for i in range(len(pairs))]


def contributions(method: str, pairs: Pairs, digits: int) -> list[Decimal]:
    """The parts as published; for the first two kinds they add up to the published score or its logarithm."""
    out = parts(method, pairs)
    if BASIS[method] == "leave_one_out":
        return [published(value, digits) for value in out]
    whole = METHODS[method](pairs)
    total = published(whole if BASIS[method] == "sum" else whole.ln(), digits)
    return apportion(out, total, digits)
