"""How an indicator is scored, in words: the steps that the scheme asks for and what they did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from jiannuo.scoring.result import Result
from jiannuo.scoring.scheme import Categorical, Distance, Goalposts, Indicator, Normalisation, Rank, Scheme, ZScore

from .words import METHODS, WORDS


def made(result: Result, key: str, code: str) -> Iterator[str]:
    """One phrase for each step of this indicator, in the order of the steps; as plain text."""
    scheme, one, figures = result.scheme, result.scheme.indicators[key], result.figures[key]

    def say(name: str, **more: object) -> str:
        return WORDS[name].get(code).format(**more)

    yield say("unit_and_direction", unit=one.unit.get(code), direction=say(one.direction))
    if one.minimum_n:
        yield say("least_n", n=one.minimum_n)
    if one.shrinkage:
        yield say("shrunk", k=plain(one.shrinkage))
    if one.denomination:
        yield say("per", denominator=scheme.denominators[one.denomination].title.get(code))
    if any(value is None for value in figures.denominated):
        yield say("if_missing", rule=METHODS[scheme.missing(key)].get(code))
    if one.scale == "log":
        yield say("log_scale")
    moved, within = figures.treated.moved.values(), scheme.treatment(key).percentiles
    if "log" in moved:
        yield say("logged")
    elif within:
        low, high = (plain(100 * share) for share in within)
        yield say("clipped", low=low, high=high, count=len(moved))
    elif moved:
        yield say("moved_in", count=len(moved))
    if not figures.treated.passes:
        yield say("untreated")
    yield normalised(scheme.normalisation(key), one, code)


def usually(scheme: Scheme, code: str) -> str:
    """The way in which more than half of the indicators are normalised, to be said once; "" if there is none."""
    ways = Counter(normalised(scheme.normalisation(key), one, code) for key, one in scheme.indicators.items())
    way, count = ways.most_common(1)[0]
    return way if count > 1 and 2 * count > len(scheme.indicators) else ""


def normalised(how: Normalisation, one: Indicator, code: str) -> str:
    method = METHODS[how.method].get(code)
    match how:
        case Rank():
            return method
        case ZScore():
            name, more = "with_mean", {"mean": plain(how.mean), "deviation": plain(how.deviation)}
        case Categorical():
            name, more = "with_classes", {"bounds": listed(how.bounds), "points": listed(how.points)}
        case Goalposts():
            low, high = one.goalposts or (Decimal(0), Decimal(0))
            name, more = (
                "with_posts",
                {"low": plain(low), "high": plain(high), "lo": plain(how.lo), "hi": plain(how.hi)},
            )
        case Distance():
            target = plain(one.target or Decimal(0))
            name, more = "with_target", {"target": target, "lo": plain(how.lo), "hi": plain(how.hi)}
        case _:
            name, more = "on_scale", {"lo": plain(how.lo), "hi": plain(how.hi)}
    return WORDS[name].get(code).format(method=method, **more)


def listed(values: Sequence[Decimal]) -> str:
    return "/".join(map(plain, values))


def plain(value: Decimal) -> str:
    """As a person writes it: no exponent, no zeros at the end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
