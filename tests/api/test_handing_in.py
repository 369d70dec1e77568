"""Handing in by machines: row by row, by file, and whatever is repeated."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from jiannuo.accounts.models import ApiKey
from jiannuo.exchange import jobs
from jiannuo.exchange.models import Batch, Row
from jiannuo.ledger import sequencer
from jiannuo.lifecycle.offered import data_sets
from jiannuo.lifecycle.sweeping import sweep
from jiannuo.registry.models import Division

from .conftest import ROW, Caller, made


def test_good_rows_are_entered_and_bad_ones_come_back_with_what_is_allowed(caller):
    answer = caller.hand_in("divisions", [ROW, {**ROW, "code": "990110", "level": "大区"}])
    assert answer.status_code == 201
    told = answer.json()
    good, bad = told["rows"]
    assert good["outcome"] == "new"
    assert good["ref"]
    assert bad["outcome"] == "refused"
    fault = next(one for one in bad["faults"] if one["column"] == "level")
    assert fault["found"] == "大区"
    assert fault["allowed"]["zh"]
    assert fault["allowed"]["en"]
    assert Division.objects.filter(code="990109").count() == 1
    batch = Batch.objects.get(number=told["number"])
    assert batch.by == ApiKey.objects.get().ref
    assert batch.person is None
    assert batch.channel == "api"
    assert answer["Location"].endswith(told["number"])


def test_a_repeated_call_is_the_same_batch_and_doubles_nothing(caller):
    first = caller.hand_in("divisions", [ROW])
    again = caller.hand_in("divisions", [ROW])
    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Batch.objects.count() == 1
    assert Row.objects.count() == 1


def test_the_same_name_for_something_else_is_refused(caller):
    caller.hand_in("divisions", [ROW])
    answer = caller.hand_in("divisions", [{**ROW, "name": "北岭县"}])
    assert answer.status_code == 422
    assert answer.json()["code"] == "exchange.called_before"
    assert Batch.objects.count() == 1


def test_the_same_name_of_two_machines_is_two_calls(town, caller):
    caller.hand_in("divisions", [ROW])
    other = Caller(made(town.city, ["registry"]))
    assert other.hand_in("divisions", [ROW]).json()["rows"][0]["outcome"] == "same"
    assert Batch.objects.count() == 2


def test_a_call_without_a_name_is_refused_since_it_could_not_be_repeated(caller):
    answer = caller.hand_in("divisions", [ROW], call="")
    assert (answer.status_code, answer.json()["code"]) == (400, "api.no_idempotency_key")
    assert not Batch.objects.exists()


def test_a_machine_hands_in_for_its_body_and_below_only(town):
    caller = Caller(made(town.county, ["registry"]))
    answer = caller.hand_in("divisions", [ROW], provider=town.city.ref)
    assert answer.status_code == 403
    message = answer.json()["faults"][0]["message"]
    assert message["en"].startswith("Handing in")
    assert message["zh"].startswith("替")
    assert not Batch.objects.exists()
    answer = Caller(made(town.city, ["reporter"])).hand_in("divisions", [ROW])
    assert answer.status_code == 403


def test_a_file_is_worked_and_its_receipt_is_signed(caller):
    head = ",".join(column.title.zh for column in data_sets()["divisions"].table.columns)
    data = f"{head}\r\n990109,南岭县,county,9901,demo\r\n".encode()
    sent = [caller.hand_in_file("divisions", SimpleUploadedFile("区划.csv", data)) for _time in range(2)]
    assert [one.status_code for one in sent] == [202, 202]
    number = sent[0].json()["number"]
    assert sent[1].json()["number"] == number
    assert caller.get(f"batches/{number}").json()["stage"] == "received"
    assert caller.get(f"batches/{number}/receipt").status_code == 404
    while jobs.work(timezone.now()):
        pass
    # The answer was lost, and the machine asks again long after it was worked: still the same batch.
    late = caller.hand_in_file("divisions", SimpleUploadedFile("区划.csv", data))
    assert late.json()["number"] == number
    assert Batch.objects.count() == 1
    told = caller.get(f"batches/{number}").json()
    assert told["stage"] == "done", told
    assert sum(told["counts"].values()) == 1
    assert len(caller.get(f"batches/{number}/rows").json()["rows"]) == 1
    sequencer.sequence(timezone.now())
    sweep(timezone.localdate(), [f"batch:{Batch.objects.get().pk}"])
    answer = caller.get(f"batches/{number}/receipt")
    assert answer.status_code == 200
    assert number in answer.content.decode()


def test_a_batch_is_seen_by_whoever_may_hand_in_and_by_nobody_else(town, caller):
    number = caller.hand_in("divisions", [ROW]).json()["number"]
    assert caller.client.get(f"/api/v1/batches/{number}").status_code == 401
    stranger = Caller(made(town.county, ["registry"]))
    for part in ("", "/rows", "/receipt"):
        assert stranger.get(f"batches/{number}{part}").status_code == 404


def test_what_is_no_row_is_said_with_its_place(caller):
    for body, status in (
        ("{", 400),
        ("[]", 400),
        ('{"rows": [NaN]}', 400),
        ('{"rows": 1}', 422),
        ('{"rows": []}', 422),
        ('{"rows": [1]}', 422),
        ('{"rows": [{"name": {}}]}', 422),
        ('{"rows": [{}], "more": 1}', 422),
        ('{"rows": [{}], "provider": "body:9999999"}', 422),
        (json.dumps({"rows": [ROW] * 501}), 422),
    ):
        headers = {**caller.auth, "Idempotency-Key": "x"}
        path = "/api/v1/divisions/rows"
        answer = caller.client.post(path, body, content_type="application/json", headers=headers)
        assert answer.status_code == status, (body[:50], answer.content)
        assert answer["Content-Type"] == "application/problem+json"
        assert all(answer.json()["faults"][0]["allowed"].values())
    assert not Batch.objects.exists()
