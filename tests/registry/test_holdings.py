"""Who answers on which day, as a pure function: every thing has one holder, so every yuan is counted once."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiannuo.lifecycle.refused import Refused
from jiannuo.registry import actions as registry
from jiannuo.registry import reading
from jiannuo.registry.models import Body
from jiannuo.registry.succession import Cycle, Passing, holdings
from tests.registry import cast

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


@st.composite
def handings(draw):
    """A history, and things handed over on days of it to bodies that lived then, each thing once a day at most."""
    count, passings = draw(histories())
    ends = {p.body: p.on for p in passings}
    given_ = []
    for _ in range(draw(st.integers(0, 6))):
        day = START + timedelta(days=draw(st.integers(-5, 3700)))
        living = [body for body in range(count) if body not in ends or day < ends[body]]
        given_.append((draw(st.integers(0, 8)), draw(st.sampled_from(living)), day))
    return (
        count,
        passings,
        sorted({(thing, day): (thing, to, day) for thing, to, day in given_}.values(), key=lambda g: g[2]),
    )


@pytest.mark.django_db(transaction=True)
class TestAsked:
    """The same of the registry itself, walked by its actions and asked by its questions."""

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(handings(), st.lists(st.integers(0, 10**12), min_size=9, max_size=9))
    def test_with_assignments_every_thing_has_one_holder_that_lives_and_every_yuan_is_counted_once(self, drawn, yuan):
        count, passings, given_ = drawn
        with transaction.atomic():
            bodies = [cast.body(f"云川市第{n}局", founded=date(1990, 1, 1)) for n in range(count)]
            place = {n: body.pk for n, body in enumerate(bodies)}
            acts = [(p.on, 1, p) for p in passings] + [(day, 0, (thing, to)) for thing, to, day in given_]
            refused = set()
            for day, _order, what in sorted(acts, key=lambda act: act[:2]):
                how = {"document": cast.PAPER, "by": cast.KEEPER, "on": day}
                if isinstance(what, Passing):
                    registry.abolish(Body.objects.get(pk=place[what.body]), bodies[what.heir], **how)
                    continue
                thing, to = what
                try:
                    registry.assign(f"record:{thing}", bodies[thing % count], bodies[to], **how)
                except Refused as fault:
                    if fault.code != "registry.answers_already":
                        raise
                    refused.add((thing, day))
            things = {f"record:{n}": place[n % count] for n in range(9)}
            edges = {day + timedelta(days=shift) for day, _order, _what in acts for shift in (-1, 0, 1)}
            for day in {START, *edges}:
                answers = reading.holders_of(things, day)
                assert answers == {thing: reading.holder_of(thing, origin, day) for thing, origin in things.items()}
                held = dict.fromkeys(place.values(), 0)
                for n in range(9):
                    held[answers[f"record:{n}"]] += yuan[n]
                    origin = n % count
                    for thing, to, since in given_:
                        if thing == n and since <= day and (thing, since) not in refused:
                            origin = to
                    assert answers[f"record:{n}"] == place[chase(passings, origin, day)]
                assert sum(held.values()) == sum(yuan)
                gone = {place[p.body] for p in passings if p.on <= day}
                assert all(held[pk] == 0 for pk in gone)
            transaction.set_rollback(True)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3000)), max_size=8))
def test_whatever_is_entered_either_one_holder_on_every_day_or_refused(rows):
    passings = [
        Passing(a, b, START + timedelta(days=d)) for a, b, d in {a: (a, b, d) for a, b, d in rows if a != b}.values()
    ]
    try:
        table = holdings(passings)
    except ValueError:
        by_body = {p.body: p for p in passings}
        assert any(by_body[p.heir].on <= p.on for p in passings if p.heir in by_body), (
            "only a dead heir or a circle is refused, and a circle has a dead heir"
        )
        return
    for day in {p.on + timedelta(days=shift) for p in passings for shift in (-1, 0, 1)}:
        for origin in range(6):
            assert holder(table, origin, day) == [chase(passings, origin, day)]
