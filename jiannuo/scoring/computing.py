"""From measured cells to scores, step by step in exact decimals; the order of the steps is the handbook's.

figure → small samples → denomination → missing data → logarithmic scale → outliers → normalisation → aggregation,
level by level → bonus and deduction. Division and rounding happen here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from jiannuo.rules.schema import Text

from .exact import normalising
from .exact.aggregating import METHODS, NotPositive
from .exact.numbers import ZERO, Column, arithmetic, known, mean, published
from .exact.treating import Treated, clip, treat
from .faults import Fault, Refused, both
from .measuring import Cell, Measured, Unit
from .result import Figures, Result
from .scheme import (
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
    ZScore,
)

POSITIVE = both(
    "几何、调和平均要求大于零：把归一化的下限（lo）设为大于零，或改用算术平均",
    "geometric and harmonic means need more than zero: give a scale above it (lo:), or use another mean",
)


def compute(scheme: Scheme, measured: Measured) -> Result:
    """Raises Refused with every fault found."""
    faults: list[Fault] = []
    with arithmetic():
        figures: dict[str, Figures] = {}
        for key in scheme.indicators:
            try:
                figures[key] = figures_of(scheme, key, measured)
            except Refused as refused:
                faults += refused.faults
        if not faults:
            try:
                scores, covered = aggregate(scheme, {key: one.normalised for key, one in figures.items()})
                points = adjustments(scheme, measured)
                final = adjusted(scheme, scores[scheme.root], points)
            except Refused as refused:
                faults += refused.faults
    if faults:
        raise Refused(faults)
    capped: dict[int, list[str]] = {}
    for key, column in measured.caps.items():
        for place, value in enumerate(column):
            if value is not None and value > 0:
                capped.setdefault(place, []).append(key)
    return Result(scheme, measured.units, figures, scores, covered, points, final, capped)


def figures_of(scheme: Scheme, key: str, measured: Measured) -> Figures:
    """One indicator through its steps. Raises Refused."""
    one, cells, states = scheme.indicators[key], measured.cells[key], dict[int, str]()
    raw = _figures(one, cells, states)
    below = measured.denominators[one.denomination] if one.denomination else None
    divided = raw if below is None else _denominated(raw, below, states)
    imputed = _imputed(scheme, key, divided, measured.units, states)
    scaled = _scaled(scheme, key, imputed, measured.units)
    how = scheme.treatment(key)
    bounds = (how.skewness, how.kurtosis)
    if how.percentiles:
        treated = clip(scaled, how.percentiles)
    elif how.winsorise or how.log:
        treated = treat(scaled, most=how.winsorise, bounds=bounds, then_log=how.log)
    else:
        treated = Treated(scaled)
    return Figures(cells, raw, divided, imputed, treated, _normalised(scheme, key, treated.values), states)


def _figures(one: Indicator, cells: Sequence[Cell | None], states: dict[int, str]) -> Column:
    """numerator / denominator; missing where nothing was measured, or on too few cases, or nothing to divide by."""
    pooled = _pooled(cells) if one.shrinkage else None
    out: Column = []
    for place, cell in enumerate(cells):
        if cell is None:
            states[place] = "missing"
        elif cell.n is not None and cell.n < one.minimum_n:
            states[place] = "few"
        elif cell.denominator is None:
            out.append(cell.numerator)
            continue
        elif pooled is not None:
            out.append((cell.numerator + one.shrinkage * pooled) / (cell.denominator + one.shrinkage))
            continue
        elif cell.denominator == 0:
            states[place] = "undivided"
        else:
            out.append(cell.numerator / cell.denominator)
            continue
        out.append(None)
    return out


def _pooled(cells: Sequence[Cell | None]) -> Decimal | None:
    """The mean of all cases: sum of numerators over sum of denominators."""
    there = [(cell.numerator, cell.denominator) for cell in cells if cell is not None and cell.denominator is not None]
    total = sum((below for _, below in there), ZERO)
    return sum((above for above, _ in there), ZERO) / total if total else None


def _denominated(column: Column, below: Column, states: dict[int, str]) -> Column:
    out: Column = []
    for place, (value, divisor) in enumerate(zip(column, below, strict=True)):
        if value is None or not divisor:
            if value is not None:
                states[place] = "undivided"
            out.append(None)
        else:
            out.append(value / divisor)
    return out


def _imputed(scheme: Scheme, key: str, column: Column, units: Sequence[Unit], states: dict[int, str]) -> Column:
    missing = [place for place, value in enumerate(column) if value is None]
    if len(missing) == len(column):
        raise _refused("all_missing", key, "没有一个单位有数", "No unit has a figure")
    rule = scheme.missing(key)
    if not missing or rule == "reweigh":
        return column
    if rule == "refuse":
        named = "、".join(units[place].code for place in missing[:5])
        raise _refused(
            "missing", key, "方案要求不得缺数", "The scheme allows no missing figure", f"{named} ({len(missing)})"
        )
    out = list(column)
    means: dict[str, Decimal] = {}
    for place in missing:
        group = units[place].peer_group
        if rule == "group_mean" and group not in means:
            values = known(value for value, unit in zip(column, units, strict=True) if unit.peer_group == group)
            if not values:
                zh, en = "这一组没有一个单位有数，无法用组均值", "No unit of the group has a figure: there is no mean"
                raise _refused("no_group_mean", key, zh, en, group or "—")
            means[group] = mean(values)
        out[place] = means[group] if rule == "group_mean" else ZERO
        states[place] += f"+{rule}"
    return out


def _scaled(scheme: Scheme, key: str, column: Column, units: Sequence[Unit]) -> Column:
    if scheme.indicators[key].scale == "linear":
        return column
    below = [f"{unit.code}: {x}" for unit, x in zip(units, column, strict=True) if x is not None and x <= 0]
    if below:
        allowed = both("大于零的数，或改用 scale: linear", "figures above zero, or scale: linear")
        zh, en = "对数刻度要求大于零的数", "A logarithmic scale needs figures above zero"
        raise _refused("not_positive_figure", key, zh, en, "、".join(below[:5]), allowed)
    return [None if x is None else x.ln() for x in column]


def _normalised(scheme: Scheme, key: str, column: Column) -> Column:
    try:
        return normalise(column, scheme.normalisation(key), scheme.indicators[key])
    except normalising.Constant:
        value = known(column)[0]
        allowed = both(
            "删去该指标，或改用标杆值（goalposts）、目标距离", "leave it out, or use goalposts or distance_to_target"
        )
        zh, en = "所有单位的数相同，无法比较", "Every unit has the same figure: there is nothing to compare"
        raise _refused("constant", key, zh, en, value, allowed) from None


def normalise(column: Column, how: Normalisation, one: Indicator) -> Column:
    """A column on the method's scale. Raises Constant, Empty."""
    up = one.direction == "more"

    def scaled(post: Decimal | None) -> Decimal:
        assert post is not None  # loading has seen to it
        return post.ln() if one.scale == "log" else post

    match how:
        case MinMax():
            return normalising.minmax(column, up=up, lo=how.lo, hi=how.hi)
        case ZScore():
            return normalising.zscore(column, up=up, mean_=how.mean, deviation_=how.deviation)
        case Rank():
            return normalising.rank(column, up=up)
        case Percentile():
            return normalising.percentile(column, up=up, lo=how.lo, hi=how.hi)
        case Distance():
            target = scaled(one.target)
            return normalising.distance_to_target(column, up=up, target=target, lo=how.lo, hi=how.hi, cap=how.cap)
        case Goalposts():
            low, high = map(scaled, one.goalposts or (None, None))
            return normalising.goalposts(column, up=up, low=low, high=high, lo=how.lo, hi=how.hi, cap=how.cap)
        case Categorical():
            return normalising.categorical(column, up=up, bounds=how.bounds, points=how.points)
        case AboutMean():
            return normalising.about_mean(column, up=up, band=how.band, lo=how.lo, hi=how.hi)


def aggregate(scheme: Scheme, columns: Mapping[str, Column]) -> tuple[dict[str, Column], dict[str, list[Decimal]]]:
    """Scores of every dimension, bottom up, and the share of weight that each rests on. Raises Refused."""
    scores: dict[str, Column] = {}
    covered: dict[str, list[Decimal]] = {}
    for key in scheme.bottom_up:
        parts = scheme.parts[key]
        weights = [scheme.weight(part) for part in parts]
        below = [scores[part] if part in scores else columns[part] for part in parts]
        whole, least = sum(weights, ZERO), scheme.coverage_of(key)
        method = METHODS[scheme.dimensions[key].aggregation]
        column: Column = []
        shares: list[Decimal] = []
        try:
            for values in zip(*below, strict=True):
                pairs = [(x, w) for x, w in zip(values, weights, strict=True) if x is not None]
                share = sum((w for _, w in pairs), ZERO) / whole
                shares.append(share)
                column.append(method(pairs) if pairs and share >= least else None)
        except NotPositive:
            zh, en = "分数有零或负数，不能取这种平均", "A score is zero or below: this mean does not exist"
            raise Refused(
                [Fault("score.not_positive", both(zh, en), f"dimensions.{key}.aggregation", allowed=POSITIVE)]
            ) from None
        scores[key], covered[key] = column, shares
    return scores, covered


def adjustments(scheme: Scheme, measured: Measured) -> dict[str, Column]:
    """Adjustment → points of each unit, never more than its ceiling; a unit without a row has none."""
    out: dict[str, Column] = {}
    for key, one in scheme.adjustments.items():
        column = measured.adjustments[key]
        for unit, value in zip(measured.units, column, strict=True):
            if value is not None and value < 0:
                found = f"{unit.code}: {value}"
                zh, en = "加减分的数为负", "A figure for bonus or deduction is negative"
                raise Refused([Fault("score.negative", both(zh, en), f"adjustments.{key}.select", found=found)])
        out[key] = [min((value or ZERO) * one.points, one.ceiling) for value in column]
    return out


def adjusted(scheme: Scheme, index: Column, points: Mapping[str, Column]) -> Column:
    """The index plus bonuses less deductions, within the scheme's bounds; as it is where there are none."""
    if not points:
        return index
    low, high = scheme.bounds
    out: Column = []
    for place, score in enumerate(index):
        if score is None:
            out.append(None)
            continue
        # On the published index, so that a reader can add up what the page shows.
        total = published(score, scheme.digits)
        for key, column in points.items():
            sign = 1 if scheme.adjustments[key].effect == "bonus" else -1
            total += sign * published(column[place] or ZERO, scheme.digits)
        out.append(max(low, min(total, high)))
    return out


def _refused(code: str, key: str, zh: str, en: str, found: object = "", allowed: Text | None = None) -> Refused:
    return Refused([Fault(f"score.{code}", both(zh, en), f"indicators.{key}", found=str(found)[:200], allowed=allowed)])
