"""Ranks on what is published: who shows the same score shares the rank ("1, 2, 2, 4")."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from jiannuo.scoring.exact.numbers import Column, known, published

Ranks = list[int | None]


def ranks(scores: Column) -> Ranks:
    """1 + how many published scores are higher; none without a score."""
    falling = sorted(-value for value in known(scores))
    return [None if value is None else bisect_left(falling, -value) + 1 for value in scores]


def ranks_within(scores: Column, groups: Sequence[str]) -> Ranks:
    """The rank among the comparable units: those of the same group."""
    out: Ranks = [None] * len(scores)
    for group in set(groups):
        places = [place for place, name in enumerate(groups) if name == group]
        for place, value in zip(places, ranks([scores[place] for place in places]), strict=True):
            out[place] = value
    return out


def published_column(scores: Column, digits: int) -> Column:
    """Each score rounded for the first and last time."""
    return [None if value is None else published(value, digits) for value in scores]
