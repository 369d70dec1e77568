"""Figures of many units of measurement on one scale, better always higher (handbook, step "Normalisation").

x is the treated figure, s = +1 where more is better and −1 where less is, [lo, hi] the scale that the scheme names (0
to
100 unless it says otherwise). The sample is the units that have a figure. Formulas stand in each function.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from decimal import Decimal

from jiannuo.scoring.exact.numbers import ONE, TWO, ZERO, Column, deviation, known, mean


class Constant(ValueError):
    """Every unit has the same figure: the method divides by zero."""


class Empty(ValueError):
    """No unit has a figure."""


def _spread(values: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    if not values:
        raise Empty
    least, most = min(values), max(values)
    if least == most:
        raise Constant
    return least, most


def minmax(column: Column, *, up: bool, lo: Decimal, hi: Decimal) -> Column:
    """lo + (hi − lo)·(x − min)/(max − min); less is better: (max − x)/(max − min)."""
    least, most = _spread(known(column))
    width, scale = most - least, hi - lo
    if up:
        return [None if x is None else (x - least) / width * scale + lo for x in column]
    return [None if x is None else (most - x) / width * scale + lo for x in column]


def zscore(column: Column, *, up: bool, mean_: Decimal, deviation_: Decimal) -> Column:
    """M + S·s·(x − x̄)/σ with the sample deviation σ; M and S as the scheme names them (0 and 1, or 50 and 10)."""
    values = known(column)
    _spread(values)
    middle, width = mean(values), deviation(values)
    sign = ONE if up else -ONE
    return [None if x is None else sign * (x - middle) / width * deviation_ + mean_ for x in column]


def _middle_ranks(column: Column, *, up: bool) -> tuple[list[Decimal | None], int]:
    """How many are worse plus half of the ties, plus ½: 1 … n, worst to best, the mean of the ranks for ties."""
    values = sorted(known(column))
    n = len(values)
    if not n:
        raise Empty
    out: list[Decimal | None] = []
    for x in column:
        if x is None:
            out.append(None)
            continue
        left, right = bisect_left(values, x), bisect_right(values, x)
        ascending = (left + right + 1) / TWO
        out.append(ascending if up else n + 1 - ascending)
    return out, n


def rank(column: Column, *, up: bool) -> Column:
    """1 for the worst … n for the best; ties share the mean of their ranks."""
    return _middle_ranks(column, up=up)[0]


def percentile(column: Column, *, up: bool, lo: Decimal, hi: Decimal) -> Column:
    """lo + (hi − lo)·(rank − 1)/(n − 1), rank as above; a single unit stands in the middle."""
    ranks, n = _middle_ranks(column, up=up)
    scale = hi - lo
    if n == 1:
        return [None if r is None else lo + scale / 2 for r in ranks]
    return [None if r is None else (r - 1) / (n - 1) * scale + lo for r in ranks]


def distance_to_target(column: Column, *, up: bool, target: Decimal, lo: Decimal, hi: Decimal, cap: bool) -> Column:
    """lo + (hi − lo)·(x − min)/(target − min); less is better: (max − x)/(max − target). Above hi is hi, if capped."""
    values = known(column)
    if not values:
        raise Empty
    start = min(values) if up else max(values)
    width = target - start if up else start - target
    if width <= 0:
        # The worst unit has reached the target: so have all.
        return [None if x is None else hi for x in column]
    out: Column = []
    for x in column:
        if x is None:
            out.append(None)
            continue
        y = ((x - start) if up else (start - x)) / width
        out.append((min(y, ONE) if cap else y) * (hi - lo) + lo)
    return out


def goalposts(column: Column, *, up: bool, low: Decimal, high: Decimal, lo: Decimal, hi: Decimal, cap: bool) -> Column:
    """lo + (hi − lo)·(x − low)/(high − low), posts fixed before any figure was seen; less is better: (high − x)."""
    if low >= high:
        raise Constant
    out: Column = []
    for x in column:
        if x is None:
            out.append(None)
            continue
        y = ((x - low) if up else (high - x)) / (high - low)
        out.append((max(ZERO, min(y, ONE)) if cap else y) * (hi - lo) + lo)
    return out


def categorical(column: Column, *, up: bool, bounds: Sequence[Decimal], points: Sequence[Decimal]) -> Column:
    """points[k], k = how many of the ascending bounds are ≤ x (< x where less is better)."""
    find = bisect_right if up else bisect_left
    return [None if x is None else points[find(bounds, x)] for x in column]


def about_mean(column: Column, *, up: bool, band: Decimal, lo: Decimal, hi: Decimal) -> Column:
    """hi if x is better than the mean by more than band·|mean|, lo if worse by more, else the middle of the scale."""
    values = known(column)
    if not values:
        raise Empty
    middle = mean(values)
    width = band * abs(middle)
    out: Column = []
    for x in column:
        if x is None:
            out.append(None)
            continue
        ahead = (x - middle) if up else (middle - x)
        out.append(hi if ahead > width else lo if ahead < -width else (lo + hi) / TWO)
    return out
