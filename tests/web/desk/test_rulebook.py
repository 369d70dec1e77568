"""The rulebook on the desk: what waits, where it stands and bites, who may decide, which years are published."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from jiannuo.rules import book
from jiannuo.rules.calendar import LAST_YEAR
from jiannuo.rules.schema import Status
from jiannuo.web.desk.rulebook import mentions, readings, years

from .registry_cast import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_chinese():
    translation.activate("zh-hans")


@pytest.fixture
def page(town):
    return signed_in(town.legal).get(reverse("desk:rules"))


def test_every_unverified_rule_is_on_the_work_list_once_with_its_place(page):
    tasks = [task for reading in page.context["readings"] for task in reading.tasks]
    waiting = {(row.group, row.key) for row in book().rules() if row.rule.status is Status.UNVERIFIED}
    assert sorted((task.listed.group, task.listed.key) for task in tasks) == sorted(waiting)
    assert page.context["waiting"] == len(waiting)
    assert sum(count for _name, _label, count, _long in page.context["statuses"]) == page.context["total"]
    html = page.content.decode()
    for task in tasks:
        file, _colon, line = task.place.partition(":")
        text = (Path(settings.RULEBOOK_DIR) / file).read_text("utf-8").splitlines()[int(line) - 1]
        assert text.startswith(f"{task.listed.key}:"), task.place
        assert f"rulebook/{task.place}" in html
        assert reverse("portal:rule", args=[task.listed.group, task.listed.key]) in html
    assert str(settings.BASE_DIR) not in html  # no path of this machine


def test_rules_are_listed_by_the_instrument_that_is_to_be_read(page):
    for reading in page.context["readings"]:
        for task in reading.tasks:
            cites = [cite.instrument for cite in task.listed.rule.cite]
            assert (cites[0] if cites else "") == reading.key
            assert (reading.instrument is None) == (not cites)


def test_a_term_names_the_steps_classes_and_files_that_use_it():
    tasks = {task.listed.key: task for reading in readings(list(book().rules())) for task in reading.tasks}
    labels = {str(which) for _what, which in tasks["record.statement"].used}
    assert "告知机构" in labels or len(labels) == 1
    longest = [getattr(which, "zh", "") for _what, which in tasks["publication.max.serious"].used]
    assert "严重" in longest
    grounds = {row.title.zh for row in book().exceptions.values() if row.recheck == "exception.recheck"}
    assert grounds <= {getattr(which, "zh", "") for _what, which in tasks["exception.recheck"].used}
    assert any(name.startswith("records/") for name in mentions("record.check"))
    assert mentions("no.such.term") == []


def test_the_other_marks_and_a_mark_that_is_none(town):
    client = signed_in(town.stranger)  # everybody at the desk reads
    for status in Status:
        page = client.get(reverse("desk:rules"), {"status": status.value})
        tasks = [task for reading in page.context["readings"] for task in reading.tasks]
        assert {task.listed.rule.status for task in tasks} == {status}
        assert len(tasks) == page.context["shown"]
    page = client.get(reverse("desk:rules"), {"status": "certain"})
    assert page.context["faults"][0].found == "certain"
    assert page.context["readings"] == []


def test_competence_shows_every_source_with_the_organs_in_words(page):
    shown = {one["key"]: one for one in page.context["sources"]}
    assert set(shown) == set(book().sources)
    html = page.content.decode().split('id="competence"')[1]
    for row in book().sources.values():
        assert row.title.zh in html
    assert "人民法院" in html
    assert ">court<" not in html


def test_the_calendar_says_which_years_are_published_and_which_provisional(page):
    for one in page.context["years"]:
        assert one["is_provisional"] == (one["year"] > LAST_YEAR and one["year"] not in book().calendar.published)
        assert 240 < one["workdays"] < 262
    assert [one["year"] for one in page.context["years"]][2] == timezone.localdate().year
    assert years(2026, book().digest)[2]["makeup"] > 0


def test_it_is_read_only_and_for_staff(page, client):
    assert 'method="post"' not in page.content.decode().split("<main")[1]
    assert client.get(reverse("desk:rules")).status_code == 302
