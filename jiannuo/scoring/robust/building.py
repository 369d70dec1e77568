"""One way of building the index, for many replicates at once: from figures to scores in doubles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jiannuo.scoring.result import Result
from jiannuo.scoring.scheme import (
    AboutMean,
    Categorical,
    Distance,
    Goalposts,
    MinMax,
    Normalisation,
    Percentile,
    Rank,
    Scheme,
    ZScore,
)

from . import arrays
from .arrays import Array, Undefined, Up
from .draws import Way


@dataclass(frozen=True)
class Sheet:
    """The measured figures in doubles, before anything is put in for missing ones.

    figures   indicators × units, NaN where there is none
    groups    the group of each unit, by number
    """

    scheme: Scheme
    keys: Sequence[str]
    figures: Array
    groups: NDArray[np.int64]

    @classmethod
    def of(cls, result: Result) -> Sheet:
        keys = list(result.figures)
        figures = np.array(
            [[np.nan if x is None else float(x) for x in result.figures[key].denominated] for key in keys]
        )
        names = sorted({unit.peer_group for unit in result.units})
        groups = np.array([names.index(unit.peer_group) for unit in result.units])
        return cls(result.scheme, keys, figures.reshape(len(keys), len(result.units)), groups)


def build(sheet: Sheet, way: Way, weights: Array, names: Sequence[str]) -> Array:
    """replicates × units: the index of each replicate. weights: replicates × names. Raises Undefined."""
    scheme, (norm, mean, rule) = sheet.scheme, way
    count = len(weights)
    filled = np.stack(
        [
            _imputed(row, sheet.groups, rule if rule and scheme.missing(key) != "zero" else scheme.missing(key), key)
            for key, row in zip(sheet.keys, sheet.figures, strict=True)
        ]
    )
    rows = np.tile(filled, (count, 1))  # replicate after replicate, all indicators of each
    treated = _treated(scheme, sheet.keys, _scaled(scheme, sheet.keys, rows), count)
    normal = _normalised(scheme, sheet.keys, treated, count, norm)
    columns = {key: normal[place :: len(sheet.keys)] for place, key in enumerate(sheet.keys)}
    at = {name: place for place, name in enumerate(names)}
    scores: dict[str, Array] = {}
    for key in scheme.bottom_up:
        parts = scheme.parts[key]
        given = [weights[:, at[part], None] for part in parts]
        below = [scores[part] if part in scores else columns[part] for part in parts]
        method = mean or scheme.dimensions[key].aggregation
        out, present = arrays.aggregate(method, below, given)
        whole = sum(given)
        with np.errstate(invalid="ignore", divide="ignore"):
            enough = present / whole >= float(scheme.coverage_of(key)) - 1e-12
        scores[key] = np.where(enough, out, np.nan)
    return scores[scheme.root]


def _imputed(row: Array, groups: NDArray[np.int64], rule: str, key: str) -> Array:
    gap = np.isnan(row)
    if not gap.any() or rule == "reweigh":
        return row
    out = row.copy()
    if rule == "zero":
        out[gap] = 0.0
        return out
    for group in np.unique(groups[gap]):
        there = row[(groups == group) & ~gap]
        if not len(there):
            raise Undefined(f"{key}: no unit of a group has a figure, so that it has no mean")
        out[gap & (groups == group)] = there.sum() / len(there)
    return out


def _scaled(scheme: Scheme, keys: Sequence[str], rows: Array) -> Array:
    """Logarithms of the indicators whose scale is one."""
    logged = [place for place, key in enumerate(keys) if scheme.indicators[key].scale == "log"]
    if not logged:
        return rows
    out = rows.copy()
    for place in logged:
        part = rows[place :: len(keys)]
        if (part <= 0).any():
            raise Undefined(f"{keys[place]}: a logarithmic scale needs figures above zero")
        out[place :: len(keys)] = np.log(part)
    return out


def _treated(scheme: Scheme, keys: Sequence[str], rows: Array, count: int) -> Array:
    """Indicators of the same treatment together: all replicates of all of them in one pass."""
    out = rows
    for how in {scheme.treatment(key) for key in keys}:
        if not how.winsorise and not how.log:
            continue
        mine = _rows_of([place for place, key in enumerate(keys) if scheme.treatment(key) == how], len(keys), count)
        part = rows[mine]
        bounds = (float(how.skewness), float(how.kurtosis))
        moved, passes = arrays.winsorise(part, np.full(len(part), how.winsorise), bounds)
        if how.log and not passes.all():
            moved[~passes] = arrays.logarithm(part[~passes])
        if out is rows:
            out = rows.copy()
        out[mine] = moved
    return out


def _rows_of(places: Sequence[int], width: int, count: int) -> NDArray[np.int64]:
    out: NDArray[np.int64] = (np.arange(count)[:, None] * width + np.array(places)[None, :]).ravel()
    return out


def _normalised(scheme: Scheme, keys: Sequence[str], rows: Array, count: int, norm: Normalisation | None) -> Array:
    out = np.empty_like(rows)
    ways = [norm or scheme.normalisation(key) for key in keys]
    for how in dict.fromkeys(ways):
        places = [place for place, one in enumerate(ways) if one == how]
        mine = _rows_of(places, len(keys), count)
        one = [scheme.indicators[keys[place]] for place in places]
        up = np.tile(np.array([i.direction == "more" for i in one])[:, None], (count, 1))
        logged = np.tile(np.array([i.scale == "log" for i in one])[:, None], (count, 1))
        x = rows[mine]
        match how:
            case MinMax():
                y = arrays.minmax(x, up, float(how.lo), float(how.hi))
            case ZScore():
                y = arrays.zscore(x, up, float(how.mean), float(how.deviation))
            case Rank():
                y = arrays.rank(x, up)
            case Percentile():
                y = arrays.percentile(x, up, float(how.lo), float(how.hi))
            case Distance():
                target = _column([i.target for i in one], logged)
                y = arrays.distance_to_target(x, up, target, float(how.lo), float(how.hi), cap=how.cap)
            case Goalposts():
                posts = [i.goalposts or (0, 0) for i in one]
                low, high = (_column([p[side] for p in posts], logged) for side in (0, 1))
                y = arrays.goalposts(x, up, low, high, float(how.lo), float(how.hi), cap=how.cap)
            case Categorical():
                y = arrays.categorical(x, up, [float(b) for b in how.bounds], [float(p) for p in how.points])
            case AboutMean():
                y = arrays.about_mean(x, up, float(how.band), float(how.lo), float(how.hi))
        out[mine] = y
    return out


def _column(posts: Sequence[Any], logged: Up) -> Array:
    """Targets or goalposts of the indicators, replicate after replicate, on the scale of each."""
    out = np.tile(np.array([float(post) for post in posts])[:, None], (len(logged) // len(posts), 1))
    out[logged] = np.log(out[logged])
    return out
