"""A refusal that no view caught becomes a page, or JSON for who asks for it, with its status."""

import json

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.translation import gettext_lazy

from jiannuo.lifecycle.refused import Refused, RefusedMany, Stale
from jiannuo.web.middleware import Refusals, status_of

FAULT = Refused(
    "record.too_early", gettext_lazy("Not yet."), field="day", found="2026-01-01", allowed="later", article="第十七条"
)


def answer(fault: Exception, **headers) -> HttpResponse | None:
    request = RequestFactory().get("/desk/", headers=headers)
    return Refusals(lambda _request: HttpResponse()).process_exception(request, fault)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (FAULT, 422),
        (Stale("machine.stale", "moved"), 409),
        (Refused("machine.not_your_role", "no"), 403),
        (Refused("account.not_your_role", "no"), 403),
        (RefusedMany([FAULT, FAULT]), 422),
    ],
)
def test_the_status_says_what_kind_of_refusal_it_is(fault, status):
    assert status_of(fault) == status
    assert answer(fault, accept="application/json").status_code == status


def test_json_carries_all_parts_of_all_faults():
    body = json.loads(answer(RefusedMany([FAULT, FAULT]), accept="application/json").content)
    assert (
        body["refused"]
        == [
            {
                "code": "record.too_early",
                "message": str(FAULT.message),
                "field": "day",
                "found": "2026-01-01",
                "allowed": "later",
                "article": "第十七条",
            }
        ]
        * 2
    )


@pytest.mark.django_db
def test_a_browser_gets_the_three_sentences():
    page = answer(FAULT, accept="text/html,application/xhtml+xml,*/*;q=0.8").content.decode()
    for part in ("2026-01-01", "later", "第十七条", str(FAULT.message)):
        assert part in page


def test_other_exceptions_are_left_alone():
    assert answer(ValueError("a mistake of ours")) is None
