"""What each replicate draws: a method of each kind, its weights, and the indicator that it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from jiannuo.scoring.scheme import Aggregation, Missing, Normalisation, Robustness, Scheme

from .arrays import Array, Ints

Rule = Missing | None
Way = tuple[Normalisation | None, Aggregation | None, Rule]
"""Normalisation, aggregation and rule for missing figures of the whole scheme; None: as each says for itself."""


@dataclass(frozen=True)
class Draws:
    """Of all replicates; the first is the scheme as it is.

    ways      replicate → its way, by place in `choices`
    weights   replicates × keys (indicators and dimensions in the order of `keys`); 0 for what is left out
    """

    choices: tuple[Way, ...]
    ways: Ints
    keys: tuple[str, ...]
    weights: Array

    def by_way(self) -> Iterator[tuple[Way, Ints]]:
        """Each way with its replicates."""
        for place, way in enumerate(self.choices):
            rows = np.flatnonzero(self.ways == place)
            if len(rows):
                yield way, rows


def draw(scheme: Scheme, how: Robustness) -> Draws:
    """Draw by PCG64 from the scheme's seed: the same draws on every machine (numpy's stream guarantee)."""
    random = np.random.Generator(np.random.PCG64(how.seed))
    choices: tuple[Way, ...] = (
        (None, None, None),
        *(
            (norm, mean, rule)
            for norm in how.normalisations or (None,)
            for mean in how.aggregations or (None,)
            for rule in how.missing or (None,)
        ),
    )
    count = how.replicates + 1
    ways = random.integers(1, len(choices), size=count)
    keys = (*scheme.dimensions, *scheme.indicators)
    base = np.array([float(scheme.weight(key)) for key in keys])
    width = float(how.weights)
    weights = base * (1.0 + width * (2.0 * random.random((count, len(keys))) - 1.0))
    if how.leave_out:
        first = len(scheme.dimensions)
        out = random.integers(first, len(keys) + 1, size=count)  # len(keys): none
        rows = np.flatnonzero(out < len(keys))
        weights[rows, out[rows]] = 0.0
    ways[0], weights[0] = 0, base
    return Draws(choices, ways, keys, weights)
