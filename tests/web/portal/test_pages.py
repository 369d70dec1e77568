"""What each public page says, in both languages, with and without data."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry import actions as registry
from jiannuo.registry.models import Body
from jiannuo.tlog import verify

from .conftest import walked

PLAIN = ["home", "bodies", "records", "search", "log", "withdrawn", "rules", "calculator", "accessibility", "privacy"]


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_answers_on_an_empty_database(client, db, name, prefix):
    response = client.get(prefix + reverse(f"portal:{name}"))
    assert response.status_code == 200
    page = response.content.decode()
    assert page.count("<h1") == 1
    assert f'lang="{"en" if prefix else "zh-Hans"}"' in page


def test_home_says_the_finding(client, city):
    page = client.get("/en/").content.decode()
    assert "5 public bodies on record," in page
    assert "2 dishonesty records in publicity," in page
    assert "1 honour." in page
    assert city.breach.title in page


def test_a_body_shows_its_own_and_inherited_records_and_whose_they_were(client, city):
    page = client.get(f"/en/bodies/{city.bureau.pk}/").content.decode()
    assert city.breach.title in page
    assert city.inherited.title in page
    assert f"inherited from {city.old.name}" in page
    assert "1 of them inherited" in page
    assert "<svg" in page


def test_a_record_handed_to_another_body_shows_there_and_no_longer_at_the_general_heir(client, city):
    today = timezone.localdate()
    old, heir = city.old, Body.objects.get(pk=city.old.succession.heir_id)
    other = Body.objects.get(name="青禾区人民政府")
    registry.assign(city.inherited.ref, old, other, document="云编发〔2026〕9号", by=SYSTEM, on=today)
    shown = {body: client.get(f"/en/bodies/{body.pk}/").content.decode() for body in (old, heir, other)}
    assert [city.inherited.title in shown[body] for body in (old, heir, other)] == [True, False, True]


def test_a_merged_body_keeps_its_page_and_names_its_heir(client, city):
    page = client.get(f"/en/bodies/{city.old.pk}/").content.decode()
    assert "Answers now:" in page
    assert f'<a href="/en/bodies/{city.bureau.pk}/">{city.bureau.name}</a>' in page
    assert city.inherited.title in page


def test_a_partner_is_said_to_be_one(client, town):
    page = client.get(f"/en/bodies/{town.court.pk}/").content.decode()
    assert "neither evaluate, rank, inspect nor sanction" in page


def test_a_page_names_posts_and_never_persons(client, town):
    from jiannuo.lifecycle.actor import SYSTEM
    from jiannuo.registry import actions as registry
    from tests.make import FOUNDING

    post = registry.add_post(town.bureau, "局长", is_head=True, by=SYSTEM, on=FOUNDING)
    registry.appoint(post, "某某某", by=SYSTEM, on=FOUNDING)
    page = client.get(f"/bodies/{town.bureau.pk}/").content.decode()
    assert "局长" in page
    assert "某某某" not in page


def test_a_record_page_states_facts_that_its_proof_opens(client, city):
    page = client.get(f"/records/{city.breach.slug}/").content.decode()
    stated = verify.read_page(page)
    assert len(stated.proofs) == len(stated.facts) == 1
    proof = client.get(stated.proofs[0]).content.decode()
    said = []
    opened = verify.check(proof, [], said.append, verify.Words("en"))
    verify.check_page(stated, [opened], said.append, verify.Words("en"))
    assert any("the facts on the page equal" in line for line in said)
    assert json.loads(stated.facts[0])["facts"]["title"] == city.breach.title


def test_a_page_that_differs_from_the_log_carries_no_proof(client, city):
    type(city.breach).objects.filter(pk=city.breach.pk).update(finding="被改过的事实")  # tampering: no action does this
    page = client.get(f"/en/records/{city.breach.slug}/").content.decode()
    assert "What stands here is not what the log holds" in page
    assert verify.read_page(page).proofs == []


def test_before_it_is_sequenced_a_record_says_that_its_proof_comes(client, published):
    page = client.get(f"/en/records/{published.slug}/").content.decode()
    assert "The entry gets its number within a minute" in page


def test_a_record_asks_search_engines_not_to_keep_it(client, published):
    response = client.get(f"/records/{published.slug}/")
    assert response["X-Robots-Tag"] == "noindex, noarchive"
    assert reverse("portal:record", args=[published.slug]) not in client.get("/sitemap.xml").content.decode()


def test_what_never_was_and_what_is_over_get_the_same_page(client, town):
    gone = walked(town, "revoked")
    ended, never = client.get(f"/records/{gone.slug}/"), client.get("/records/1999-0001/")
    assert ended.status_code == never.status_code == 404
    strip = re.compile(r"/records/[\d-]+/|records%2F[\d-]+|csrf\w+")
    assert strip.sub("", ended.content.decode()) == strip.sub("", never.content.decode())


def test_search_finds_by_one_character_and_by_traditional_ones(client, city):
    for word in ("路", "路灯", "路燈", city.breach.number):
        page = client.get("/en/search/", {"q": word}).content.decode()
        assert city.breach.title in page, word
    assert "Nothing public contains “没有这个”" in client.get("/en/search/", {"q": "没有这个"}).content.decode()


def test_large_type_works_without_script(client, db):
    response = client.get("/large/", {"next": "/bodies/"})
    assert (response.status_code, response["Location"]) == (302, "/bodies/")
    assert 'class="jn-large"' in client.get("/bodies/").content.decode()
    client.get("/large/", {"next": "https://elsewhere.example/"})
    assert 'class="jn-large"' not in client.get("/bodies/").content.decode()
    assert client.get("/large/", {"next": "https://elsewhere.example/"})["Location"] == "/"


def test_an_unknown_address_gets_our_page(client, db):
    response = client.get("/en/there-is-none/")
    assert response.status_code == 404
    assert "There is no page at this address" in response.content.decode()


def test_the_timeline_says_what_of_each_period_was_used_and_its_article(client, city):
    page = client.get(f"/en/records/{city.breach.slug}/").content.decode()
    assert re.search(r"Time to check a record: 3 working days, used 0\b", page)
    assert re.search(r"Time for the body&#x27;s statement: 5 working days, over since \d{4}-\d\d-\d\d ·", page)
    assert "Time for the disclosure review: 3 working days, used 0 · Regulations on Open Government" in page


def test_an_honour_is_never_marked_as_a_breach(client, city):
    page = client.get(f"/en/records/{city.honour.slug}/").content.decode()
    timeline = page[page.index("jn-tl") :]
    assert "is-kept" in timeline
    assert "is-broken" not in timeline


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_form_without_its_token_is_refused_in_our_words(db, prefix):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post(f"{prefix}/accounts/login/", {"login": "x", "password": "y"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "jn-refuse" in page
    assert "CSRF" not in page


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_last_pages_need_neither_request_nor_database(name):
    from django.template.loader import get_template

    page = get_template(name).render()
    assert 'lang="en"' in page
    assert "jn/tokens.css" in page


def test_nothing_on_a_page_asks_another_site(client, city):
    for path in ("/", "/records/", f"/records/{city.breach.slug}/", "/log/", "/search/?q=路"):
        page = client.get(path).content.decode()
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page) == [], path
        assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page) == [], path
        assert re.findall(r"\son\w+=", page) == [], path


def test_a_record_of_a_body_that_merged_names_who_answers_now(client, city):
    page = client.get(f"/en/records/{city.inherited.slug}/").content.decode()
    head = page[page.index("<h1") : page.index("jn-cols")]
    assert city.old.name in head
    assert f'Answers now: <a href="/en/bodies/{city.bureau.pk}/">' in head
    assert "Answers now:" not in client.get(f"/en/records/{city.breach.slug}/").content.decode()
