"""No public page, file or proof ever holds the text of what is not public: a crawl from home in both languages."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from jiannuo.exchange import opendata
from jiannuo.ledger import sequencer
from jiannuo.ledger.models import Entry
from tests import make

from .conftest import SECRET

LINK = re.compile(r'href="([^"#]+)')


def crawl(client, start):
    """Every page reachable by links below the public addresses: path → text."""
    waiting, pages = [start], {}
    while waiting and len(pages) < 400:
        path = waiting.pop()
        if path in pages:
            continue
        response = client.get(path)
        pages[path] = b"".join(response).decode("utf-8", "replace")  # a file may come in pieces
        assert response.status_code == 200, (path, response.status_code)
        if "text/html" not in response["Content-Type"]:
            continue
        for link in LINK.findall(pages[path]):
            link = link.replace("&amp;", "&")
            link = path.partition("?")[0] + link if link.startswith("?") else link
            if link.startswith("/") and not re.match(r"(/en)?/(static|accounts|desk|large)/", link):
                waiting.append(link)
    return pages


@pytest.mark.parametrize("start", ["/", "/en/"])
def test_a_crawl_finds_nothing_that_is_not_public_and_no_dead_link(client, city, start):
    opendata.make(by=make.SYSTEM, on=timezone.localdate())
    sequencer.sequence(timezone.now())
    pages = crawl(client, start)
    assert len(pages) > 60
    assert any(city.breach.finding in page for page in pages.values())
    assert [path for path, page in pages.items() if SECRET in page] == []


def test_no_leaf_and_no_proof_opens_what_is_not_public(client, city):
    shown = 0
    for entry in Entry.objects.filter(leaf__isnull=False):
        page = client.get(f"/en/log/{entry.epoch_id}/leaf/{entry.leaf}/")
        proof = client.get(reverse("log:proof", args=[entry.epoch_id, entry.leaf]))
        assert SECRET not in page.content.decode() + proof.content.decode()
        shown += proof.status_code == 200
        if any(entry.subject == record.ref for record in city.hidden):
            assert proof.status_code == 404
            assert "Not opened" in page.content.decode()
    assert shown


def test_hidden_records_are_neither_found_nor_counted(client, city):
    assert SECRET not in client.get("/search/", {"q": SECRET[:2]}).content.decode().replace(SECRET[:2] + '"', "")
    for record in city.hidden:
        assert client.get(f"/records/{record.slug}/").status_code == 404


def test_account_and_party_entries_open_nothing(client, city):
    entry = Entry.objects.filter(verb__startswith="account", leaf__isnull=False).first()
    assert entry is not None
    assert client.get(reverse("log:proof", args=[entry.epoch_id, entry.leaf])).status_code == 404
