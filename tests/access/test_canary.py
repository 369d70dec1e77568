"""Every text that is not for everybody holds a marker; a crawl as each role finds the markers it may, and no other.

The table is written by hand from practice §2.3, 2.6 and 5.1, not taken from the code.
"""

import re

import pytest

from jiannuo.records import actions
from jiannuo.records.models import Record
from tests import make
from tests.web.desk.cast import newcomer

LINK = re.compile(r'href="([^"#]+)')
MOST = 90
MARKERS = {
    "draft": "暗记甲草稿",
    "noticed": "暗记乙告知",
    "internal": "暗记丙生效未公开",
    "personal": "暗记丁个人",
    "sealed": "暗记戊封存",
    "revoked": "暗记己撤销",
}
WORK = {"draft", "noticed", "internal"}
# What each role on the city finds. A revoked text is found by nobody; a sealed one by the head and the archive.
TABLE = {
    "": set(),
    "registrar": WORK | {"personal"},
    "reviewer": WORK | {"personal"},
    "head": WORK | {"personal", "sealed"},
    "disclosure": WORK,
    "legal": WORK,
    "determiner": WORK,
    "auditor": WORK,
    "liaison": WORK - {"draft"},
    "chief": WORK - {"draft"},
    "registry": set(),
    "archivist": {"sealed"},
    "operator": set(),
}


@pytest.fixture
def marked(town):
    """One record at every step that is not public, each with its marker in title and finding."""

    def texts(name):
        return {"title": MARKERS[name], "finding": f"{MARKERS[name]}，未公开。"}

    make.record(town, "draft", **texts("draft"))
    make.record(town, "noticed", **texts("noticed"))
    make.record(town, "in_force", **texts("internal"))
    make.personal(town, "draft", **texts("personal"))
    make.record(town, "revoked", **texts("revoked"))
    long_ago = make.date(2023, 3, 1)
    expired = make.record(
        town, "expired", on=make.date(2023, 3, 6), decided=long_ago, served=long_ago, **texts("sealed")
    )
    actions.seal(expired, by=town.archivist, on=expired.ended)
    assert set(Record.objects.values_list("state", flat=True)) == {"draft", "noticed", "in_force", "revoked", "sealed"}
    return town


def crawl(client, starts):
    """Every page reachable from here, at most MOST: path → text. Signing out is not followed."""
    waiting, pages = list(starts), {}
    while waiting and len(pages) < MOST:
        path = waiting.pop(0)
        if path in pages or re.match(r"(/en/|/static/|/accounts/|/large)", path):
            continue
        response = client.get(path)
        text = b"".join(response.streaming_content) if response.streaming else response.content
        pages[path] = text.decode("utf-8", "replace")
        assert response.status_code < 500, path
        for link in LINK.findall(pages[path]) if "html" in response["Content-Type"] else ():
            link = link.replace("&amp;", "&")
            link = path.partition("?")[0] + link if link.startswith("?") else link
            if link.startswith("/"):
                waiting.append(link)
    return pages


def found(pages):
    return {name for name, marker in MARKERS.items() if any(marker in page for page in pages.values())}


def test_a_visitor_finds_none(marked, client):
    pages = crawl(client, ["/", "/records/", "/search/?q=暗记", "/log/withdrawn/"])
    assert len(pages) > 30
    del pages["/search/?q=暗记"]  # it repeats what was asked
    assert found(pages) == set()


@pytest.mark.parametrize("role", sorted(TABLE))
def test_a_role_finds_its_own_and_no_other(marked, role):
    client = newcomer(role, marked.city) if role else newcomer("liaison", marked.county)
    pages = crawl(client, ["/desk/", "/desk/?show=all", "/desk/records/", "/desk/records/?q=暗", "/desk/bodies/"])
    assert len(pages) > 10
    assert found(pages) == TABLE[role]


@pytest.mark.parametrize("role", ["registrar", "head", "archivist"])
def test_another_county_finds_none(marked, role):
    pages = crawl(newcomer(role, marked.county), ["/desk/", "/desk/records/", "/desk/bodies/"])
    assert found(pages) == set()
