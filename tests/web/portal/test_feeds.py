"""Atom feeds, read by a reader of feeds: what they hold is what is public today."""

from __future__ import annotations

from datetime import timedelta

import feedparser
import pytest
from django.utils import timezone

from jiannuo.records import actions
from jiannuo.records.models import Publication, Record


def read(client, address, **headers):
    answer = client.get(address, **headers)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    return feed, answer


def test_a_record_in_publicity_is_an_entry_with_its_page(client, published):
    feed, answer = read(client, "/records/feed.atom")
    (entry,) = feed.entries
    assert entry.title == f"{published.body.name}：{published.title}"
    assert entry.link == f"http://testserver/records/{published.slug}/"
    assert entry.id.startswith("tag:testserver,")
    assert b'xml:lang="zh-Hans"' in answer.content


def test_of_one_body_and_of_no_other(client, town, published):
    assert len(read(client, f"/bodies/{town.bureau.pk}/feed.atom")[0].entries) == 1
    assert read(client, f"/bodies/{town.office.pk}/feed.atom")[0].entries == []
    assert client.get("/bodies/999999/feed.atom").status_code == 404


def test_whoever_has_it_is_told_so_until_something_ends(client, published):
    tag = read(client, "/records/feed.atom")[1]["ETag"]
    assert client.get("/records/feed.atom", headers={"if-none-match": tag}).status_code == 304
    Publication.objects.update(ends=timezone.localdate())  # nothing is written when publicity ends by itself
    answer = client.get("/records/feed.atom", headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert published.title not in answer.content.decode()
    empty = answer["ETag"]
    assert client.get("/records/feed.atom", headers={"if-none-match": empty}).status_code == 304


def test_what_is_taken_back_leaves_and_is_called_back_by_its_number_alone(client, town, published):
    record = actions.propose_revocation(published, reason="认定机关撤销", by=town.registrar, on=timezone.localdate())
    actions.revoke(record, by=town.head, on=timezone.localdate())
    assert read(client, "/records/feed.atom")[0].entries == []
    feed, answer = read(client, "/log/withdrawn/feed.atom")
    (entry,) = feed.entries
    assert published.number in entry.title
    assert published.title not in answer.content.decode()


def test_an_entry_keeps_its_id_when_it_is_corrected(client, town, published):
    before = read(client, "/records/feed.atom")[0].entries[0]
    Record.objects.filter(pk=published.pk).update(corrected=timezone.localdate() + timedelta(days=1))
    after = read(client, "/records/feed.atom")[0].entries[0]
    assert after.id == before.id
    assert after.updated > before.updated


def test_in_english_the_same_entries(client, published):
    feed, _answer = read(client, "/en/records/feed.atom")
    assert feed.feed.title == "Records in publicity"
    assert len(feed.entries) == 1


@pytest.mark.parametrize("page", ["/records/", "/log/withdrawn/"])
def test_pages_say_where_their_feed_is(client, published, page):
    assert 'type="application/atom+xml"' in client.get(page).content.decode()
