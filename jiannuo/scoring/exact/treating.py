"""Outliers (handbook, on skewed indicators before normalisation): winsorised step by step, or a logarithm.

An indicator passes if |skewness| is below its bound **or** excess kurtosis is below its own (by custom 2 and 3.5).
While it does not pass and fewer than `most` units were moved: the highest value (lowest, if skewness is negative),
with all its ties, is set to the next value inside. If it still does not pass, the values as they were are taken into
`ln(x − min + 0.01·(max − min))`, mirrored for a negative skew: `−ln(max + 0.01·(max − min) − x)`, where the scheme
asks for it.

Or by percentiles (SDG Index, Environmental Performance Index): whatever lies beyond two quantiles of the column is set
to them. The quantile of share p lies at the place (n − 1)·p of the ordered values, between two of them in proportion
(Hyndman and Fan 1996, type 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from jiannuo.scoring.exact.numbers import ZERO, Column, Moments, known

Moved = Literal["high", "low", "log"]
HUNDREDTH = Decimal("0.01")


@dataclass(slots=True)
class Treated:
    """`moved` by place in the column; the statistics before and after, None where there are too few values."""

    values: Column
    moved: dict[int, Moved] = field(default_factory=dict)
    before: tuple[Decimal | None, Decimal | None] = (None, None)
    after: tuple[Decimal | None, Decimal | None] = (None, None)
    passes: bool = True


def _passes(skewness: Decimal | None, kurtosis: Decimal | None, bounds: tuple[Decimal, Decimal]) -> bool:
    """Too few values to tell, or none that differ, are nothing to treat."""
    if skewness is None or kurtosis is None:
        return True
    return abs(skewness) < bounds[0] or kurtosis < bounds[1]


def _statistics(moments: Moments) -> tuple[Decimal | None, Decimal | None]:
    return moments.skewness(), moments.kurtosis()


def winsorise(column: Column, *, most: int, bounds: tuple[Decimal, Decimal]) -> Treated:
    """Move outliers in, one value at a time, until the column passes or `most` units are moved."""
    values = known(column)
    moments = Moments(values)
    before = now = _statistics(moments)
    if _passes(*now, bounds):
        return Treated(list(column), before=before, after=now)
    order = sorted(values)
    low, high = 0, len(order) - 1  # what lies outside is moved to order[low] or order[high]
    moved_low = moved_high = 0
    while not _passes(*now, bounds) and moved_low + moved_high < most:
        if (now[0] or ZERO) >= 0:
            top = order[high]
            while high > low and order[high] == top:
                high -= 1
            moved_high = len(order) - 1 - high
            moments.replace(top, order[high], moved_high)
        else:
            bottom = order[low]
            while low < high and order[low] == bottom:
                low += 1
            moved_low = low
            moments.replace(bottom, order[low], moved_low)
        if order[high] == order[low]:
            break  # nothing is left that differs
        now = _statistics(moments)
    least, most_ = order[low], order[high]
    out, moved = list(column), {}
    for place, value in enumerate(column):
        if value is not None and value > most_:
            out[place], moved[place] = most_, "high"
        elif value is not None and value < least:
            out[place], moved[place] = least, "low"
    kept: dict[int, Moved] = {place: "high" if side == "high" else "low" for place, side in moved.items()}
    return Treated(out, kept, before, now, _passes(*now, bounds))


def clip(column: Column, shares: tuple[Decimal, Decimal]) -> Treated:
    """What lies beyond the two quantiles is set to them."""
    values = sorted(known(column))
    if not values:
        return Treated(list(column))
    low, high = (quantile(values, share) for share in shares)
    out, moved = list(column), dict[int, Moved]()
    for place, value in enumerate(column):
        if value is not None and not low <= value <= high:
            out[place], moved[place] = (low, "low") if value < low else (high, "high")
    return Treated(out, moved, _statistics(Moments(values)), _statistics(Moments(known(out))))


def quantile(ordered: Sequence[Decimal], share: Decimal) -> Decimal:
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def logarithm(column: Column) -> Treated:
    """The logarithm above, of every value; a constant column stays as it is."""
    values = known(column)
    moments = Moments(values)
    before = _statistics(moments)
    if not values or min(values) == max(values):
        return Treated(list(column), before=before, after=before)
    least, most = min(values), max(values)
    ease = HUNDREDTH * (most - least)
    if (before[0] or ZERO) >= 0:
        out: Column = [None if value is None else (value - least + ease).ln() for value in column]
    else:
        out = [None if value is None else -(most + ease - value).ln() for value in column]
    moved: dict[int, Moved] = {place: "log" for place, value in enumerate(out) if value is not None}
    return Treated(out, moved, before, _statistics(Moments(known(out))))


def treat(column: Column, *, most: int, bounds: tuple[Decimal, Decimal], then_log: bool) -> Treated:
    """Winsorise; if that is not enough and the scheme says so, the logarithm of the column as it was."""
    done = winsorise(column, most=most, bounds=bounds)
    if done.passes or not then_log:
        return done
    logged = logarithm(column)
    logged.passes = _passes(*logged.after, bounds)
    return logged
