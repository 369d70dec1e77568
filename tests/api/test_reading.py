"""Reading by machines: pages, filters, what changed; nothing that is not public."""

import base64
import json

import pytest
from django.test import Client
from django.utils import timezone

from jiannuo.ledger import sequencer
from jiannuo.lifecycle.offered import data_sets
from jiannuo.web.api import serving
from tests import make


@pytest.fixture
def shown(town):
    """A published record, in the log."""
    record = make.record(town, "in_force")
    make.publish(town, record, on=record.effective)
    sequencer.sequence(timezone.now())
    record.refresh_from_db()
    return record


def get(path, **headers):
    return Client().get(path if path.startswith("/") else f"/api/v1/{path}", headers=headers)


def test_every_declared_data_set_is_there(town):
    told = get("datasets").json()["datasets"]
    assert [one["name"] for one in told] == list(data_sets())
    for one in told:
        assert one["rows"] is None or get(one["rows"]).status_code == 200
    paths = get("openapi.json").json()["paths"]
    assert all(f"/{name}/rows" in paths for name in data_sets())


def test_pages_follow_one_another_and_miss_nothing(town):
    whole = get("bodies").json()["rows"]
    assert len(whole) == 5
    path, found = "/api/v1/bodies?limit=2", []
    while path:
        page = get(path).json()
        found += page["rows"]
        path = page["next"]
    assert found == whole


def test_a_page_after_a_row_that_is_gone_is_refused_and_not_guessed(town):
    gone = base64.urlsafe_b64encode(b"body:9999").decode().rstrip("=")
    assert get(f"bodies?cursor={gone}").status_code == 410
    assert get("bodies?cursor=%25").status_code == 400


def test_filters_narrow_and_unknown_words_are_refused(town, shown):
    rows = get(f"bodies?name={town.court.name}").json()["rows"]
    assert [row["ref"] for row in rows] == [town.court.ref]
    assert len(get("bodies?founded.from=2020-01-02").json()["rows"]) == 5
    assert get("bodies?founded.from=2020-01-03").json()["rows"] == []
    assert len(get("records?kind=dishonesty").json()["rows"]) == 1
    for query in (
        "colour=red",
        "name.from=x",
        "founded.from=soon",
        "kind=nothing",
        "limit=0",
        "limit=x",
        "name=a&name=b",
    ):
        answer = get(f"bodies?{query}")
        assert answer.status_code == 400, query
        assert answer.json()["faults"][0]["message"]["zh"]


def test_whoever_holds_it_is_told_so_until_something_changes(town, shown):
    first = get("records")
    assert get("records", **{"If-None-Match": first["ETag"]}).status_code == 304
    make.publish(town, make.record(town, "in_force"), on=shown.effective)
    assert get("records", **{"If-None-Match": first["ETag"]}).status_code == 200


def test_a_record_is_there_while_it_is_public_and_its_log_with_it(town, shown):
    (row,) = get("records").json()["rows"]
    assert row["number"] == shown.number
    assert row["valid_until"] > timezone.localdate().isoformat()
    assert get(f"records/{row['ref']}").json() == row
    assert get("records/publication:999").status_code == 404
    told = get("changes?limit=500").json()
    assert any(one.get("ref") == row["ref"] for one in told["changes"])
    assert get(f"changes?since={told['since']}").json()["changes"] == []


def test_what_is_not_public_gives_its_commitment_only(town):
    make.record(town, "in_force")  # not published
    sequencer.sequence(timezone.now())
    told = get("changes?limit=500").json()["changes"]
    closed = [one for one in told if one["state"] == "closed"]
    assert closed
    assert all(set(one) == {"sequence", "epoch", "leaf", "commitment", "state"} for one in closed)
    assert "路灯" not in json.dumps(told, ensure_ascii=False)
    assert get("records").json()["rows"] == []


def test_changes_come_in_order_and_each_once(town, shown):
    since, found = "", []
    while True:
        page = get(f"changes?limit=3&since={since}" if since else "changes?limit=3").json()
        found += [one["sequence"] for one in page["changes"]]
        since = page["since"]
        if not page["more"]:
            break
    assert len(found) == len(set(found)) > 5
    assert found == sorted(found, key=lambda one: [int(part) for part in one.split(".")])


def test_methods_types_and_pages_of_others(town):
    assert get("bodies", Accept="text/html").status_code == 406
    answer = Client().post("/api/v1/bodies")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert Client().head("/api/v1/bodies").content == b""
    assert Client().options("/api/v1/bodies").status_code == 204
    assert get("bodies")["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in Client().options("/api/v1/bodies/rows")
    assert get("nothing").status_code == 404


def test_too_often_is_said_with_when_to_come_again(town, monkeypatch):
    monkeypatch.setattr(serving, "PER_ADDRESS", 2)
    answers = [get("log") for _time in range(3)]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


@pytest.mark.parametrize("path", ["/api/", "/en/api/"])
def test_the_page_for_people_names_every_address(town, path):
    page = Client().get(path).content.decode()
    assert all(f"/api/v1/{name}/rows" in page for name in data_sets())
