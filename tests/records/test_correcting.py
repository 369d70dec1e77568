"""A correction: proposed by one, decided by another; the wrong version is off at once, the right one shown."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from jiannuo.ledger import reading, sequencer, verifying
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.refused import Refused, RefusedMany
from jiannuo.notices.models import Notice
from jiannuo.records import actions
from jiannuo.records.models import Publication, Receipt, Record
from jiannuo.search.finding import find
from tests import make

ON, NEXT = date(2026, 11, 18), date(2026, 11, 20)


def moment():
    from django.utils import timezone

    return timezone.now()


def proposed(town, record, **changes):
    row = replace(actions.NewRecord(**actions.as_row(record)), **changes)
    return actions.propose_correction(
        record, row, reason="金额有误", paper="云政认〔2026〕3号更正", by=town.registrar, on=ON
    )


def test_nothing_changes_until_a_second_person_decides(town):
    record = make.record(town, "published")
    shown = record.publication.after_image(ON)
    record = proposed(town, record, loss=Decimal("842200.00"), title="更正后的标题")
    assert (record.proposed, record.due) == ("correction", date(2026, 11, 23))
    assert record.loss == Decimal("742200.00")
    assert Publication.objects.get().after_image(ON) == shown
    assert actions.proposed_version(record).loss == Decimal("842200.00")


def test_a_corrected_record_is_off_reviewed_and_shown_again_with_its_new_version(town):
    record = make.record(town, "published")
    record = proposed(town, record, loss=Decimal("842200.00"), title="更正后的标题", decided=date(2026, 11, 3))
    record = actions.correct(record, by=town.reviewer, on=ON)
    assert (record.title, record.loss) == ("更正后的标题", Decimal("842200.00"))
    assert record.ends == date(2027, 11, 3)
    assert (record.proposed, record.due, record.corrected) == ("", None, ON)
    assert not Record.objects.showing(ON).exists()
    assert find("更正后的标题", on=ON) == []
    assert find("更正后的标题", audience="staff", on=ON)
    assert Receipt.objects.get().withdrawn == ON
    assert {n.kind for n in Notice.objects.filter(on=ON)} == {"publication.corrected", "record.corrected"}
    publication = actions.clear(record.publication, reviewed=True, by=town.disclosure, on=NEXT)
    assert Record.objects.showing(NEXT).get() == record
    (again,) = Receipt.objects.filter(withdrawn__isnull=True)
    assert (again.receiver, again.sent) == ("信用云川", NEXT), "whoever had the wrong one gets the right one unasked"
    entry = Entry.objects.filter(verb="publication.clear").latest("pk")
    facts = publication.after_image(NEXT)["facts"]
    assert '"correction":"金额有误"' in entry.public
    assert facts["corrected"] == ON.isoformat()
    sequencer.sequence(moment())
    assert list(verifying.verify()) == []
    assert reading.make_proof(Entry.objects.get(pk=entry.pk))


def test_the_corrector_does_not_review_what_becomes_public(town):
    from .test_four_eyes import also, refusal

    record = proposed(town, make.record(town, "published"), title="更正后的标题")
    record = actions.correct(record, by=town.reviewer, on=ON)
    for actor in (town.registrar, town.reviewer):
        both = also(actor, "disclosure", town)
        assert refusal(actions.clear, record.publication, reviewed=True, by=both, on=ON) == "machine.four_eyes"


def test_the_proposer_does_not_decide(town):
    from .test_four_eyes import also, refusal

    record = proposed(town, make.record(town), title="更正后的标题")
    assert refusal(actions.correct, record, by=also(town.registrar, "reviewer", town), on=ON) == "machine.four_eyes"


def test_a_correction_that_lowers_the_class_ends_publicity(town):
    record = proposed(town, make.record(town, "published"), loss=Decimal("100.00"), impact="none")
    record = actions.correct(record, by=town.reviewer, on=ON)
    assert record.severity == "minor"
    assert Publication.objects.get().state == "withdrawn"


def test_a_correction_that_raises_the_class_needs_a_new_release(town):
    record = proposed(town, make.record(town, "published"), impact="grave")
    record = actions.correct(record, by=town.reviewer, on=ON)
    assert (record.severity, record.ends) == ("serious", date(2029, 11, 2))
    assert Publication.objects.get().released_by is None


def test_what_is_dropped_is_not_done(town):
    record = proposed(town, make.record(town, "published"), title="更正后的标题")
    record = actions.drop_proposal(record, reason="文书不符", by=town.reviewer, on=ON)
    assert (record.proposed, record.correction, record.due) == ("", {}, None)
    with pytest.raises(Refused) as refused:
        actions.correct(record, by=town.head, on=ON)
    assert refused.value.code == "records.no_correction"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "records.no_change"),
        ({"kind": "honour"}, "records.not_correctable"),
        ({"finality": "pending"}, "records.not_final"),
        ({"title": " "}, "machine.missing"),
        ({"served": date(2026, 11, 1)}, "records.served_before"),
    ],
)
def test_what_is_no_correction(town, changes, code):
    with pytest.raises(Refused) as refused:
        proposed(town, make.record(town), **changes)
    faults = refused.value.faults if isinstance(refused.value, RefusedMany) else [refused.value]
    assert code in {fault.code for fault in faults}
    assert not Record.objects.get().correction


def test_another_body_is_another_record(town):
    with pytest.raises(Refused) as refused:
        proposed(town, make.record(town), body=town.office)
    assert (refused.value.code, refused.value.field) == ("records.not_correctable", "body")


def test_only_one_proposal_at_a_time(town):
    record = proposed(town, make.record(town), title="更正后的标题")
    with pytest.raises(Refused) as refused:
        actions.propose_revocation(record, reason="撤销", by=town.registrar, on=ON)
    assert refused.value.code == "records.proposed"
