"""Handing up at the desk: who sees it, the form, and how a package stands."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiannuo.exchange import reporting
from jiannuo.exchange.actions import handover as actions
from jiannuo.exchange.models import Handover
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.tlog import note
from tests import make
from tests.exchange import levels, plain
from tests.web.desk import cast

HOME = "/en/desk/levels/"


@pytest.fixture(autouse=True)
def _offered(monkeypatch):
    plain.offer(monkeypatch, levels.data_set())


@pytest.fixture
def upper(town):
    key = str(note.Ed25519Signer.generate("city.example/log").verifier)
    facts = {"address": "https://city.example", "by": SYSTEM, "on": make.FOUNDING}
    return actions.register_partner("upper", town.county, key, **facts)


@pytest.fixture
def browser(town):
    return cast.of(town)


def last_month():
    today = timezone.localdate()
    return reporting.period_at(reporting.period_at(today, 1).first - timedelta(days=1), 1)


def test_a_registrar_queues_a_package_and_sees_how_it_stands(town, browser, upper):
    typed = {"partner": upper.pk, "dataset": "plain", "period": last_month().label}
    answer = browser("registrar").post(HOME, typed)
    one = Handover.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{HOME}{one.pk}/")
    page = browser("registrar").get(answer["Location"]).content.decode()
    assert "not compared yet" in page
    assert browser("registrar").get(HOME).content.decode().count("city.example/log") > 1


def test_a_period_that_is_not_over_cannot_be_chosen(town, browser, upper):
    typed = {"partner": upper.pk, "dataset": "plain", "period": reporting.period_at(timezone.localdate(), 1).label}
    assert browser("registrar").post(HOME, typed).status_code == 422
    assert not Handover.objects.exists()


def test_what_differs_is_named(town, browser, upper):
    one = actions.hand_up(upper, "plain", last_month(), by=town.head, on=timezone.localdate())
    one.differences = {"missing_below": [], "missing_above": [], "other": ['["云政认〔2026〕2号"]']}
    one.save()
    page = browser("head").get(f"{HOME}{one.pk}/").content.decode()
    assert "云政认〔2026〕2号" in page
    assert "Other content" in page


def test_who_may_not(town, browser, upper):
    assert browser("reviewer").get(HOME).status_code == 403
    auditor = cast.newcomer("auditor", town.city)
    assert auditor.get(HOME).context["form"] is None
    typed = {"partner": upper.pk, "dataset": "plain", "period": last_month().label}
    assert auditor.post(HOME, typed).status_code == 422
    assert not Handover.objects.exists()
