"""A scheme: what is measured, how it becomes a score, and on what basis. Strict: a slip of the pen is found at once.

Terms are those of the OECD/JRC handbook (Handbook on Constructing Composite Indicators, 2008). A scheme is data:
nothing in it runs but the SELECTs of its measures, which `guard` checks. `docs/scoring/methods.md` has every field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from jiannuo.rules.schema import Cite, Exact, Instrument, StatusField, Strict, Text, Unfit

Key = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,59}$")]
Select = Annotated[str, Field(min_length=1, max_length=20_000)]
Share = Annotated[Exact, Field(ge=0, le=1)]
Positive = Annotated[Exact, Field(gt=0)]
Aggregation = Literal["arithmetic", "geometric", "harmonic", "median"]
Missing = Literal["reweigh", "group_mean", "zero", "refuse"]
Direction = Literal["more", "less"]


class _Scaled(Strict):
    lo: Exact = Decimal(0)
    hi: Exact = Decimal(100)

    @model_validator(mode="after")
    def _ordered(self) -> _Scaled:
        if self.lo >= self.hi:
            raise Unfit("lo 应低于 hi", "lo is below hi")
        return self


class MinMax(_Scaled):
    """The worst unit has lo, the best hi."""

    method: Literal["minmax"] = "minmax"


class ZScore(Strict):
    """Standard deviations from the mean; `mean` and `deviation` say where the scale lies (50 and 10, say)."""

    method: Literal["zscore"]
    mean: Exact = Decimal(0)
    deviation: Positive = Decimal(1)


class Rank(Strict):
    """1 for the worst … n for the best."""

    method: Literal["rank"]


class Percentile(_Scaled):
    """The share of units that are worse."""

    method: Literal["percentile"]


class Distance(_Scaled):
    """The way from the worst unit to the indicator's target; beyond it counts as there unless `cap` is false."""

    method: Literal["distance_to_target"]
    cap: bool = True


class Goalposts(_Scaled):
    """The way between the indicator's two goalposts, fixed before any figure was seen."""

    method: Literal["goalposts"]
    cap: bool = True


class Categorical(Strict):
    """Points of the class that a figure falls in: `points` has one more than the ascending `bounds`, worst first."""

    method: Literal["categorical"]
    bounds: tuple[Exact, ...] = Field(min_length=1, strict=False)
    points: tuple[Exact, ...] = Field(min_length=2, strict=False)

    @model_validator(mode="after")
    def _steps(self) -> Categorical:
        if len(self.points) != len(self.bounds) + 1 or list(self.bounds) != sorted(set(self.bounds)):
            raise Unfit(
                "bounds 自小到大，points 比 bounds 多一个", "bounds ascend, and points are one more than bounds"
            )
        return self


class AboutMean(_Scaled):
    """hi above the mean by more than `band` of it, lo below it by more, else the middle."""

    method: Literal["about_mean"]
    band: Annotated[Exact, Field(ge=0)] = Decimal("0.1")


Normalisation = Annotated[
    MinMax | ZScore | Rank | Percentile | Distance | Goalposts | Categorical | AboutMean, Field(discriminator="method")
]


class Treatment(Strict):
    """Outliers: at most `winsorise` units are moved in, until |skewness| or kurtosis is below its bound; then, with
    `log`, the logarithm. Or whatever lies beyond two `percentiles` (shares, as 0.025 and 0.975) is set to them.
    """

    winsorise: int = Field(default=0, ge=0)
    log: bool = False
    skewness: Positive = Decimal(2)
    kurtosis: Positive = Decimal("3.5")
    percentiles: tuple[Share, Share] | None = Field(default=None, strict=False)

    @model_validator(mode="after")
    def _one_way(self) -> Treatment:
        if self.percentiles and self.percentiles[0] >= self.percentiles[1]:
            raise Unfit("低的在前", "The lower share first", "percentiles")
        if self.percentiles and (self.winsorise or self.log):
            zh, en = "percentiles 与 winsorise、log 不同用", "Either percentiles, or winsorise and log: not both"
            raise Unfit(zh, en, "percentiles")
        return self


class Cited(Strict):
    """What everything carries that somebody decided: title, and where it is written."""

    title: Text
    cite: tuple[Cite, ...] = Field(default=(), strict=False)
    note: Text | None = None


class Units(Cited):
    """Who is scored. select: unit, and optionally title and peer_group (units are compared within their group)."""

    select: Select


class Denominator(Cited):
    """By what a figure is divided so that large and small compare. select: unit, numerator."""

    select: Select


class Dimension(Cited):
    """One score made of others. parent: the dimension it belongs to; exactly one has none, the index itself.

    coverage   the least share of weight that must be there; below it there is no score
    """

    parent: Key | None = None
    weight: Positive = Decimal(1)
    aggregation: Aggregation = "arithmetic"
    coverage: Share | None = None


class Indicator(Cited):
    """One figure per unit.

    select        unit, numerator, and optionally denominator and n (how many cases it rests on); sums and counts only
    unit          unit of measurement, as shown
    direction     whether more is better
    scale         log: compared by the natural logarithm, as money often is; target and goalposts are still given in
                  the figure's own unit
    denomination  key of a denominator that the figure is divided by
    minimum_n     a figure that rests on fewer cases counts as missing
    shrinkage     small samples are drawn to the mean of all: (numerator + k·mean) / (denominator + k), k = shrinkage
    """

    parent: Key
    select: Select
    unit: Text
    direction: Direction
    scale: Literal["linear", "log"] = "linear"
    weight: Positive = Decimal(1)
    target: Exact | None = None
    goalposts: tuple[Exact, Exact] | None = Field(default=None, strict=False)
    denomination: Key | None = None
    minimum_n: int = Field(default=0, ge=0)
    shrinkage: Annotated[Exact, Field(ge=0)] = Decimal(0)
    missing: Missing | None = None
    treatment: Treatment | None = None
    normalisation: Normalisation | None = None

    @model_validator(mode="after")
    def _posts(self) -> Indicator:
        if self.goalposts is not None and self.goalposts[0] >= self.goalposts[1]:
            raise Unfit("无论方向，小的在前", "The lower figure first, whatever the direction", "goalposts")
        posts = [post for post in (self.target, *(self.goalposts or ())) if post is not None]
        if self.scale == "log" and any(post <= 0 for post in posts):
            zh, en = "对数刻度的目标值和标杆值应大于零", "On a logarithmic scale target and goalposts are above zero"
            raise Unfit(zh, en, "scale")
        return self


class Adjustment(Cited):
    """Points beside the index: `points` for each of the SELECT's numerator, never more than `ceiling`."""

    effect: Literal["bonus", "deduction"]
    select: Select
    points: Positive
    ceiling: Positive


class Cap(Cited):
    """A unit of which the SELECT's numerator is above zero gets no better grade than this. The score stays."""

    select: Select
    grade: Key

    @model_validator(mode="after")
    def _based(self) -> Cap:
        if not self.cite:
            raise Unfit("限档须写明依据", "A cap states its basis", "cite")
        return self


class Grade(Strict):
    """`least`: the lowest published score that has it; the last grade has none."""

    key: Key
    title: Text
    least: Exact | None = None


class Defaults(Strict):
    """What holds for an indicator that does not say otherwise."""

    missing: Missing = "reweigh"
    treatment: Treatment = Treatment()
    normalisation: Normalisation = MinMax()


class Robustness(Strict):
    """How the scheme could as well have been: each replicate draws anew, and its ranks are counted.

    weights         each weight is multiplied by a number between 1 − weights and 1 + weights
    normalisations, aggregations, missing   one of these for the whole scheme; empty: as the scheme says
    leave_out       one indicator is left out (or none, as likely as any one)
    interval        the share of replicates whose ranks the interval holds
    """

    replicates: int = Field(default=1000, ge=1, le=1_000_000)
    seed: int = Field(ge=0)
    interval: Annotated[Exact, Field(gt=0, lt=1)] = Decimal("0.9")
    weights: Annotated[Exact, Field(ge=0, lt=1)] = Decimal("0.25")
    normalisations: tuple[Normalisation, ...] = Field(default=(), strict=False)
    aggregations: tuple[Aggregation, ...] = Field(default=(), strict=False)
    missing: tuple[Literal["reweigh", "group_mean"], ...] = Field(default=(), strict=False)
    leave_out: bool = False


class Scheme(Strict):
    """The whole of it. Everything keyed stays in the order of the file: that is the order of adding up.

    weights   relative: as they are; hundred: those below a dimension add up to 100; points: to the weight above them
    digits    after the point, of everything published
    bounds    the least and the highest score after bonus and deduction
    """

    model_config = ConfigDict(ignored_types=(cached_property,))

    name: Key
    version: str = Field(min_length=1, max_length=40)
    title: Text
    status: StatusField
    note: Text | None = None
    digits: int = Field(default=2, ge=0, le=10)
    weights: Literal["relative", "hundred", "points"] = "relative"
    coverage: Share = Decimal(0)
    bounds: tuple[Exact, Exact] = Field(default=(Decimal(0), Decimal(100)), strict=False)
    units: Units
    defaults: Defaults = Defaults()
    instruments: dict[str, Instrument] = {}
    denominators: dict[Key, Denominator] = {}
    dimensions: dict[Key, Dimension] = Field(min_length=1)
    indicators: dict[Key, Indicator] = Field(min_length=1)
    adjustments: dict[Key, Adjustment] = {}
    caps: dict[Key, Cap] = {}
    grades: tuple[Grade, ...] = Field(default=(), strict=False)
    robustness: Robustness | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Scheme:
        if self.bounds[0] >= self.bounds[1]:
            raise Unfit("低的在前", "The lower score first", "bounds")
        return self

    @cached_property
    def root(self) -> str:
        return next(key for key, one in self.dimensions.items() if one.parent is None)

    @cached_property
    def parts(self) -> Mapping[str, tuple[str, ...]]:
        """Dimension → what lies right below it, dimensions first, each in the order of the file."""
        out: dict[str, list[str]] = {key: [] for key in self.dimensions}
        for rows in (self.dimensions, self.indicators):
            for key, one in rows.items():
                if one.parent is not None:
                    out[one.parent].append(key)
        return {key: tuple(parts) for key, parts in out.items()}

    @cached_property
    def bottom_up(self) -> tuple[str, ...]:
        """The dimensions, each after all that lies below it."""
        out: list[str] = []

        def walk(key: str) -> None:
            for part in self.parts[key]:
                if part in self.dimensions:
                    walk(part)
            out.append(key)

        walk(self.root)
        return tuple(out)

    def weight(self, key: str) -> Decimal:
        return (self.dimensions.get(key) or self.indicators[key]).weight

    def title_of(self, key: str) -> Text:
        return (self.dimensions.get(key) or self.indicators[key]).title

    def above(self, key: str) -> Iterator[str]:
        """The dimensions above a part, nearest first."""
        parent = (self.dimensions.get(key) or self.indicators[key]).parent
        while parent is not None:
            yield parent
            parent = self.dimensions[parent].parent

    def missing(self, key: str) -> Missing:
        return self.indicators[key].missing or self.defaults.missing

    def treatment(self, key: str) -> Treatment:
        return self.indicators[key].treatment or self.defaults.treatment

    def normalisation(self, key: str) -> Normalisation:
        return self.indicators[key].normalisation or self.defaults.normalisation

    def coverage_of(self, key: str) -> Decimal:
        own = self.dimensions[key].coverage
        return self.coverage if own is None else own
