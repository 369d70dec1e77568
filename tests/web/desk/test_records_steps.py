"""Steps of a record by one view: who may, what each asks, what the second of two is told, and what cannot be undone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jiannuo.accounts import actions as accounts
from jiannuo.evidence import actions as evidence
from jiannuo.evidence.models import Document
from jiannuo.ledger.models import Access
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.records import actions as records
from jiannuo.records.models import Publication, Receipt, Record
from jiannuo.registry import actions as registry
from jiannuo.web.desk.record_acts import OF_PUBLICATION, OF_RECORD
from jiannuo.web.desk.record_forms import FIELDS
from tests import make
from tests.web.desk import cast
from tests.web.portal.conftest import walked

from .test_records import at, paper, press


@pytest.fixture
def browser(town):
    return cast.of(town)


def with_paper(record: Record, by) -> Document:
    row = evidence.NewDocument(record.ref, "认定书", "原件正文".encode(), declared=True, body=record.body.ref)
    (filed,) = records.attach(record, [row], by=by, on=timezone.localdate())
    return filed


def test_every_datum_that_a_step_asks_for_has_its_field():
    from jiannuo.records.kinds import HONOUR, PUBLICATION, RECORD

    for machine, ways in ((RECORD, OF_RECORD), (HONOUR, OF_RECORD), (PUBLICATION, OF_PUBLICATION)):
        for step in machine.steps:
            if step.verb in ways:
                assert not {*step.asks, *ways[step.verb].more} - FIELDS.keys(), step.verb


@pytest.mark.parametrize(
    ("until", "role", "verb", "field"),
    [
        ("draft", "reviewer", "return", "reason"),
        ("checked", "registrar", "notify", "served"),
        ("noticed", "registrar", "hear", "statement"),
        ("in_force", "head", "stay", "ground"),
        ("in_force", "registrar", "propose_revocation", "reason"),
        ("in_force", "legal", "release", "reason"),
        ("in_force", "disclosure", "refuse", "exception"),
        ("in_force", "disclosure", "consult", "third_party"),
        ("published", "head", "withdraw", "reason"),
    ],
)
def test_what_a_step_asks_for_must_be_filled_in(town, browser, until, role, verb, field):
    record = walked(town, until)
    assert browser(role).get(at(record, verb)).status_code == 200
    publication = Publication.objects.filter(record=record).first()
    thing = publication if publication and verb in OF_PUBLICATION else record
    page = browser(role).post(at(record, verb), {"version": thing.version, "receipt": "送 7 号"})
    assert page.status_code == 422
    assert page.context["form"].errors[field]
    assert cast.fresh(record).version == record.version


def test_a_day_of_service_before_the_check_is_refused_with_what_is_allowed(town, browser):
    record = walked(town, "checked")
    typed = {"version": record.version, "served": "2020-01-01", "method": "direct", "receipt": "送 7 号"}
    page = browser("registrar").post(at(record, "notify"), typed)
    assert page.status_code == 422
    (fault,) = page.context["form"].errors["served"]
    assert record.since.isoformat() in fault
    assert 'value="送 7 号"' in page.content.decode()


def test_effect_before_the_body_could_speak_is_refused_at_its_field_with_the_article(town, browser):
    today = timezone.localdate()
    record = records.notify(walked(town, "checked"), served=today, method="direct", by=town.registrar, on=today)
    page = browser("head").post(at(record, "effect"), {"version": record.version})
    assert page.status_code == 422
    (fault,) = page.context["form"].errors["heard"]
    assert str(record.due) in fault
    press(browser("head"), record, "effect", heard="on")
    assert cast.fresh(record).state == "in_force"


def test_the_second_of_two_reviewers_is_told_what_changed_and_loses_nothing(town, browser):
    record = walked(town, "draft")
    second = cast.newcomer("reviewer", town.city)
    seen = record.version
    press(browser("reviewer"), record, "return", reason="缺文书")
    page = second.post(at(record, "return"), {"version": seen, "reason": "金额不清，请补"})
    assert page.status_code == 409
    assert [line.verb for line in page.context["changed"]] == ["record.return"]
    html = page.content.decode()
    assert "金额不清，请补" in html
    assert "缺文书" in html
    assert "reviewer post" in html
    assert not page.context["may"]
    assert cast.fresh(record).state == "returned"


def test_a_form_without_its_version_is_stale(town, browser):
    record = walked(town, "draft")
    for version in ({}, {"version": ""}, {"version": "²"}, {"version": str(record.version + 1)}):
        assert browser("reviewer").post(at(record, "check"), version).status_code == 409, version
    assert cast.fresh(record).state == "draft"


def test_four_eyes_are_counted_by_person_on_the_pages_too(town, browser):
    record = walked(town, "draft")
    accounts.grant(town.registrar.user.person, "reviewer", town.city, by=SYSTEM, on=make.FOUNDING)
    page = browser("registrar_again").post(at(record, "check"), {"version": record.version})
    assert page.status_code == 422
    assert page.context["faults"][0].code == "machine.four_eyes"
    assert cast.fresh(record).state == "draft"


def test_no_verb_and_no_record_are_not_found(town, browser):
    record = walked(town, "draft")
    client = browser("reviewer")
    assert client.get(at(record, "explode")).status_code == 404
    assert client.post(at(record, "expire"), {"version": record.version}).status_code == 404
    assert client.get(at(record, "clear")).status_code == 404  # nothing is proposed yet
    assert client.get(reverse("desk:record", args=["2026-9999"])).status_code == 404
    assert browser("stranger").get(at(record)).status_code == 404


def test_then_leads_only_to_this_site(town, browser):
    record = walked(town, "draft")
    answer = browser("reviewer").post(at(record, "check"), {"version": record.version, "then": "https://example.org/"})
    assert answer["Location"] == at(record)


# Revocation and exceptions


def test_revoking_is_confirmed_on_a_page_that_says_what_disappears(town, browser):
    record = walked(town)
    press(browser("registrar"), record, "propose_revocation", reason="云政函〔2026〕5号撤销认定")
    page = browser("head").get(at(record, "revoke"))
    assert page.context["grave"]
    html = page.content.decode()
    assert "信用云川" in html
    assert "云政函〔2026〕5号撤销认定" in html
    press(browser("head"), record, "revoke")
    record = cast.fresh(record)
    assert (record.state, record.title) == ("revoked", "")
    assert Client().get(reverse("portal:record", args=[record.slug])).status_code == 404
    assert browser("head").get(at(record)).context["is_erased"]


def test_who_may_no_longer_see_it_is_led_to_the_work_list(town, browser):
    record = walked(town, "in_force")
    press(browser("registrar"), record, "propose_revocation", reason="撤销认定")
    answer = browser("reviewer").post(at(record, "revoke"), {"version": cast.fresh(record).version})
    assert answer["Location"] == reverse("desk:work")


def test_a_state_secret_is_asked_once_more_before_its_text_is_erased(town, browser):
    record = walked(town, "in_force")
    client, publication = browser("disclosure"), record.publication
    typed = {"version": publication.version, "exception": "state_secret", "reason": "定密"}
    page = client.post(at(record, "refuse"), typed)
    assert (page.status_code, page.context["erases"]) == (200, True)
    assert cast.fresh(record).title
    assert client.post(at(record, "refuse"), typed | {"sure": "1"}).status_code == 302
    assert cast.fresh(record).title == ""


def test_another_exception_needs_no_second_question(town, browser):
    record = walked(town, "in_force")
    press(browser("disclosure"), record, "refuse", record.publication, exception="commercial_secret", reason="含报价")
    page = browser("disclosure").get(at(record))
    assert page.context["exception"].title.zh == "商业秘密"
    assert cast.fresh(record).title


def test_what_is_not_released_cannot_be_cleared_and_the_page_says_why(town, browser):
    record = walked(town, "in_force")
    typed = {"version": record.publication.version, "reviewed": "on", "receivers": "信用云川"}
    page = browser("disclosure").post(at(record, "clear"), typed)
    assert page.status_code == 422
    assert page.context["faults"][0].code == "records.not_released"
    assert "信用云川" in page.content.decode()
    assert not Receipt.objects.exists()


def test_a_withdrawal_reaches_the_receivers_and_their_answer_is_noted(town, browser):
    record = walked(town)
    press(browser("head"), record, "withdraw", record.publication, reason="来函要求")
    receipt = Receipt.objects.get()
    assert receipt.withdrawn == timezone.localdate()
    confirm = reverse("desk:receipt_confirm", args=[receipt.pk])
    assert browser("reviewer").post(confirm).status_code == 403
    assert browser("stranger").post(confirm).status_code == 404
    assert browser("registrar").post(confirm).status_code == 302
    receipt.refresh_from_db()
    assert receipt.confirmed == timezone.localdate()
    assert browser("registrar").get(at(record)).context["receipts"][0].confirmed


# Documents


def test_a_document_is_downloaded_through_the_record_by_those_who_may(town, browser):
    record = walked(town, "noticed")
    original = with_paper(record, town.registrar)
    address = reverse("desk:document", args=[record.slug, original.pk])
    answer = browser("reviewer").get(address)
    assert (answer.status_code, answer.content.decode()) == (200, "原件正文")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert browser("stranger").get(address).status_code == 404
    other = walked(town, "draft", title="别的")
    assert browser("reviewer").get(reverse("desk:document", args=[other.slug, original.pk])).status_code == 404
    assert not Access.objects.exists()


def test_the_body_reads_the_redacted_twin_and_not_the_original(town, browser):
    record = walked(town, "noticed")
    original = with_paper(record, town.registrar)
    liaison = cast.newcomer("liaison", town.bureau)
    assert liaison.get(reverse("desk:document", args=[record.slug, original.pk])).status_code == 404
    typed = {"version": cast.fresh(record).version, "twin": paper("遮盖后"), "redactions": "遮盖报价"}
    answer = browser("registrar").post(reverse("desk:document_twin", args=[record.slug, original.pk]), typed)
    assert answer.status_code == 302
    twin = Document.objects.get(twin_of=original)
    assert liaison.get(reverse("desk:document", args=[record.slug, twin.pk])).content.decode() == "遮盖后"
    assert liaison.get(reverse("desk:document", args=[record.slug, original.pk])).status_code == 404


def test_every_look_at_a_personal_record_is_noted(town, browser):
    record = personal(town)
    original = with_paper(record, town.registrar)
    browser("reviewer").get(at(record))
    browser("reviewer").get(reverse("desk:document", args=[record.slug, original.pk]))
    looks = set(Access.objects.values_list("subject", flat=True))
    assert looks == {record.ref, original.ref}
    assert browser("disclosure").get(at(record)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"document_title": "认定书", "declared": "on"}, "document"),
        ({"document_title": "认定书", "document": paper("x")}, "declared"),
        ({"document": paper("x"), "declared": "on"}, "document_title"),
    ],
)
def test_a_fault_of_a_further_document_stands_on_the_records_page(town, browser, typed, field):
    record = walked(town, "draft")
    page = browser("registrar").post(
        reverse("desk:document_add", args=[record.slug]), {"version": record.version, "number": "9 号", **typed}
    )
    assert page.status_code == 422
    assert page.context["document_form"].errors[field]
    assert 'value="9 号"' in page.content.decode()
    assert not Document.objects.exists()


def test_a_twin_says_what_was_masked(town, browser):
    record = walked(town, "draft")
    original = with_paper(record, town.registrar)
    address = reverse("desk:document_twin", args=[record.slug, original.pk])
    page = browser("registrar").post(address, {"version": cast.fresh(record).version, "twin": paper("y")})
    assert page.status_code == 422
    assert page.context["twin_form"].errors["redactions"]
    assert page.context["open_form"] == original.pk


def test_documents_are_put_on_file_by_those_who_may_and_on_what_they_saw(town, browser):
    record = walked(town, "draft")
    typed = {"document_title": "认定书", "declared": "on"}
    address = reverse("desk:document_add", args=[record.slug])
    answer = browser("reviewer").post(address, {**typed, "version": record.version, "document": paper()})
    assert answer.status_code == 403
    answer = browser("registrar").post(address, {**typed, "version": 0, "document": paper()})
    assert answer.status_code == 409
    assert not Document.objects.exists()
    answer = browser("registrar").post(address, {**typed, "version": record.version, "document": paper()})
    assert answer.status_code == 302
    assert Document.objects.get().title == "认定书"


def personal(town) -> Record:
    """A disciplinary decision of the city about a post of the bureau."""
    post = registry.add_post(town.bureau, "局长", by=SYSTEM, on=make.FOUNDING)
    day = timezone.localdate() - timedelta(days=3)
    decided = {"decided": day, "served": day, "loss": None, "impact": "none"}
    row = make.row(town, personal=True, post=post, source="DISCIPLINE", **decided)
    return records.enter([row], by=town.registrar, on=timezone.localdate())[0]
