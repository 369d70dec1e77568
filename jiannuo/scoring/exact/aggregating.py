"""Many scores to one (handbook, step "Weighting and aggregation"). Weights are re-weighed over what is there.

x̂ over children i with weights wᵢ > 0, W = Σwᵢ:

- arithmetic: Σwᵢxᵢ / W — a weakness is made good by a strength, fully;
- geometric: exp(Σwᵢ ln xᵢ / W), xᵢ > 0 — made good less the deeper it is; never above the arithmetic mean;
- harmonic: W / Σ(wᵢ/xᵢ), xᵢ > 0 — less still;
- median: the value at which half of the weight is reached, the mean of the two if it is reached exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from jiannuo.scoring.exact.numbers import TWO, ZERO

Pairs = Sequence[tuple[Decimal, Decimal]]
"""(value, weight) of every child that has a value; not empty, every weight above zero."""


class NotPositive(ValueError):
    """A value of zero or below where the method needs more."""


def arithmetic(pairs: Pairs) -> Decimal:
    return sum((w * x for x, w in pairs), ZERO) / sum((w for _, w in pairs), ZERO)


def geometric(pairs: Pairs) -> Decimal:
    if len({x for x, _ in pairs}) == 1 and pairs[0][0] > 0:
        return pairs[0][0]
    if any(x <= 0 for x, _ in pairs):
        raise NotPositive
    return (sum((w * x.ln() for x, w in pairs), ZERO) / sum((w for _, w in pairs), ZERO)).exp()


def harmonic(pairs: Pairs) -> Decimal:
    if any(x <= 0 for x, _ in pairs):
        raise NotPositive
    return sum((w for _, w in pairs), ZERO) / sum((w / x for x, w in pairs), ZERO)


def median(pairs: Pairs) -> Decimal:
    order = sorted(pairs)
    half = sum((w for _, w in order), ZERO) / TWO
    reached = ZERO
    for place, (x, w) in enumerate(order):
        reached += w
        if reached == half and place + 1 < len(order):
            return (x + order[place + 1][0]) / TWO
        if reached >= half:
            return x
    return order[-1][0]


METHODS: dict[str, Callable[[Pairs], Decimal]] = {
    "arithmetic": arithmetic,
    "geometric": geometric,
    "harmonic": harmonic,
    "median": median,
}
