"""Records on the desk: the list, entering, changing, and the whole walk by pages alone."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jiannuo.evidence.models import Document
from jiannuo.records import actions as records
from jiannuo.records.models import Record
from tests import make
from tests.web.desk import cast
from tests.web.portal.conftest import some_days_ago, walked


@pytest.fixture
def browser(town):
    return cast.of(town)


def at(record, verb=""):
    return reverse("desk:record_step", args=[record.slug, verb]) if verb else reverse("desk:record", args=[record.slug])


def press(client, record, verb, thing=None, **typed):
    """Press a button as a person does: with the version that stands now; fails if it is refused."""
    thing = thing or cast.fresh(record)
    answer = client.post(at(record, verb), {"version": thing.version, **typed})
    assert answer.status_code == 302, (verb, re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())[:2000])


def paper(text="认定文书正文", name="a.txt"):
    return SimpleUploadedFile(name, text.encode())


def test_one_record_walks_by_pages_alone_from_entry_to_the_public_page(town, browser):
    registrar = browser("registrar")
    typed = cast.typed(town, document_title="认定书", declared="on") | {"document": paper()}
    answer = registrar.post(reverse("desk:record_new"), typed)
    record = Record.objects.get()
    assert answer["Location"] == at(record)
    assert (record.body, record.loss, record.basis[0]["article"]) == (town.bureau, make.row(town).loss, "9")
    today = timezone.localdate()
    press(browser("reviewer"), record, "check")
    press(registrar, record, "notify", served=today.isoformat(), method="direct", receipt="送 1 号")
    press(browser("head"), record, "effect", heard="on")
    publication = cast.fresh(record).publication
    press(browser("legal"), record, "release", publication, reason="已核对原文")
    original = Document.objects.get()
    twin = {"version": cast.fresh(record).version, "twin": paper("正文（已遮盖）"), "redactions": "遮盖报价"}
    answer = registrar.post(reverse("desk:document_twin", args=[record.slug, original.pk]), twin)
    assert answer.status_code == 302
    receivers = "信用云川\n\n 省平台 \n信用云川"
    publication = cast.fresh(record).publication
    press(browser("disclosure"), record, "clear", publication, reviewed="on", receivers=receivers)
    publication = cast.fresh(record).publication
    assert sorted(publication.receipts.values_list("receiver", flat=True)) == ["信用云川", "省平台"]
    assert Client().get(reverse("portal:record", args=[record.slug])).status_code == 200


def test_the_page_shows_what_was_entered_who_checked_it_and_never_a_name(town, browser):
    record = walked(town)
    html = browser("head").get(at(record)).content.decode()
    for text in (record.title, record.document_number, "742,200.00", "reviewer post", "registrar post"):
        assert text in html, text
    town.registrar.user.person.refresh_from_db()
    assert ">registrar<" not in html


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"body": "市城建"}, "body", "云川市城市建设管理局"),
        ({"body": "市城见局"}, "body", "市城见局"),
        ({"organ": "云川市政府"}, "organ", "云川市人民政府"),
        ({"body": ""}, "body", ""),
        ({"title": ""}, "title", ""),
        ({"decided": "someday"}, "decided", "2026-11-23"),
        ({"decided": "2099-01-01", "served": "2099-01-02"}, "decided", "2099-01-01"),
        ({"loss": "much"}, "loss", "742200.00"),
        ({"loss": "-1"}, "loss", "-1"),
        ({"organ": "市发改委"}, "organ", "云川市发展和改革委员会"),
        ({"body": "云川市中级人民法院"}, "body", "云川市中级人民法院"),
        ({"source": "PRAISE"}, "source", "PRAISE"),
        ({"personal": "on", "post": "局长"}, "post", "局长"),
        ({"basis0_instrument": "", "basis0_article": "9"}, "basis0_instrument", ""),
        ({"finality": "perhaps"}, "finality", "perhaps"),
    ],
)
def test_a_fault_of_the_entry_stands_at_its_field_and_the_rest_stays_typed(town, browser, change, field, told):
    typed = cast.typed(town, **change)
    page = browser("registrar").post(reverse("desk:record_new"), typed)
    assert page.status_code == 422
    form = page.context["form"]
    assert form.errors[field], form.errors
    assert told in " ".join(form.errors[field])
    html = page.content.decode()
    kept = {"finding": typed["finding"], "document_number": typed["document_number"], "title": typed["title"]}
    assert all(value in html for value in kept.values())
    assert not Record.objects.exists()


def test_a_refusal_at_a_field_names_found_allowed_and_article(town, browser):
    page = browser("registrar").post(reverse("desk:record_new"), cast.typed(town, body="云川市中级人民法院"))
    faults = " ".join(page.context["form"].errors["body"])
    assert "云川市中级人民法院" in faults  # found
    assert "政府督查工作条例第五条" in faults or "Regulations on Government Inspection Work, article 5" in faults


@pytest.mark.parametrize(
    ("files", "typed", "field"),
    [
        ({"document": paper("x")}, {}, "declared"),
        ({"document": SimpleUploadedFile("a.exe", b"MZ\x00\x01\x02")}, {"declared": "on"}, "document"),
        ({"document": SimpleUploadedFile("a.pdf", b"")}, {"declared": "on"}, "document"),
    ],
)
def test_a_document_that_is_refused_leaves_no_record_behind(town, browser, files, typed, field):
    page = browser("registrar").post(reverse("desk:record_new"), cast.typed(town) | typed | files)
    assert page.status_code == 422
    assert page.context["papers"].errors[field]
    assert not Record.objects.exists()


def test_a_body_is_found_by_every_name_it_has(town, browser):
    for n, name in enumerate(("市城建局", " 云川市城市建设管理局 ")):
        typed = cast.typed(town, body=name, document_number=f"{n} 号")
        assert browser("registrar").post(reverse("desk:record_new"), typed).status_code == 302
    assert set(Record.objects.values_list("body", flat=True)) == {town.bureau.pk}


def test_only_a_registrar_enters_and_changes(town, browser):
    record = walked(town, "draft")
    for name in ("reviewer", "head", "disclosure", "legal", "archivist", "stranger"):
        assert browser(name).get(reverse("desk:record_new")).status_code == 403, name
        assert browser(name).post(reverse("desk:record_new"), cast.typed(town)).status_code == 403, name
    page = browser("reviewer").post(reverse("desk:record_edit", args=[record.slug]), cast.typed(town))
    assert page.status_code in (403, 409)
    assert Record.objects.get() == record


def test_a_change_is_saved_with_the_version_seen(town, browser):
    record = walked(town, "returned")
    edit = reverse("desk:record_edit", args=[record.slug])
    page = browser("registrar").get(edit)
    assert page.context["form"]["title"].value() == record.title
    typed = cast.typed(town, title="改过的标题", version=str(record.version))
    assert browser("registrar").post(edit, typed).status_code == 302
    assert cast.fresh(record).title == "改过的标题"


def test_who_changes_second_is_told_what_stands_now_and_may_then_decide(town, browser):
    record = walked(town, "draft")
    records.edit(record, make.row(town, title="先改的"), by=town.registrar_again, on=timezone.localdate())
    edit = reverse("desk:record_edit", args=[record.slug])
    page = browser("registrar").post(edit, cast.typed(town, title="后改的", version=str(record.version)))
    assert page.status_code == 409
    html = page.content.decode()
    assert 'value="后改的"' in html
    assert "先改的" in html
    assert [line.verb for line in page.context["changed"]] == ["record.edit"]
    assert cast.fresh(record).title == "先改的"
    again = cast.typed(town, title="后改的", version=str(cast.fresh(record).version))
    assert browser("registrar").post(edit, again).status_code == 302
    assert cast.fresh(record).title == "后改的"


def test_a_correction_is_proposed_on_a_form_and_decided_by_another(town, browser):
    record = walked(town)
    page = reverse("desk:record_correct", args=[record.slug])
    typed = {
        **cast.typed(town, document_number=record.document_number, finding="少付一半。"),
        "decided": record.decided.isoformat(),
        "served": record.served.isoformat(),
        "loss": "371100.00",
        "version": str(record.version),
    }
    refused = browser("registrar").post(page, typed)
    assert refused.status_code == 422
    assert {"reason", "paper"} <= refused.context["form"].errors.keys()
    typed |= {"reason": "金额有误", "paper": "云政认〔2026〕9号"}
    assert browser("registrar").post(page, typed).status_code == 302
    shown = browser("reviewer").get(at(record))
    assert {one["fix"] for one in shown.context["disputed"]} >= {"少付一半。"}
    press(browser("reviewer"), record, "correct")
    assert str(cast.fresh(record).loss) == "371100.00"
    assert Client().get(reverse("portal:record", args=[record.slug])).status_code == 404


# The list


def test_the_list_shows_what_the_actor_may_see_and_filters_it(town, browser):
    draft, force = walked(town, "draft"), walked(town, "in_force", title="未按合同修路", body=town.county)
    client, home = browser("reviewer"), reverse("desk:records")

    def found(**query):
        return {record.pk for record in client.get(home, query).context["page"]}

    assert found() == {draft.pk, force.pk}
    assert found(state="draft") == {draft.pk}
    assert found(body="青禾") == {force.pk}
    assert found(q="修路") == {force.pk}
    assert found(q=draft.number) == {draft.pk}
    assert found(q="責令整改") == {draft.pk, force.pk}  # traditional finds simplified
    assert found(kind="honour") == set()
    assert found(state="nonsense") == set()
    assert set(browser("stranger").get(home).context["page"]) == set()


def test_a_revoked_record_is_on_the_heads_list_only(town, browser):
    record = walked(town, "revoked")
    home = reverse("desk:records")
    assert [one.pk for one in browser("head").get(home).context["page"]] == [record.pk]
    assert list(browser("reviewer").get(home).context["page"]) == []
    assert browser("reviewer").get(at(record)).status_code == 404
    assert browser("head").get(at(record)).status_code == 200


def test_the_list_is_cut_into_pages(town, browser, monkeypatch):
    monkeypatch.setattr("jiannuo.web.desk.records.PER_PAGE", 2)
    for n in range(3):
        records.enter([make.row(town, title=f"第{n}件")], by=town.registrar, on=some_days_ago(3))
    page = browser("reviewer").get(reverse("desk:records"), {"page": "2"})
    assert len(page.context["page"].object_list) == 1
    assert page.context["total"] == 3
