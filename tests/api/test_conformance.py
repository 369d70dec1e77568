"""The whole API against its own description: whatever is asked, no 500, and no answer that is not described."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from jiannuo.ledger import sequencer
from jiannuo.web.api import openapi, serving
from jiannuo.wsgi import application
from tests import make

from .conftest import ROW, Caller, made

# A cursor, a filter, a body: what its form allows may still be refused, with a reason. That is tested by hand.
KEYS = ["", "registry", "registrar", "reporter"]


@pytest.fixture
def stocked(town, monkeypatch):
    """A town with something behind every address, and no limit of calls."""
    monkeypatch.setattr(serving, "PER_ADDRESS", 10**9)
    monkeypatch.setattr(serving, "PER_KEY", 10**9)
    record = make.record(town, "in_force")
    make.publish(town, record, on=record.effective)
    sequencer.sequence(timezone.now())
    number = Caller(made(town.city, ["registry"])).hand_in("divisions", [ROW]).json()["number"]
    return town, number


@pytest.fixture
def _one_connection(stocked):
    """A request from outside Django's own client ends with the connection, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize("role", KEYS)
def test_every_answer_is_described(stocked, role, request):
    town, number = stocked
    headers = {"Authorization": f"Bearer {made(town.city, [role])}"} if role else {}
    # Our own key takes the place of the invented one, so that being let in is no fault.
    excluded = [positive_data_acceptance, *([ignored_auth] if role else [])]
    examples = 40 if request.config.getoption("--run-slow") else 4
    schema = schemathesis.openapi.from_dict(openapi.described())
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=examples,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def run(case):
            cache.clear()
            if "number" in case.path_parameters:
                case.path_parameters["number"] = number
            response = case.call(app=application, base_url="http://localhost/api/v1", headers=headers)
            case.validate_response(response, excluded_checks=excluded)

        given(case=operation.as_strategy())(run)()
