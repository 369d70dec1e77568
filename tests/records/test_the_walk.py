"""One record walks the whole way, and every step leaves its mark."""

from datetime import date, timedelta

import pytest

from jiannuo.ledger import reading, sequencer, verifying
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.lifecycle.sweeping import daily, sweep
from jiannuo.records import actions
from jiannuo.records.models import Publication, Receipt, Record
from jiannuo.search.finding import find
from tests import make

NOW = make.MONDAY
LATER = date(2026, 11, 17)


def moment():
    from django.utils import timezone

    return timezone.now()


def test_from_entry_to_the_public_page_and_to_its_end(town):
    record = make.record(town, "published")
    on = record.publication.starts
    assert Record.objects.showing(on).get() == record
    assert record.ends == date(2027, 11, 2)
    assert [entry.verb for entry in reading.timeline([record.ref, record.publication.ref])] == [
        "record.enter",
        "record.check",
        "record.notify",
        "record.effect",
        "publication.propose",
        "publication.release",
        "publication.clear",
    ]
    assert Record.objects.showing(record.ends - timedelta(1)).exists()
    assert not Record.objects.showing(record.ends).exists()


def test_expiry_is_right_although_nothing_ran_for_three_days(town):
    record = make.record(town, "published")
    after = record.ends + timedelta(days=3)
    assert not Record.objects.showing(record.ends).exists()
    assert find("路灯", on=record.ends) == []
    assert Record.objects.get().state == "in_force"
    assert sweep(after) == 1
    record = Record.objects.get()
    assert (record.state, record.ended) == ("expired", record.ends)
    assert Receipt.objects.get().withdrawn == after
    assert sweep(after) == 0


def test_a_revoked_record_is_gone_and_every_proof_still_verifies(town):
    record = make.record(town, "published")
    sequencer.sequence(moment())
    assert list(verifying.verify()) == []
    record = actions.propose_revocation(record, reason="认定机关撤销", by=town.registrar, on=LATER)
    record = actions.revoke(record, by=town.head, on=LATER)
    sequencer.sequence(moment())
    assert list(verifying.verify()) == []
    assert not Record.objects.showing(LATER).exists()
    assert (record.title, record.finding, record.document_number) == ("", "", "")
    assert not find("路灯", audience="staff", on=LATER)
    texts = " ".join(f"{e.public} {e.internal}" for e in Entry.objects.all())
    assert "路灯" not in texts
    assert Entry.objects.filter(subject=record.ref, public__isnull=True).count() == 6
    last = Entry.objects.get(verb="ledger.withdrawn")
    proof = reading.make_proof(last)
    assert proof is not None
    assert "认定机关撤销" in proof.text


def test_the_checker_cannot_confirm_what_changed_after_they_opened_it(town):
    record = make.record(town, "draft")
    seen = {record.pk: record.version}
    actions.edit(record, make.row(town, title="改过的标题"), by=town.registrar, on=NOW)
    with pytest.raises(Stale):
        actions.check([record], by=town.reviewer, on=NOW, seen=seen)
    with pytest.raises(Stale):
        actions.check([Record.objects.get()], by=town.reviewer, on=NOW, seen=seen)
    assert Record.objects.get().state == "draft"


def test_two_accounts_of_one_person_are_not_four_eyes(town):
    from jiannuo.accounts import actions as accounts
    from jiannuo.lifecycle.actor import SYSTEM

    record = make.record(town, "draft")
    person = town.registrar_again.user.person
    accounts.grant(person, "reviewer", town.city, by=SYSTEM, on=make.FOUNDING)
    from jiannuo.accounts.acting import UserActor

    again = UserActor(town.registrar_again.user)
    with pytest.raises(Refused) as refused:
        actions.check([record], by=again, on=NOW)
    assert refused.value.code == "machine.four_eyes"


def test_the_machine_is_never_a_second_pair_of_eyes(town):
    from jiannuo.lifecycle.actor import SYSTEM

    with pytest.raises(Refused):
        actions.check([make.record(town, "draft")], by=SYSTEM, on=NOW)


def test_it_cannot_take_effect_while_the_body_may_still_speak(town):
    record = make.record(town, "noticed")
    with pytest.raises(Refused) as refused:
        actions.effect(record, by=town.head, on=record.due)
    assert refused.value.code == "records.too_early"
    assert actions.effect(record, by=town.head, on=record.due, heard=True).state == "in_force"


def test_what_is_not_final_does_not_take_effect(town):
    record = make.record(town, "noticed", finality="pending")
    with pytest.raises(Refused) as refused:
        actions.effect(record, by=town.head, on=record.due + timedelta(1))
    assert refused.value.code == "records.not_final"


def test_an_unverified_rule_lets_nothing_out_without_the_legal_reviewer(town):
    record = make.record(town, "in_force")
    with pytest.raises(Refused) as refused:
        actions.clear(record.publication, reviewed=True, by=town.disclosure, on=LATER)
    assert refused.value.code == "records.not_released"
    assert Publication.objects.get().state == "proposed"


def test_a_minor_record_is_not_proposed_for_publication(town):
    record = make.record(town, "in_force", loss=None, impact="none")
    assert record.severity == "minor"
    assert not Publication.objects.exists()


def test_a_stayed_record_is_not_shown_until_the_stay_is_lifted(town):
    record = make.record(town, "published")
    record = actions.stay(record, ground="法院裁定停止执行", by=town.head, on=LATER)
    assert not Record.objects.showing(LATER).exists()
    assert not find("路灯", on=LATER)
    actions.lift_stay(record, by=town.head, on=LATER)
    assert Record.objects.showing(LATER).exists()


def test_an_exception_names_its_ground_and_is_looked_at_again(town):
    record = make.record(town, "in_force")
    publication = actions.refuse(
        record.publication, exception="commercial_secret", reason="含报价", by=town.disclosure, on=LATER
    )
    assert publication.recheck == date(2027, 11, 17)
    with pytest.raises(Refused):
        actions.refuse(record.publication, exception="nonsense", reason="x", by=town.disclosure, on=LATER)


def test_a_state_secret_leaves_a_stub_without_text(town):
    record = make.record(town, "in_force")
    actions.refuse(record.publication, exception="state_secret", reason="定密", by=town.disclosure, on=LATER)
    assert Record.objects.get().finding == ""
    assert "路灯" not in "".join(e.internal or "" for e in Entry.objects.all())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"document_number": ""}, "document_number"),
        ({"source": "GOSSIP"}, "source"),
        ({"decided": date(2026, 12, 1), "served": date(2026, 12, 2)}, "decided"),
        ({"served": date(2026, 11, 1)}, "served"),
        ({"finality": "perhaps"}, "finality"),
        ({"impact": "huge"}, "impact"),
        ({"decided": date(2019, 1, 1)}, "body"),
        ({"basis": ({"instrument": "nowhere"},)}, "basis"),
        ({"source": "DISCIPLINE"}, "personal"),
        ({"personal": True}, "post"),
    ],
)
def test_bad_input_names_the_field_and_what_would_do(town, changes, field):
    with pytest.raises(Refused) as refused:
        actions.enter([make.row(town, **changes)], by=town.registrar, on=NOW)
    assert field in {fault.field for fault in refused.value.faults}
    assert not Record.objects.exists()


def test_a_partner_has_no_record(town):
    with pytest.raises(Refused) as refused:
        actions.enter([make.row(town, body=town.court)], by=town.registrar, on=NOW)
    assert "records.partner" in {fault.code for fault in refused.value.faults}


def test_an_organ_that_may_not_decide_is_refused(town):
    with pytest.raises(Refused) as refused:
        actions.enter([make.row(town, organ=town.office)], by=town.registrar, on=NOW)
    assert "records.competence_relation" in {fault.code for fault in refused.value.faults}


def test_the_daily_tick_replays_what_a_restore_brought_back(town):
    record = make.record(town, "revoked")
    Entry.objects.filter(subject=record.ref).update(public='{"title":"路灯"}', public_salt=b"x" * 32)
    daily(LATER)
    assert not Entry.objects.filter(subject=record.ref, public__isnull=False).exists()
