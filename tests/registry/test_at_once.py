"""Two keepers end bodies at the same time: each waits for the other, and the derived table holds both."""

import threading

import pytest
from django.db import connection, transaction

from jiannuo.lifecycle.refused import Refused
from jiannuo.registry import actions as registry
from jiannuo.registry.models import Body, Heir, Succession
from jiannuo.registry.succession import Passing, holdings
from tests.registry.cast import DAY, KEEPER, PAPER, body

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time (tests of the turnstile); this is about PostgreSQL")


def both_at_once(first, second):
    """The second begins while the first has written and not committed; returns what the second raised."""
    written, raised = threading.Event(), []

    def later():
        written.wait(10)
        try:
            second()
        except Refused as refused:
            raised.append(refused)
        finally:
            connection.close()

    thread = threading.Thread(target=later)
    thread.start()
    with transaction.atomic():
        first()
        written.set()
        thread.join(1)  # it waits for the lock, or has seen the world without the first
    thread.join(20)
    assert not thread.is_alive()
    return raised


def end(old, heir):
    registry.abolish(Body.objects.get(pk=old.pk), Body.objects.get(pk=heir.pk), document=PAPER, by=KEEPER, on=DAY)


def table():
    rows = holdings(Passing(s.body_id, s.heir_id, s.on) for s in Succession.objects.all())
    assert sorted(Heir.objects.values_list("origin_id", "holder_id"), key=str) == sorted(
        ((row.origin, row.holder) for row in rows), key=str
    )
    return rows


def test_two_ends_at_once_are_both_in_the_derived_table_once():
    zero, one, two, three, four = (body(f"云川市第{n}局") for n in range(5))
    end(zero, two)
    assert both_at_once(lambda: end(one, two), lambda: end(three, four)) == []
    assert {row.origin for row in table()} == {zero.pk, one.pk, three.pk}


def test_an_heir_that_ends_at_the_same_time_is_refused():
    one, two, three = (body(f"云川市第{n}局") for n in range(3))
    raised = both_at_once(lambda: end(two, three), lambda: end(one, two))
    assert len(raised) == 1
    assert {row.origin for row in table()} == {two.pk}


def test_no_circle_of_parents_is_closed_by_two_at_once():
    one, two = body("云川市甲局"), body("云川市乙局")

    def under(low, high):
        registry.set_parent(low, high, document=PAPER, by=KEEPER, on=DAY)

    raised = both_at_once(lambda: under(one, two), lambda: under(two, one))
    assert [refused.code for refused in raised] == ["registry.parent_cycle"]
