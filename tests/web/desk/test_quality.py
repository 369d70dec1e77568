"""Data quality at the desk: duties set, periods owed and answered, zero reports signed, the table."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiannuo.exchange import actions, reporting
from jiannuo.exchange.models import Duty, ZeroReport
from jiannuo.registry.models import Body
from tests import make
from tests.exchange import plain
from tests.web.desk import cast

HOME = "/en/desk/quality/"


@pytest.fixture(autouse=True)
def _offered(monkeypatch):
    plain.offer(monkeypatch, plain.data_set(dated="decided"))


@pytest.fixture
def browser(town):
    town.chief = make.hire("局长", "chief", town.bureau)
    return cast.of(town)


@pytest.fixture
def last_month():
    today = timezone.localdate()
    return reporting.period_at(reporting.period_at(today, 1).first - timedelta(days=1), 1)


@pytest.fixture
def duty(town, last_month):
    since = last_month.first
    return actions.set_duty(town.bureau, "plain", "monthly", since=since, by=town.head, on=since)


def test_a_duty_is_set_by_the_form_and_a_second_one_is_refused_at_its_field(town, browser):
    since = reporting.period_at(timezone.localdate(), 1).first
    typed = {"body": "市城建局", "dataset": "plain", "frequency": "monthly", "since": since.isoformat()}
    past = browser("registrar").post(f"{HOME}duties/new/", typed | {"since": "2026-01-01"})
    assert (past.status_code, "not set for the past" in past.content.decode()) == (422, True)
    answer = browser("registrar").post(f"{HOME}duties/new/", typed)
    assert answer.status_code == 302
    assert Duty.objects.get().body == Body.objects.get(short_name="市城建局")
    again = browser("registrar").post(f"{HOME}duties/new/", typed)
    assert again.status_code == 422
    assert "has this duty already" in again.content.decode()
    assert Duty.objects.count() == 1


def test_a_county_registrar_sets_no_duty_for_the_city(town, browser):
    browser("registrar")
    client = cast.newcomer("registrar", town.county)
    typed = {"body": "市城建局", "dataset": "plain", "frequency": "monthly", "since": "2026-01-01"}
    assert client.post(f"{HOME}duties/new/", typed).status_code == 403
    assert not Duty.objects.exists()
    assert client.get(f"{HOME}bodies/{town.bureau.pk}/").status_code == 404


def test_the_head_of_the_body_signs_a_zero_report_and_nobody_else(town, browser, duty, last_month):
    address = f"{HOME}duties/{duty.pk}/zero/{last_month.label}/"
    page = browser("head").get(address).content.decode()
    assert "The head of the body signs" in page
    assert browser("head").post(address, {"declared": "on"}).status_code == 403
    assert browser("chief").post(address, {}).status_code == 422
    assert not ZeroReport.objects.exists()
    assert browser("chief").post(address, {"declared": "on"}).status_code == 302
    assert ZeroReport.objects.get().duty == duty
    assert browser("chief").post(address, {"declared": "on"}).status_code == 422


def test_what_is_owed_stands_in_my_work_with_both_buttons(town, browser, duty, last_month):
    page = browser("chief").get("/en/desk/").content.decode()
    assert f"duty-{duty.pk}-{last_month.label}" in page
    assert f"/en/desk/quality/duties/{duty.pk}/zero/{last_month.label}/" in page
    browser("chief").post(f"{HOME}duties/{duty.pk}/zero/{last_month.label}/", {"declared": "on"})
    assert f"duty-{duty.pk}-" not in browser("chief").get("/en/desk/").content.decode()


def test_the_page_of_a_body_says_in_words_what_the_strip_shows(town, browser, duty, last_month):
    page = browser("chief").get(f"{HOME}bodies/{town.bureau.pk}/?period={last_month.label}").content.decode()
    assert "missing" in page or "not due yet" in page
    assert browser("registrar").post(f"{HOME}duties/{duty.pk}/end/").status_code == 302
    duty.refresh_from_db()
    assert duty.until == timezone.localdate()


@pytest.mark.parametrize(
    "query", ["", "?sort=missing", "?sort=in_time&only=missing", "?q=%E5%9F%8E%E5%BB%BA", "?sort=x"]
)
def test_the_table_is_sorted_and_filtered_by_its_address(town, browser, duty, query):
    for form in ("", "bulletin/", "table.csv"):
        answer = browser("head").get(HOME + form + query)
        assert answer.status_code == 200
        content = b"".join(answer).decode("utf-8-sig")
        assert (town.bureau.name in content) or ("市城建局" in content)


def test_a_period_that_is_none_is_refused_in_words(browser):
    answer = browser("head").get(f"{HOME}?period=2026-13")
    assert answer.status_code == 422
    assert "2026-Q3" in answer.content.decode()


def test_a_body_sees_itself_and_no_other(town, browser, duty):
    actions.set_duty(town.county, "plain", "yearly", since=duty.since, by=town.head, on=duty.since)
    rows = browser("chief").get(HOME).context["rows"]
    assert [one.body for one in rows] == [town.bureau]
    assert {one.body for one in browser("head").get(HOME).context["rows"]} == {town.bureau, town.county}
