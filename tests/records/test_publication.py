"""Disclosure review: the third party's time, its objection, exceptions looked at again, a second try."""

from datetime import date

import pytest

from jiannuo.evidence.models import Destruction
from jiannuo.ledger import withdrawn
from jiannuo.lifecycle.refused import Refused
from jiannuo.records import actions, reading
from jiannuo.records.models import Publication, Record
from tests import make

from .test_four_eyes import refusal

ON = date(2026, 11, 17)
ASKED = {"third_party": "云川某照明公司", "served": ON, "method": "post"}


@pytest.fixture
def publication(town):
    found = make.record(town, "in_force").publication
    return actions.release(found, reason="已核对原文", by=town.legal, on=ON)


def test_a_third_party_has_fifteen_working_days_from_service(town, publication):
    publication = actions.consult(publication, **ASKED, by=town.disclosure, on=ON)
    assert (publication.state, publication.due) == ("consulting", date(2026, 12, 8))
    assert refusal(actions.clear, publication, reviewed=True, by=town.disclosure, on=ON) == "machine.wrong_state"
    code = refusal(actions.no_opinion, publication, by=town.disclosure, on=date(2026, 12, 8))
    assert code == "records.opinion_open"
    publication = actions.no_opinion(publication, by=town.disclosure, on=date(2026, 12, 9))
    assert publication.state == "proposed"
    publication = actions.clear(publication, reviewed=True, by=town.disclosure, on=date(2026, 12, 9))
    assert publication.state == "cleared"


def test_against_an_objection_only_for_the_public_interest_and_with_the_reason(town, publication):
    publication = actions.consult(publication, **ASKED, by=town.disclosure, on=ON)
    publication = actions.opinion(publication, opinion="objects", statement="含报价", by=town.registrar, on=ON)
    with pytest.raises(Refused) as refused:
        actions.clear(publication, reviewed=True, by=town.disclosure, on=ON)
    assert (refused.value.code, refused.value.field) == ("records.objected", "public_interest")
    publication = actions.clear(
        publication, reviewed=True, public_interest="涉及公共照明安全", by=town.disclosure, on=ON
    )
    assert publication.reason == "涉及公共照明安全"


def test_whoever_agrees_needs_no_weighing(town, publication):
    publication = actions.consult(publication, **ASKED, by=town.disclosure, on=ON)
    publication = actions.opinion(publication, opinion="agrees", by=town.disclosure, on=ON)
    assert actions.clear(publication, reviewed=True, by=town.disclosure, on=ON).state == "cleared"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"served": date(2026, 11, 1)}, "records.served_day"),
        ({"served": date(2026, 12, 1)}, "records.served_day"),
        ({"method": "pigeon"}, "evidence.method"),
        ({"third_party": ""}, "machine.missing"),
    ],
)
def test_the_letter_to_the_third_party(town, publication, changes, code):
    assert refusal(actions.consult, publication, **(ASKED | changes), by=town.disclosure, on=ON) == code


def test_the_third_party_agrees_or_objects(town, publication):
    publication = actions.consult(publication, **ASKED, by=town.disclosure, on=ON)
    assert refusal(actions.opinion, publication, opinion="maybe", by=town.disclosure, on=ON) == "records.opinion"


def test_an_exception_is_looked_at_again_every_year(town, publication):
    publication = actions.refuse(publication, exception="privacy", reason="含姓名", by=town.disclosure, on=ON)
    assert publication.recheck == publication.due == date(2027, 11, 17)
    later = date(2027, 11, 16)
    publication = actions.recheck(publication, reason="理由仍在", by=town.disclosure, on=later)
    assert (publication.state, publication.recheck, publication.since) == ("refused", date(2028, 11, 16), later)
    assert reading.exceptions_by_ground() == {"privacy": 1}


def test_once_the_ground_fell_away_it_is_proposed_and_reviewed_anew(town, publication):
    publication = actions.refuse(publication, exception="process", reason="会商中", by=town.disclosure, on=ON)
    publication = actions.propose_again(publication, by=town.registrar, on=ON)
    assert (publication.state, publication.exception, publication.recheck) == ("proposed", "", None)
    assert actions.clear(publication, reviewed=True, by=town.disclosure, on=ON).state == "cleared"


def test_what_was_withdrawn_is_shown_again_only_through_a_review(town):
    record = make.record(town, "published")
    publication = actions.withdraw(record.publication, reason="单位名称有误", by=town.head, on=ON)
    assert not Record.objects.showing(ON).exists()
    publication = actions.propose_again(publication, by=town.registrar, on=ON)
    assert not Record.objects.showing(ON).exists()
    actions.clear(publication, reviewed=True, by=town.disclosure, on=ON)
    assert Record.objects.showing(ON).exists()


def test_a_stub_is_registered_uncounted_and_never_proposed_again(town, publication):
    publication = actions.refuse(publication, exception="state_secret", reason="定密", by=town.disclosure, on=ON)
    assert Destruction.objects.get().basis == "state_secret"
    assert "secret" not in withdrawn.path().read_text("utf-8")
    assert reading.exceptions_by_ground() == {}
    publication = Publication.objects.get()
    assert refusal(actions.propose_again, publication, by=town.registrar, on=ON) == "records.stub"


def test_nothing_of_an_ended_record_is_published(town):
    record = make.record(town, "expired")
    publication = record.publication
    assert not publication.showing(record.ended)
    publication = actions.withdraw(publication, reason="期满", by=town.head, on=record.ended)
    assert refusal(actions.propose_again, publication, by=town.head, on=record.ended) == "records.not_in_force"


def test_a_document_without_its_twin_holds_publication_back(town, publication):
    from jiannuo.evidence.actions import NewDocument

    record = publication.record
    actions.attach(record, [NewDocument(record.ref, "认定书", b"%PDF-1", declared=True)], by=town.registrar, on=ON)
    publication.refresh_from_db()
    assert refusal(actions.clear, publication, reviewed=True, by=town.disclosure, on=ON) == "records.no_twin"
