"""take(): all or none, compare and swap on state and version, four eyes, what no machine is built from."""

from dataclasses import dataclass
from datetime import date

import pytest

from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.machine import OPEN, Machine, State, Step, take
from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.records.models import Record
from tests import make

NOW = make.MONDAY
A, B = State("a", "A", OPEN), State("b", "B", OPEN)


def test_nothing_is_taken_with_nothing(town):
    assert take([], "check", by=town.reviewer, on=NOW) == []


def test_one_that_may_not_holds_all_back(town):
    ready, done = make.record(town, "draft"), make.record(town, "checked")
    count = Entry.objects.count()
    with pytest.raises(Refused):
        take([ready, done], "check", by=town.reviewer, on=NOW)
    ready.refresh_from_db()
    assert (ready.state, ready.version, Entry.objects.count()) == ("draft", 1, count)


def test_whoever_comes_second_is_told_and_writes_nothing(town):
    first = make.record(town, "draft")
    second = Record.objects.get(pk=first.pk)
    take([first], "check", by=town.reviewer, on=NOW)
    with pytest.raises(Stale):
        take([second], "check", by=town.reviewer, on=NOW)
    second.refresh_from_db()
    assert (second.state, second.version) == ("checked", 2)
    assert Entry.objects.filter(verb="record.check").count() == 1


def test_the_version_that_was_not_shown_is_refused(town):
    record = make.record(town, "draft")
    for seen in ({}, {record.pk: 0}, {record.pk: 2}):
        with pytest.raises(Stale) as refused:
            take([record], "check", by=town.reviewer, on=NOW, seen=seen)
        assert refused.value.allowed


def test_what_a_step_asks_for_is_named(town):
    with pytest.raises(Refused) as refused:
        take([make.record(town, "draft")], "return", by=town.reviewer, on=NOW, data={"reason": ""})
    assert (refused.value.code, refused.value.field) == ("machine.missing", "reason")


@dataclass
class Thing:
    state: str = "a"
    body_id: int = 1
    first_id: int | None = None

    def roles_of(self, by, on):
        return by.roles_on(self.body_id, on)


@dataclass
class Someone:
    person_id: int | None
    ref: str = "account:1"
    employer_id: int | None = None

    def roles_on(self, body_id, on):
        return frozenset({"reviewer"})


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [(1, 2, None), (1, 1, "machine.four_eyes"), (1, None, "machine.four_eyes"), (None, 2, None)],
)
def test_four_eyes_are_two_natural_persons(first, second, code):
    machine = Machine("m", "a", (A, B), (Step("go", ("a",), "b", ("reviewer",), differs_from=("first",)),))
    refused = machine.check(Thing(first_id=first), "go", by=Someone(second), on=NOW)
    assert (refused.code if refused else None) == code


@pytest.mark.parametrize(
    "steps",
    [
        (Step("go", ("a",), "c", ("x",)),),
        (Step("go", ("c",), "b", ("x",)),),
        (Step("go", ("a",), "b", ("x",)), Step("go", ("b",), "a", ("x",))),
    ],
)
def test_a_machine_with_unknown_states_or_a_step_twice_is_not_built(steps):
    with pytest.raises(ValueError, match=r"unknown state|two steps"):
        Machine("m", "a", (A, B), steps)


def test_a_machine_begins_in_a_state_of_its_own():
    with pytest.raises(ValueError, match="unknown initial"):
        Machine("m", "z", (A, B), ())


def test_a_clock_starts_from_the_service_and_the_rule_of_the_day_of_the_step(town):
    from jiannuo.records import actions

    record = make.record(town, "checked")
    wednesday = date(2026, 11, 11)
    record = actions.notify(record, served=date(2026, 11, 10), method="post", by=town.registrar, on=wednesday)
    assert record.due == date(2026, 11, 17)
    assert (record.since, record.due_term) == (wednesday, "record.statement")
