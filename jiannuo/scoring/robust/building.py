"""One way of building the index, for many replicates at once: from figures to scores in doubles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from jiannuo.scoring.result import Result
from jiannuo.scoring.scheme import (
    AboutMean,
    Categorical,
    Distance,
    Goalposts,
    Indicator,
    MinMax,
    Normalisation,
    Percentile,
    Rank,
    Scheme,
    Treatment,
    ZScore,
)

from . import arrays
from .arrays import Array, Undefined
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
    filled = np.stack(
        [
            _imputed(row, sheet.groups, rule if rule and scheme.missing(key) != "zero" else scheme.missing(key), key)
            for key, row in zip(sheet.keys, sheet.figures, strict=True)
        ]
    )
    # indicators × replicates × units: all replicates of an indicator lie together
    cells = np.broadcast_to(filled[:, None, :], (len(filled), len(weights), filled.shape[1]))
    normal = _normalised(scheme, sheet.keys, _treated(scheme, sheet.keys, _scaled(scheme, sheet.keys, cells)), norm)
    columns = dict(zip(sheet.keys, normal, strict=True))
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


def _scaled(scheme: Scheme, keys: Sequence[str], cells: Array) -> Array:
    """Logarithms of the indicators whose scale is one."""
    logged = [place for place, key in enumerate(keys) if scheme.indicators[key].scale == "log"]
    if not logged:
        return cells
    out = cells.copy()
    for place in logged:
        if (cells[place] <= 0).any():
            raise Undefined(f"{keys[place]}: a logarithmic scale needs figures above zero")
        out[place] = np.log(cells[place])
    return out


def _treated(scheme: Scheme, keys: Sequence[str], cells: Array) -> Array:
    """Indicators of the same treatment together: all replicates of all of them in one pass."""
    out = cells
    for how in {scheme.treatment(key) for key in keys} - {Treatment()}:
        places = [place for place, key in enumerate(keys) if scheme.treatment(key) == how]
        part = cells[places].reshape(-1, cells.shape[-1])
        moved = _treated_as(how, part)
        if out is cells:
            out = cells.copy()
        out[places] = moved.reshape(len(places), *cells.shape[1:])
    return out


def _treated_as(how: Treatment, part: Array) -> Array:
    if how.percentiles:
        low, high = how.percentiles
        return arrays.clip(part, (float(low), float(high)))
    moved, passes = arrays.winsorise(
        part, np.full(len(part), how.winsorise), (float(how.skewness), float(how.kurtosis))
    )
    if how.log and not passes.all():
        moved[~passes] = arrays.logarithm(part[~passes])
    return moved


def _normalised(scheme: Scheme, keys: Sequence[str], cells: Array, norm: Normalisation | None) -> Array:
    """Indicators of the same method and direction together."""
    out = np.empty_like(cells)
    ways = [(norm or scheme.normalisation(key), scheme.indicators[key].direction) for key in keys]
    for how, direction in dict.fromkeys(ways):
        places = [place for place, one in enumerate(ways) if one == (how, direction)]
        indicators = [scheme.indicators[keys[place]] for place in places]
        x = cells[places].reshape(-1, cells.shape[-1])
        out[places] = _on_scale(x, how, indicators).reshape(len(places), *cells.shape[1:])
    return out


def _on_scale(x: Array, how: Normalisation, indicators: Sequence[Indicator]) -> Array:
    """Rows of these indicators, all of one direction: the rows of the first, then of the second, …"""
    up = indicators[0].direction == "more"

    def posts(values: Sequence[Decimal | None]) -> Array:
        scaled = [
            np.log(float(value or 0)) if one.scale == "log" else float(value or 0)
            for value, one in zip(values, indicators, strict=True)
        ]
        return np.repeat(np.array(scaled)[:, None], len(x) // len(scaled), axis=0)

    match how:
        case MinMax():
            return arrays.minmax(x, up, float(how.lo), float(how.hi))
        case ZScore():
            return arrays.zscore(x, up, float(how.mean), float(how.deviation))
        case Rank():
            return arrays.rank(x, up)
        case Percentile():
            return arrays.percentile(x, up, float(how.lo), float(how.hi))
        case Distance():
            target = posts([one.target for one in indicators])
            return arrays.distance_to_target(x, up, target, float(how.lo), float(how.hi), cap=how.cap)
        case Goalposts():
            low, high = (
                posts([one.goalposts[side] if one.goalposts else None for one in indicators]) for side in (0, 1)
            )
            return arrays.goalposts(x, up, low, high, float(how.lo), float(how.hi), cap=how.cap)
        case Categorical():
            return arrays.categorical(x, up, [float(b) for b in how.bounds], [float(p) for p in how.points])
        case AboutMean():
            return arrays.about_mean(x, up, float(how.band), float(how.lo), float(how.hi))
