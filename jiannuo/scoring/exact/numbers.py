"""Decimal arithmetic that gives the same digits on every machine.

Everything is worked at 40 significant digits, half to even; +, −, ×, ÷, square root, exp and ln are correctly rounded
at that precision, so a result depends on nothing but the numbers and their order, and the order is fixed: units by
code, indicators as the scheme lists them. What is published is rounded once, at the end, half up. Floats never enter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from operator import mul

PRECISION = 40
CONTEXT = Context(
    prec=PRECISION,
    rounding=ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
ZERO, ONE, TWO, HUNDRED = Decimal(0), Decimal(1), Decimal(2), Decimal(100)

Column = list[Decimal | None]
"""One figure per unit, units in their fixed order; None where there is none."""


@contextmanager
def arithmetic() -> Iterator[None]:
    """The context in which every step runs, whatever the caller's own is."""
    with localcontext(CONTEXT):
        yield


def published(value: Decimal, digits: int) -> Decimal:
    """The figure as it is published: `digits` after the point, half away from zero, no minus before a zero."""
    out = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP, context=CONTEXT)
    return out if out else out.copy_abs()


def known(column: Iterable[Decimal | None]) -> list[Decimal]:
    return [value for value in column if value is not None]


def mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, ZERO) / len(values)


def deviation(values: Sequence[Decimal]) -> Decimal:
    """Sample standard deviation, √(Σ(x − x̄)² / (n − 1)); 0 for a single value."""
    if len(values) < 2:
        return ZERO
    middle = mean(values)
    return (sum(((value - middle) ** 2 for value in values), ZERO) / (len(values) - 1)).sqrt()


class Moments:
    """Skewness and kurtosis of a sample, of which values may be replaced in constant time.

    Power sums Σ(x − c)ᵏ about a fixed c, the first mean, so that little cancels. With mₖ = Σ(x − x̄)ᵏ / n:

    - skewness G₁ = m₃ / m₂^1.5 · √(n(n − 1)) / (n − 2), none below 3 values;
    - excess kurtosis G₂ = ((n + 1)(m₄ / m₂² − 3) + 6)(n − 1) / ((n − 2)(n − 3)), none below 4.

    Both are the bias-adjusted estimators of Joanes and Gill (1998), "type 2". None for a constant sample.
    """

    def __init__(self, values: Sequence[Decimal]) -> None:
        self.n = len(values)
        self.about = mean(values) if values else ZERO
        offs = [value - self.about for value in values]
        squares = [off * off for off in offs]
        self.sums = [
            sum(offs, ZERO),
            sum(squares, ZERO),
            sum(map(mul, squares, offs), ZERO),
            sum(map(mul, squares, squares), ZERO),
        ]

    def _add(self, value: Decimal, times: int) -> None:
        off = power = value - self.about
        for k in range(4):
            self.sums[k] += power * times
            power *= off

    def replace(self, old: Decimal, new: Decimal, times: int) -> None:
        self._add(old, -times)
        self._add(new, times)

    def _central(self) -> tuple[Decimal, Decimal, Decimal]:
        a, b, c, d = (value / self.n for value in self.sums)
        second = b - a * a
        third = c - 3 * a * b + 2 * a**3
        return second, third, d - 4 * a * c + 6 * a * a * b - 3 * a**4

    def skewness(self) -> Decimal | None:
        if self.n < 3:
            return None
        n = Decimal(self.n)
        second, third, _ = self._central()
        if second <= self._noise():
            return None
        return third / (second * second.sqrt()) * (n * (n - 1)).sqrt() / (n - 2)

    def kurtosis(self) -> Decimal | None:
        if self.n < 4:
            return None
        n = Decimal(self.n)
        second, _, fourth = self._central()
        if second <= self._noise():
            return None
        return ((n + 1) * (fourth / (second * second) - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))

    def _noise(self) -> Decimal:
        """A variance below this is what rounding leaves of a constant sample."""
        return (self.sums[1] / self.n).copy_abs().scaleb(6 - PRECISION)
