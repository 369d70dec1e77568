"""The steps of `exact` on arrays of doubles, many replicates at once.

Shapes: rows × units, a row is one indicator of one replicate; NaN where a unit has no figure; `up`: more is better, in
all of these rows. No BLAS: sums run along axes in numpy's own order, and a score is rounded to the scheme's digits
before it is ranked, with a millionth of the last digit of patience at the half, so that processors which differ in the
last bits give the same ranks.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
PATIENCE = 1e-6


class Undefined(ValueError):
    """A step has no answer for a row: constant, empty, not positive. Nothing is put in its place."""


def count(x: Array) -> Array:
    out: Array = (~np.isnan(x)).sum(axis=1, keepdims=True).astype(np.float64)
    return out


def mean(x: Array) -> Array:
    out: Array = np.nansum(x, axis=1, keepdims=True) / np.maximum(count(x), 1)
    return out


def extremes(x: Array, what: str) -> tuple[Array, Array]:
    """Least and most of each row; refuses a row without spread."""
    least: Array = np.fmin.reduce(x, axis=1, keepdims=True)
    most: Array = np.fmax.reduce(x, axis=1, keepdims=True)
    if not (most > least).all():
        rows = np.flatnonzero(~(most > least)[:, 0])
        raise Undefined(f"{what}: {len(rows)} rows have no two figures that differ, first row {rows[0]}")
    return least, most


def moments(x: Array) -> tuple[Array, Array]:
    """Skewness G₁ and excess kurtosis G₂ of each row, as in exact.numbers.Moments; NaN where there is none."""
    n = count(x)[:, 0]
    off = np.nan_to_num(x - mean(x), nan=0.0)
    square = off * off
    second, third, fourth = square.sum(axis=1), (square * off).sum(axis=1), (square * square).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        skewness = np.sqrt(n) * third / second**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
        kurtosis = ((n + 1) * (n * fourth / second**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    flat = (second <= 1e-30 * np.maximum(1.0, np.abs(mean(x)[:, 0])) ** 2) | (n < 4)
    skewness[flat] = np.nan
    kurtosis[flat] = np.nan
    return skewness, kurtosis


def passing(skewness: Array, kurtosis: Array, bounds: tuple[float, float]) -> Flags:
    out: Flags = np.isnan(skewness) | (np.abs(skewness) < bounds[0]) | (kurtosis < bounds[1])
    return out


def winsorise(x: Array, most: NDArray[np.int64], bounds: tuple[float, float]) -> tuple[Array, Flags]:
    """exact.treating.winsorise for every row, `most` per row; also which rows pass at the end."""
    out = x.copy()
    skewness, kurtosis = moments(out)
    passes = passing(skewness, kurtosis, bounds)
    todo = np.flatnonzero(~passes)
    high, low = np.zeros(len(x), dtype=np.int64), np.zeros(len(x), dtype=np.int64)
    todo = todo[most[todo] > 0]
    while len(todo):
        part = out[todo]
        up = skewness[todo, None] >= 0
        signed = np.where(up, part, -part)  # the outlier is always the most
        top = np.fmax.reduce(signed, axis=1, keepdims=True)
        at = signed == top
        inner = np.fmax.reduce(np.where(at, np.nan, signed), axis=1, keepdims=True)
        signed = np.where(at & ~np.isnan(inner), inner, signed)
        out[todo] = np.where(up, signed, -signed)
        moved = at.sum(axis=1)
        high[todo] = np.where(up[:, 0], moved, high[todo])
        low[todo] = np.where(up[:, 0], low[todo], moved)
        skewness[todo], kurtosis[todo] = moments(out[todo])
        passes[todo] = passing(skewness[todo], kurtosis[todo], bounds)
        todo = todo[~passes[todo] & (high[todo] + low[todo] < most[todo])]
    return out, passes


def clip(x: Array, shares: tuple[float, float]) -> Array:
    """exact.treating.clip for every row."""
    ordered = np.sort(x, axis=1)  # NaN last
    last = count(x) - 1
    low, high = (_quantile(ordered, np.maximum(last, 0) * share, last) for share in shares)
    out: Array = np.clip(x, low, high)
    return out


def _quantile(ordered: Array, place: Array, last: Array) -> Array:
    below = np.floor(place + 1e-9)  # 40 × 0.025 is one, whatever doubles say
    rest = np.maximum(place - below, 0.0)
    above = np.clip(below + 1, 0, np.maximum(last, 0))
    first = np.take_along_axis(ordered, below.astype(np.int64), axis=1)
    out: Array = first + rest * (np.take_along_axis(ordered, above.astype(np.int64), axis=1) - first)
    return out


def logarithm(x: Array) -> Array:
    """exact.treating.logarithm for every row."""
    least, most = extremes(x, "logarithm")
    skewness, _ = moments(x)
    ease = 0.01 * (most - least)
    out: Array = np.where((skewness >= 0)[:, None], np.log(x - least + ease), -np.log(most + ease - x))
    return out


def middle_ranks(x: Array) -> tuple[Array, Array]:
    """1 … n, worst to best, ties share the mean; NaN keeps NaN. Also n per row."""
    order = np.argsort(x, axis=1, kind="stable")  # NaN last
    ordered = np.take_along_axis(x, order, axis=1)
    places = np.broadcast_to(np.arange(x.shape[1], dtype=np.float64), x.shape)
    new = np.ones_like(x, dtype=bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    first = np.maximum.accumulate(np.where(new, places, 0.0), axis=1)
    last_new = np.ones_like(new)
    last_new[:, :-1] = new[:, 1:]
    last = np.minimum.accumulate(np.where(last_new, places, np.inf)[:, ::-1], axis=1)[:, ::-1]
    out = np.empty_like(x)
    np.put_along_axis(out, order, (first + last) / 2 + 1, axis=1)
    out[np.isnan(x)] = np.nan
    return out, count(x)


def minmax(x: Array, up: bool, lo: float, hi: float) -> Array:
    least, most = extremes(x, "min–max")
    out: Array = (x - least if up else most - x) / (most - least) * (hi - lo) + lo
    return out


def zscore(x: Array, up: bool, middle: float, width: float) -> Array:
    extremes(x, "z-score")
    off = x - mean(x)
    deviation = np.sqrt(np.nansum(off * off, axis=1, keepdims=True) / (count(x) - 1))
    out: Array = (off if up else -off) / deviation * width + middle
    return out


def percentile(x: Array, up: bool, lo: float, hi: float) -> Array:
    ranks, n = middle_ranks(x if up else -x)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(n == 1, 0.5, (ranks - 1) / (n - 1))
    out: Array = share * (hi - lo) + lo
    out[np.isnan(x)] = np.nan
    return out


def rank(x: Array, up: bool) -> Array:
    return middle_ranks(x if up else -x)[0]


def distance_to_target(x: Array, up: bool, target: Array, lo: float, hi: float, *, cap: bool) -> Array:
    least: Array = np.fmin.reduce(x, axis=1, keepdims=True)
    most: Array = np.fmax.reduce(x, axis=1, keepdims=True)
    start = least if up else most
    width = target - start if up else start - target
    with np.errstate(divide="ignore", invalid="ignore"):
        y = (x - start if up else start - x) / width
    y = np.minimum(y, 1.0) if cap else y
    y = np.where(width > 0, y, 1.0)  # the worst unit has reached the target: so have all
    return _scaled(x, y, lo, hi)


def goalposts(x: Array, up: bool, low: Array, high: Array, lo: float, hi: float, *, cap: bool) -> Array:
    y = (x - low if up else high - x) / (high - low)
    return _scaled(x, np.clip(y, 0.0, 1.0) if cap else y, lo, hi)


def categorical(x: Array, up: bool, bounds: list[float], points: list[float]) -> Array:
    place = np.searchsorted(bounds, x, "right" if up else "left")
    out: Array = np.array(points)[np.minimum(place, len(points) - 1)]
    out[np.isnan(x)] = np.nan
    return out


def about_mean(x: Array, up: bool, band: float, lo: float, hi: float) -> Array:
    middle = mean(x)
    ahead = x - middle if up else middle - x
    width = band * np.abs(middle)
    out: Array = np.where(ahead > width, hi, np.where(ahead < -width, lo, (lo + hi) / 2))
    out[np.isnan(x)] = np.nan
    return out


def _scaled(x: Array, share: Array, lo: float, hi: float) -> Array:
    out: Array = share * (hi - lo) + lo
    out[np.isnan(x)] = np.nan
    return out


def aggregate(method: str, values: list[Array], weights: list[Array]) -> tuple[Array, Array]:
    """replicates × units from the children's, weights replicates × 1; also the weight that was present (the same for
    all units where no figure is missing: replicates × 1).

    The children are added in their own order, so the order of addition is the scheme's on every machine.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        present = [_present(x, w) for x, w in zip(values, weights, strict=True)]
        total = _add(present)
        if method == "median":
            return _median(values, present, total), total
        change, back = CHANGES[method]
        if method != "arithmetic" and any(((x <= 0) & (w > 0)).any() for x, w in zip(values, present, strict=True)):
            raise Undefined(f"{method} mean of a value of zero or below: choose a scale above zero")
        out = back(_add([_term(change(x), w) for x, w in zip(values, present, strict=True)]) / total)
    return np.where(total > 0, out, np.nan), total


def _present(x: Array, weight: Array) -> Array:
    gap = np.isnan(x)
    return np.where(gap, 0.0, weight) if gap.any() else weight


def _term(x: Array, weight: Array) -> Array:
    there = weight > 0
    return weight * x if there.all() else np.where(there, weight * x, 0.0)


def _add(terms: list[Array]) -> Array:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _same(x: Array) -> Array:
    return x


def _over(x: Array) -> Array:
    return 1.0 / x


CHANGES: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "arithmetic": (_same, _same),
    "geometric": (np.log, np.exp),
    "harmonic": (_over, _over),
}


def _median(values: list[Array], present: list[Array], total: Array) -> Array:
    stack = np.stack(values)
    weight = np.stack([np.broadcast_to(w, stack.shape[1:]) for w in present])
    order = np.argsort(stack, axis=0, kind="stable")
    stack = np.take_along_axis(stack, order, axis=0)
    reached = np.cumsum(np.take_along_axis(weight, order, axis=0), axis=0)
    half, tiny = total / 2, total * 1e-12
    at = (reached >= half - tiny).argmax(axis=0)[None]
    after = (reached > half + tiny).argmax(axis=0)[None]
    low, high = np.take_along_axis(stack, at, axis=0)[0], np.take_along_axis(stack, after, axis=0)[0]
    out: Array = np.where(total > 0, (low + high) / 2, np.nan)
    return out


def whole(scores: Array, digits: int) -> Array:
    """Scores in units of their last published digit, rounded half away from zero; NaN stays."""
    scaled = np.abs(scores) * 10.0**digits
    out: Array = np.sign(scores) * np.floor(scaled + 0.5 + PATIENCE)
    return out


def ranks(scores: Array, digits: int) -> Ints:
    """replicates × units: 1 + how many published scores are higher; 0 where there is none."""
    low = -whole(scores, digits) + 0.0
    order = np.argsort(low, axis=1, kind="stable")
    ordered = np.take_along_axis(low, order, axis=1)
    places = np.broadcast_to(np.arange(low.shape[1]), low.shape)
    new = np.ones(low.shape, dtype=bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    out = np.empty(low.shape, dtype=np.int64)
    np.put_along_axis(out, order, np.maximum.accumulate(np.where(new, places, 0), axis=1) + 1, axis=1)
    out[np.isnan(low)] = 0
    return out
