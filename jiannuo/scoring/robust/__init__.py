"""How sure the ranks are: the scheme as it could as well have been, many times, and between which ranks each unit lies.

Saisana, Saltelli and Tarantola (2005), "Uncertainty and sensitivity analysis techniques as tools for the quality
assessment of composite indicators"; handbook, step "Robustness and sensitivity". Every replicate is built anew from the
measured figures: missing data, outliers, normalisation, all levels. A replicate that cannot be built stops the whole
with the reason; none is replaced by the scheme's own way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jiannuo.scoring.faults import refuse
from jiannuo.scoring.result import Result
from jiannuo.scoring.scheme import Robustness

from .arrays import Ints, Undefined, ranks, whole
from .building import Sheet, build
from .draws import Draws, draw

CHUNK = 1_000_000  # figures worked at once: 8 MB an array, about what a processor keeps near


@dataclass(frozen=True)
class Interval:
    """Of one unit: ranks between which it lies in `interval` of the replicates; its own always lies inside."""

    low: int
    median: int
    high: int
    share: float  # of replicates in which it has the scheme's own rank


@dataclass(frozen=True)
class Intervals:
    """Of all units, None for one without a score.

    ranks   replicates × units, the scheme itself first; 0: no score in this replicate
    draws   what each replicate was
    """

    how: Robustness
    units: Sequence[Interval | None]
    ranks: Ints
    draws: Draws

    @property
    def replicates(self) -> int:
        return len(self.ranks) - 1


def robustness(result: Result, how: Robustness | None = None) -> Intervals:
    """Rank intervals of a result, by its scheme's `robustness:`, or another. Raises Refused."""
    how = how or result.scheme.robustness
    if how is None:
        raise refuse(
            "robust.not_said",
            "方案没有写明稳健性检验（robustness）",
            "The scheme says nothing of robustness (robustness:)",
        )
    draws = draw(result.scheme, how)
    found = _ranks(result, draws)
    base = np.array([rank or 0 for rank in result.ranks])
    if (found[0] != base).any():
        at = int(np.flatnonzero(found[0] != base)[0])
        raise refuse(
            "robust.base",
            "双精度数重算的名次与精确结果不一致，检验无意义",
            "Worked in doubles the scheme's own ranks differ from the exact ones: the intervals would mean nothing",
            found=f"{result.units[at].code}: {found[0, at]} ≠ {base[at]}",
        )
    return Intervals(how, _intervals(found, base, float(how.interval)), found, draws)


def _ranks(result: Result, draws: Draws) -> Ints:
    sheet = Sheet.of(result)
    out = np.zeros((len(draws.ways), len(result.units)), dtype=np.int64)
    size = max(1, CHUNK // max(1, len(sheet.keys) * len(result.units)))
    for way, rows in draws.by_way():
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            try:
                scores = build(sheet, way, draws.weights[part], draws.keys)
            except Undefined as error:
                named = ", ".join(str(getattr(one, "method", one)) for one in way if one is not None)
                raise refuse(
                    "robust.undefined",
                    "有一种做法算不出分数，不作替换",
                    "One of the ways gives no score; none is put in its place",
                    key="robustness",
                    found=f"{named}: {error}",
                ) from None
            out[part] = ranks(_adjusted(result, scores), result.scheme.digits)
    return out


def _adjusted(result: Result, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bonus and deduction as the exact pipeline adds them: on the published score, as published."""
    if not result.points:
        return scores
    digits = result.scheme.digits
    unit = 10.0**-digits
    total = whole(scores, digits)
    for key, column in result.points.items():
        sign = 1.0 if result.scheme.adjustments[key].effect == "bonus" else -1.0
        total = total + sign * whole(np.array([[float(value or 0) for value in column]]), digits)
    low, high = (float(bound) / unit for bound in result.scheme.bounds)
    return np.clip(total, low, high) * unit


def _intervals(found: Ints, base: Ints, share: float) -> list[Interval | None]:
    tail = (1.0 - share) / 2
    out: list[Interval | None] = []
    for unit, own in enumerate(base):
        there = found[1:, unit][found[1:, unit] > 0]
        if not own or not len(there):
            out.append(None)
            continue
        low, median, high = np.quantile(there, [tail, 0.5, 1.0 - tail], method="inverted_cdf")
        out.append(
            Interval(min(int(low), int(own)), int(median), max(int(high), int(own)), float((there == own).mean()))
        )
    return out
