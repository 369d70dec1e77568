"""Who sees which records: by role, body, state, whether it is about a person; list and single look agree."""

import pytest

from jiannuo.records.models import Record
from jiannuo.records.reading import may_see, personal_count, visible_to
from jiannuo.registry.models import Body
from tests import make

STATES = ("draft", "returned", "checked", "noticed", "in_force", "expired", "revoked", "sealed", "archived", "deleted")
WORKING = set(STATES[:6])
EXPECTED = {
    "registrar": WORKING,
    "reviewer": WORKING,
    "disclosure": WORKING,
    "legal": WORKING,
    "determiner": WORKING,
    "auditor": WORKING,
    "head": WORKING | {"revoked", "sealed", "archived"},
    "archivist": {"expired", "revoked", "sealed", "archived"},
    "liaison": {"noticed", "in_force", "expired"},
    "chief": {"noticed", "in_force", "expired"},
    "registry": set(),
    "operator": set(),
}


@pytest.fixture
def every_state(town):
    for state in STATES[:-1]:
        make.record(town, state)
    make.personal(town, "deleted")
    assert set(Record.objects.values_list("state", flat=True)) == set(STATES)
    return town


def test_each_role_sees_its_states_and_the_list_agrees_with_the_single_look(every_state):
    town = every_state
    for role, states in EXPECTED.items():
        actor = make.hire(f"a-{role}", role, town.bureau)
        listed = visible_to(actor, make.MONDAY)
        assert set(listed.values_list("state", flat=True)) == states, role
        single = {record.pk for record in Record.objects.all() if may_see(record, actor, make.MONDAY)}
        assert single == set(listed.values_list("pk", flat=True)), role


def test_another_body_sees_nothing_and_its_superior_sees_it_all(every_state):
    town = every_state
    for role in EXPECTED:
        stranger = make.hire(f"b-{role}", role, town.office)
        assert not visible_to(stranger, make.MONDAY).exists(), role
    county = make.hire("county", "registrar", town.county)
    assert not visible_to(county, make.MONDAY).exists()
    make.record(town, "draft", body=town.county)
    assert {r.body for r in visible_to(county, make.MONDAY)} == {town.county}
    assert {r.body for r in visible_to(town.registrar, make.MONDAY)} == {town.county, town.bureau}


def test_a_personal_record_is_read_only_by_those_who_handle_it(town):
    make.personal(town)
    for role in EXPECTED:
        actor = make.hire(f"c-{role}", role, town.city)
        assert visible_to(actor, make.MONDAY).exists() == (role in ("registrar", "reviewer", "head")), role


def test_a_visitor_sees_no_record_as_staff(town):
    from jiannuo.lifecycle.actor import PUBLIC, SYSTEM

    record = make.record(town)
    assert not may_see(record, PUBLIC, make.MONDAY)
    assert not may_see(record, SYSTEM, make.MONDAY)


def test_small_counts_of_persons_are_not_said(town):
    assert personal_count(town.bureau) == "0"
    first = make.personal(town)
    assert personal_count(Body.objects.get(pk=town.bureau.pk)) == "< 3"
    for _n in range(2):
        make.record(town, source="DISCIPLINE", personal=True, post=first.post)
    assert personal_count(town.bureau) == "3"
