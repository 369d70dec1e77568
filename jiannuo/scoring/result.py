"""What a scheme makes of the figures: every step kept, so that each number on a page can be followed to its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from .exact.aggregating import Pairs
from .exact.contributing import BASIS, Basis, contributions
from .exact.numbers import Column, arithmetic, known, mean
from .exact.ranking import Ranks, published_column, ranks, ranks_within
from .exact.treating import Treated
from .measuring import Cell, Unit
from .scheme import Scheme

# What befell a figure: not measured; too few cases; nothing to divide by; put in by the rule for missing ones.
States = Mapping[int, str]


@dataclass
class Figures:
    """One indicator through its steps; columns in the order of the units.

    cells        as measured
    raw          numerator / denominator, shrunk where the scheme says so
    denominated  divided by the indicator's denomination
    imputed      with what the rule for missing figures puts in
    treated      on the indicator's scale (figures or logarithms), outliers moved; `treated.moved` says which
    normalised   on the scheme's scale, higher is better
    states       place → "missing", "few", "undivided", and "+group_mean" or "+zero" where one was put in
    """

    cells: Sequence[Cell | None]
    raw: Column
    denominated: Column
    imputed: Column
    treated: Treated
    normalised: Column
    states: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Share:
    """What one part brought to a dimension's score of one unit: published digits, adding up as `basis` says."""

    part: str
    weight: Decimal
    score: Decimal
    brought: Decimal
    basis: Basis


@dataclass(frozen=True)
class Against:
    """An indicator of a unit beside the mean of its group (both normalised)."""

    indicator: str
    score: Decimal
    group: Decimal

    @property
    def ahead(self) -> Decimal:
        return self.score - self.group


@dataclass
class Result:
    """Unrounded scores by dimension, and what is published of them.

    scores    dimension → one score per unit, None where too little is there (资料不足)
    covered   dimension → share of weight that is there, per unit
    bonus, deduction   adjustment → points given or taken, after its ceiling
    capped    unit's place → the caps that hold
    """

    scheme: Scheme
    units: Sequence[Unit]
    figures: Mapping[str, Figures]
    scores: Mapping[str, Column]
    covered: Mapping[str, Sequence[Decimal]]
    points: Mapping[str, Column]
    final: Column
    capped: Mapping[int, Sequence[str]]

    @cached_property
    def index(self) -> Column:
        """The published score of each unit, after bonus and deduction."""
        return published_column(self.final, self.scheme.digits)

    @cached_property
    def ranks(self) -> Ranks:
        """Among all; who shows the same score shares the rank."""
        return ranks(self.index)

    @cached_property
    def ranks_in_group(self) -> Ranks:
        return ranks_within(self.index, [unit.peer_group for unit in self.units])

    @cached_property
    def published(self) -> Mapping[str, Column]:
        """Dimension → published scores, before bonus and deduction."""
        return {key: published_column(column, self.scheme.digits) for key, column in self.scores.items()}

    def ranks_of(self, dimension: str) -> Ranks:
        return ranks(self.published[dimension])

    @cached_property
    def earned(self) -> Sequence[str]:
        """The grade that each score reaches; empty without one."""
        return [self._grade(score) for score in self.index]

    @cached_property
    def grades(self) -> Sequence[str]:
        """The grade that is published: earned, or the lowest of the caps that hold."""
        order = [grade.key for grade in self.scheme.grades]
        out = []
        for place, grade in enumerate(self.earned):
            caps = [self.scheme.caps[cap].grade for cap in self.capped.get(place, ())]
            out.append(max([grade, *caps], key=order.index) if grade else "")
        return out

    def _grade(self, score: Decimal | None) -> str:
        if score is None:
            return ""
        return next((grade.key for grade in self.scheme.grades if grade.least is None or score >= grade.least), "")

    def column(self, key: str) -> Column:
        """Scores of a dimension or normalised figures of an indicator."""
        return self.scores[key] if key in self.scores else self.figures[key].normalised

    def pairs(self, dimension: str, place: int) -> tuple[Sequence[str], Pairs]:
        """The parts of a dimension that this unit has, each as (score, weight)."""
        there = [part for part in self.scheme.parts[dimension] if self.column(part)[place] is not None]
        return there, [
            (value, self.scheme.weight(part)) for part in there if (value := self.column(part)[place]) is not None
        ]

    def shares(self, dimension: str, place: int) -> Sequence[Share]:
        """What each part brought to this unit's score."""
        if self.scores[dimension][place] is None:
            return []
        parts, pairs = self.pairs(dimension, place)
        method = self.scheme.dimensions[dimension].aggregation
        with arithmetic():
            total = sum((weight for _, weight in pairs), Decimal(0))
            brought = contributions(method, pairs, self.scheme.digits)
            return [
                Share(part, weight / total, score, one, BASIS[method])
                for part, (score, weight), one in zip(parts, pairs, brought, strict=True)
            ]

    @cached_property
    def _group_means(self) -> Mapping[str, Mapping[str, Decimal]]:
        groups = {unit.peer_group for unit in self.units}
        out: dict[str, dict[str, Decimal]] = {}
        with arithmetic():
            for key, one in self.figures.items():
                for group in groups:
                    members = [
                        x for x, unit in zip(one.normalised, self.units, strict=True) if unit.peer_group == group
                    ]
                    if values := known(members):
                        out.setdefault(key, {})[group] = mean(values)
        return out

    def against_group(self, place: int) -> Sequence[Against]:
        """The unit's indicators from its greatest strength to its greatest weakness against its group."""
        group = self.units[place].peer_group
        out = [
            Against(key, value, self._group_means[key][group])
            for key, one in self.figures.items()
            if (value := one.normalised[place]) is not None
        ]
        return sorted(out, key=lambda one: -one.ahead)
