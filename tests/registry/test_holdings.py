"""Who answers on which day, as a pure function: every thing has one holder, so every yuan is counted once."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.registry.succession import Cycle, Passing, holdings

START = date(2020, 1, 1)


@st.composite
def histories(draw):
    """Bodies 0…n; on growing days one that lives ends, and its heir is one that still lives."""
    count = draw(st.integers(2, 9))
    alive, out, day = list(range(count)), [], START
    for _ in range(draw(st.integers(0, count - 1))):
        body = draw(st.sampled_from(alive))
        alive.remove(body)
        day += timedelta(days=draw(st.integers(1, 400)))
        out.append(Passing(body, draw(st.sampled_from(alive)), day))
    return count, draw(st.permutations(out))


def holder(rows, origin, day):
    """The holders the table names for this origin and day, itself where the table is silent."""
    mine = [row for row in rows if row.origin == origin]
    if not mine:
        return [origin]
    return [r.holder for r in mine if (r.since is None or r.since <= day) and (r.until is None or day < r.until)]


def chase(passings, origin, day):
    """The same, from the definition: go to the heir as long as the body has ended."""
    by_body = {p.body: p for p in passings}
    while (p := by_body.get(origin)) is not None and p.on <= day:
        origin = p.heir
    return origin


@given(histories(), st.integers(-10, 4000), st.lists(st.integers(0, 10**12), min_size=9, max_size=9))
def test_for_every_day_the_sum_over_holders_is_the_sum_over_things(history, offset, yuan):
    count, passings = history
    rows = holdings(passings)
    edges = {p.on + timedelta(days=shift) for p in passings for shift in (-1, 0, 1)}
    for day in {START + timedelta(days=offset), *edges}:
        held = dict.fromkeys(range(count), 0)
        for origin in range(count):
            (answers,) = holder(rows, origin, day)
            assert answers == chase(passings, origin, day)
            held[answers] += yuan[origin]
        assert sum(held.values()) == sum(yuan[:count])
        gone = {p.body for p in passings if p.on <= day}
        assert all(held[body] == 0 for body in gone)


def test_heirs_that_lead_back_are_refused():
    with pytest.raises((Cycle, ValueError)):
        holdings([Passing(1, 2, date(2021, 1, 1)), Passing(2, 1, date(2022, 1, 1))])


def test_an_heir_that_had_ended_before_is_refused():
    with pytest.raises(ValueError, match="inherits on"):
        holdings([Passing(1, 2, date(2022, 1, 1)), Passing(2, 3, date(2021, 1, 1))])
