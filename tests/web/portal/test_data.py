"""Open data on the portal: pages before and after the first package, files, and what is not given out."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from jiannuo.exchange.opendata import editions
from jiannuo.ledger import sequencer
from jiannuo.records import actions as records
from tests.exchange import open as shown

from .conftest import SECRET


@pytest.fixture
def edition(city, monkeypatch):
    shown.offer(monkeypatch)
    made = shown.made(timezone.localdate())
    sequencer.sequence(timezone.now())
    return made


def test_before_the_first_package_the_pages_say_when_it_comes(client, city, monkeypatch):
    shown.offer(monkeypatch)
    page = client.get("/en/data/").content.decode()
    assert "The first package is being made" in page
    assert "<button" not in page.partition("<main")[2].partition("</main>")[0]
    assert client.get("/en/data/plain/").status_code == 200
    answer = client.get("/data/files/datapackage.json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "300")


def test_the_overview_links_every_file_and_says_the_digest(client, edition):
    page = client.get("/en/data/").content.decode()
    for file in edition.files():
        assert f'href="/en/data/files/{file.path}"' in page, file.path
    assert edition.digest in page
    assert re.search(r'class="jn-leaf" href="/en/log/\d+/leaf/\d+/"', page)
    assert "3</td>" in page


def test_a_table_has_its_dictionary_and_its_first_rows_and_is_not_indexed(client, edition, city):
    answer = client.get("/en/data/plain/")
    page = answer.content.decode()
    assert "<code>valid_until</code>" in page
    assert city.breach.title in page
    assert 'name="robots" content="noindex"' in page
    assert client.get("/data/none/").status_code == 404


def test_a_file_comes_whole_and_is_asked_for_each_time(client, edition):
    file = edition.file("data/plain.csv")
    answer = client.get("/data/files/data/plain.csv")
    assert b"".join(answer.streaming_content) == edition.where(file).read_bytes()
    assert answer["Cache-Control"] == "no-cache"
    assert "noindex" in answer["X-Robots-Tag"]
    assert f"jiannuo-{edition.day}-plain.csv" in answer["Content-Disposition"]
    assert client.get("/data/files/data/plain.csv", headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["../edition.json", "..%2fheld.tsv", "data/none.csv", "/etc/passwd", "%00"])
def test_no_other_file_is_given_out(client, edition, path):
    assert client.get(f"/data/files/{path}").status_code == 404


def test_what_was_withdrawn_is_in_no_file_that_is_given_out(client, edition, city):
    on = timezone.localdate()
    records.withdraw(city.breach.publication, reason="撤下", by=city.disclosure, on=on)
    for file in edition.files():
        answer = client.get(f"/data/files/{file.path}")
        assert answer.status_code == 503
        assert city.breach.title not in answer.content.decode()
    assert city.breach.title not in client.get("/data/plain/").content.decode()
    assert "A new package is being made" in client.get("/en/data/").content.decode()


def test_what_ended_today_is_not_given_out_though_nothing_ran(client, edition, monkeypatch):
    end = edition.good_until
    monkeypatch.setattr("jiannuo.web.portal.data.timezone.localdate", lambda: end - timedelta(days=1))
    assert client.get("/data/files/data/plain.csv").status_code == 200
    monkeypatch.setattr("jiannuo.web.portal.data.timezone.localdate", lambda: end)
    assert client.get("/data/files/data/plain.csv").status_code == 503
    assert client.get(f"/data/files/{editions.ZIP}").status_code == 503


def test_the_entry_of_the_package_is_open(client, edition):
    href = re.search(r'class="jn-leaf" href="(/en/log/\d+/leaf/\d+/)"', client.get("/en/data/").content.decode())
    page = client.get(href[1]).content.decode()
    assert edition.digest in page
    assert "Open data of the day" in page


def test_the_catalogue_is_linked_data_in_both_vocabularies(client, edition):
    page = client.get("/data/").content.decode()
    inline = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])
    assert inline["@type"] == "DataCatalog"
    assert inline["dataset"][0]["distribution"][0]["contentUrl"].endswith("/data/files/data/plain.csv")
    dcat = client.get("/data/catalog.jsonld").json()
    first = dcat["dcat:dataset"][0]["dcat:distribution"][0]
    assert first["spdx:checksum"]["spdx:checksumValue"] == edition.file("data/plain.csv").digest
    assert SECRET not in json.dumps(dcat, ensure_ascii=False)
