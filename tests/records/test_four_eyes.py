"""Two natural persons, each time; and nobody about the body they work for."""

from datetime import timedelta

import pytest

from jiannuo.accounts import actions as accounts
from jiannuo.accounts.acting import UserActor
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.refused import Refused, RefusedMany, Stale
from jiannuo.records import actions
from jiannuo.records.models import Record
from tests import make

NOW = make.MONDAY


def also(actor, role, town):
    """The same person with one more role."""
    accounts.grant(actor.user.person, role, town.city, by=SYSTEM, on=make.FOUNDING)
    return UserActor(actor.user)


def refusal(action, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        action(*args, **kwargs)
    return refused.value.code


def test_whoever_changed_it_is_an_author_too(town):
    record = make.record(town, "draft")
    second = also(town.reviewer, "registrar", town)
    record = actions.edit(record, make.row(town, title="改过的标题"), by=second, on=NOW)
    assert record.authors == [town.registrar.person_id, second.person_id]
    for author in (second, also(town.registrar, "reviewer", town)):
        assert refusal(actions.check, [record], by=author, on=NOW) == "machine.four_eyes"


def test_whoever_handed_it_in_again_is_an_author_too(town):
    record = make.record(town, "returned")
    second = also(town.reviewer, "registrar", town)
    record = actions.resubmit(record, by=second, on=NOW)
    assert refusal(actions.check, [record], by=second, on=NOW) == "machine.four_eyes"


def test_the_head_does_not_bring_into_force_what_they_entered(town):
    head = also(town.head, "registrar", town)
    (record,) = actions.enter([make.row(town)], by=head, on=NOW)
    (record,) = actions.check([record], by=town.reviewer, on=NOW)
    record = actions.notify(record, served=NOW, method="direct", by=town.registrar, on=NOW)
    assert refusal(actions.effect, record, by=head, on=record.due + timedelta(1)) == "machine.four_eyes"


def test_the_disclosure_reviewer_neither_entered_nor_checked(town):
    publication = make.record(town, "in_force").publication
    publication = actions.release(publication, reason="已核对原文", by=town.legal, on=publication.since)
    for actor in (town.registrar, town.reviewer):
        both = also(actor, "disclosure", town)
        code = refusal(actions.clear, publication, reviewed=True, by=both, on=publication.since)
        assert code == "machine.four_eyes"
    # The head proposed it by bringing it into force.
    head = also(town.head, "disclosure", town)
    assert refusal(actions.clear, publication, reviewed=True, by=head, on=publication.since) == "machine.four_eyes"


@pytest.mark.parametrize(
    ("propose", "decide", "role"),
    [
        ("propose_revocation", "revoke", "reviewer"),
        ("propose_revocation", "revoke", "head"),
        ("propose_deletion", "delete_lawfully", "archivist"),
    ],
)
def test_nobody_decides_on_their_own_proposal(town, propose, decide, role):
    record = make.personal(town)
    both = also(town.registrar, role, town)
    word = "basis" if propose == "propose_deletion" else "reason"
    record = getattr(actions, propose)(record, **{word: "依据"}, by=both, on=NOW)
    assert refusal(getattr(actions, decide), record, by=both, on=NOW) == "machine.four_eyes"


def test_two_accounts_of_one_person_are_one_proposer(town):
    record = actions.propose_revocation(make.record(town), reason="撤销", by=town.registrar, on=NOW)
    also(town.registrar, "head", town)
    assert refusal(actions.revoke, record, by=UserActor(town.registrar_again.user), on=NOW) == "machine.four_eyes"


def test_the_machine_is_neither_the_first_nor_the_second_pair(town):
    with pytest.raises(RefusedMany):
        actions.enter([make.row(town)], by=SYSTEM, on=NOW)
    record = make.record(town, "draft")
    for verb in ("check", "effect", "revoke"):
        step = record.machine.step(verb)
        assert "system" not in step.role
    record = actions.propose_revocation(record, reason="撤销", by=town.registrar, on=NOW)
    assert refusal(actions.revoke, record, by=SYSTEM, on=NOW) == "machine.not_your_role"


def test_nobody_handles_records_about_the_body_they_work_for(town):
    own = make.hire("office", "registrar", town.city, employer=town.office)
    about = {"body": town.office}
    with pytest.raises(RefusedMany) as refused:
        actions.enter([make.row(town, **about)], by=own, on=NOW)
    assert "records.recused" in {fault.code for fault in refused.value.faults}
    record = make.record(town, "draft", **about)
    reviewer = make.hire("office2", "reviewer", town.city, employer=town.office)
    assert refusal(actions.check, [record], by=reviewer, on=NOW) == "records.recused"
    disclosure = make.hire("office3", "disclosure", town.city, employer=town.office)
    publication = make.record(town, "in_force", **about).publication
    code = refusal(actions.refuse, publication, exception="privacy", reason="x", by=disclosure, on=publication.since)
    assert code == "records.recused"


def test_many_at_once_are_checked_all_or_none(town):
    rows = [make.row(town, title=f"第 {n} 件") for n in range(3)]
    records = actions.enter(rows, by=town.registrar, on=NOW)
    seen = {record.pk: record.version for record in records}
    actions.edit(records[2], make.row(town, title="改过"), by=town.registrar, on=NOW)
    with pytest.raises(Stale):
        actions.check(list(Record.objects.order_by("pk")), by=town.reviewer, on=NOW, seen=seen)
    assert set(Record.objects.values_list("state", flat=True)) == {"draft"}
    assert len(actions.check(list(Record.objects.all()), by=town.reviewer, on=NOW)) == 3


def test_many_at_once_are_entered_all_or_none(town):
    rows = [make.row(town), make.row(town, title=""), make.row(town)]
    with pytest.raises(RefusedMany):
        actions.enter(rows, by=town.registrar, on=NOW)
    assert not Record.objects.exists()
    (record,) = actions.enter([make.row(town)], by=town.registrar, on=NOW)
    assert record.slug == "2026-0001", "a refused call gives no number away"


def test_a_document_put_on_file_makes_the_opened_record_stale(town):
    from jiannuo.evidence.actions import NewDocument

    record = make.record(town, "draft")
    seen = {record.pk: record.version}
    (document,) = actions.attach(
        record, [NewDocument(record.ref, "认定书", b"%PDF-1", declared=True)], by=town.registrar, on=NOW
    )
    with pytest.raises(Stale):
        actions.check([Record.objects.get()], by=town.reviewer, on=NOW, seen=seen)
    record = Record.objects.get()
    actions.redact(record, document, b"%PDF-2", redactions="无需遮盖", by=town.registrar, on=NOW)
    assert Record.objects.get().version == record.version + 1


def test_a_document_put_on_file_makes_the_opened_publication_stale(town):
    from jiannuo.evidence.actions import NewDocument

    record = make.record(town, "in_force")
    publication = record.publication
    on = publication.since
    publication = actions.release(publication, reason="已核对原文", by=town.legal, on=on)
    seen = {publication.pk: publication.version}
    actions.attach(record, [NewDocument(record.ref, "附件", b"%PDF-1", declared=True)], by=town.registrar, on=on)
    (document,) = type(publication).objects.get().record.ref and _documents(record)
    actions.redact(Record.objects.get(), document, b"%PDF-2", redactions="遮盖供应商名称", by=town.registrar, on=on)
    with pytest.raises(Stale):
        actions.clear(type(publication).objects.get(), reviewed=True, by=town.disclosure, on=on, seen=seen)


def _documents(record):
    from jiannuo.evidence.models import Document

    return list(Document.objects.filter(owner=record.ref, twin_of=None))
