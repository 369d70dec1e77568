"""Every step × state × role of the three machines, against tables written by hand."""

from dataclasses import dataclass
from datetime import date

import pytest

from jiannuo.accounts.models import Role
from jiannuo.lifecycle.refused import Refused
from jiannuo.records import actions
from jiannuo.records.kinds import HONOUR, PUBLICATION, RECORD
from tests import make

ALIVE = "draft returned checked noticed in_force expired"
# verb: (states it starts from, roles that may)
RECORD_TABLE = {
    "edit": ("draft returned", "registrar"),
    "attach": ("draft returned checked noticed in_force", "registrar"),
    "redact": ("draft returned checked noticed in_force", "registrar disclosure"),
    "check": ("draft", "reviewer"),
    "return": ("draft checked noticed", "reviewer head"),
    "resubmit": ("returned", "registrar"),
    "final": ("checked noticed", "registrar"),
    "notify": ("checked", "registrar"),
    "hear": ("noticed", "registrar liaison chief"),
    "effect": ("noticed", "head"),
    "stay": ("checked noticed in_force", "head"),
    "lift_stay": ("checked noticed in_force", "head"),
    "propose_correction": ("in_force", "registrar"),
    "correct": ("in_force", "reviewer head"),
    "propose_revocation": (ALIVE, "registrar"),
    "revoke": (ALIVE, "reviewer head"),
    "propose_deletion": (ALIVE, "registrar"),
    "delete_lawfully": (ALIVE, "archivist"),
    "drop_proposal": (ALIVE, "reviewer head archivist"),
    "expire": ("in_force", "system"),
    "seal": ("expired", "archivist"),
    "archive": ("sealed", "archivist"),
}
# An honour is told to nobody beforehand and nobody is heard about it: it goes from the check into force.
HONOUR_TABLE = {
    verb: ("checked" if verb == "effect" else " ".join(s for s in states.split() if s != "noticed"), roles)
    for verb, (states, roles) in RECORD_TABLE.items()
    if verb not in ("notify", "hear")
}
PUBLICATION_TABLE = {
    "release": ("proposed", "legal"),
    "consult": ("proposed", "disclosure"),
    "opinion": ("consulting", "disclosure registrar"),
    "no_opinion": ("consulting", "disclosure registrar"),
    "clear": ("proposed", "disclosure"),
    "refuse": ("proposed", "disclosure"),
    "recheck": ("refused", "disclosure"),
    "propose_again": ("refused withdrawn", "registrar head"),
    "amend": ("proposed consulting", "registrar disclosure"),
    "correct": ("proposed consulting cleared", "reviewer head"),
    "withdraw": ("proposed consulting cleared refused", "head disclosure system"),
}
ROLES = [*Role.values, "system", ""]
HONOURED = {"kind": "honour", "source": "COMMENDATION", "loss": None, "impact": "none"}
LATER = date(2026, 11, 17)


@dataclass(frozen=True)
class Someone:
    """A person whose hand is in nothing yet, with one role everywhere."""

    role: str
    ref: str = "account:0"
    person_id: int = 0
    employer_id: int | None = None

    def roles_on(self, body_id, on):
        return frozenset({self.role} - {""})


@pytest.mark.parametrize(
    ("machine", "table"), [(RECORD, RECORD_TABLE), (HONOUR, HONOUR_TABLE), (PUBLICATION, PUBLICATION_TABLE)]
)
def test_the_machine_has_the_steps_of_the_table_and_no_others(machine, table):
    assert {step.verb for step in machine.steps} == set(table)


def agrees(machine, table, thing, on):
    """How many pairs of step and role were allowed; every other is refused for the reason that the table gives."""
    allowed = 0
    for verb, (states, roles) in table.items():
        for role in ROLES:
            refused = machine.check(thing, verb, by=Someone(role), on=on)
            code = refused.code if refused else ""
            where = (verb, thing.state, role)
            if thing.state not in states.split():
                assert code == "machine.wrong_state", where
            elif role not in roles.split():
                assert code == "machine.not_your_role", where
            else:
                assert code not in ("machine.wrong_state", "machine.not_your_role"), where
                allowed += 1
    return allowed


@pytest.mark.parametrize("state", [s.name for s in RECORD.states if s.name not in ("deleted",)])
def test_record(town, state):
    record = make.record(town, state)
    assert record.state == state
    assert bool(agrees(RECORD, RECORD_TABLE, record, record.since)) == (state not in ("revoked", "archived"))


def test_record_deleted(town):
    record = make.personal(town, "deleted")
    assert record.state == "deleted"
    assert agrees(RECORD, RECORD_TABLE, record, record.since) == 0


@pytest.mark.parametrize("state", [s.name for s in HONOUR.states if s.name not in ("deleted",)])
def test_honour(town, state):
    record = make.record(town, state, **HONOURED)
    assert record.state == state
    assert bool(agrees(HONOUR, HONOUR_TABLE, record, record.since)) == (state not in ("revoked", "archived"))


@pytest.mark.parametrize("state", [s.name for s in PUBLICATION.states])
def test_publication(town, state):
    publication = make.record(town, "in_force").publication
    by = {"by": town.disclosure, "on": LATER}
    if state == "consulting":
        publication = actions.consult(publication, third_party="甲公司", served=LATER, method="post", **by)
    if state == "cleared":
        publication = actions.release(publication, reason="已核对原文", by=town.legal, on=LATER)
        publication = actions.clear(publication, reviewed=True, **by)
    if state == "refused":
        publication = actions.refuse(publication, exception="privacy", reason="含个人信息", **by)
    if state == "withdrawn":
        publication = actions.withdraw(publication, reason="机关来函", **by)
    assert publication.state == state
    assert agrees(PUBLICATION, PUBLICATION_TABLE, publication, LATER)


def test_an_unknown_step_is_refused_by_name(town):
    with pytest.raises(Refused) as refused:
        RECORD.check(make.record(town, "draft"), "burn", by=Someone("head"), on=make.MONDAY)
    assert refused.value.code == "machine.unknown_step"


def test_what_the_desk_offers_is_what_the_machine_allows(town):
    record = make.record(town, "draft")
    offered = [step.verb for step in RECORD.open_to(record, by=town.reviewer, on=make.MONDAY)]
    assert offered == ["check", "return"]
    assert RECORD.open_to(record, by=town.stranger, on=make.MONDAY) == []
