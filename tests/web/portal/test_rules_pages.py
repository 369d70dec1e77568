"""The rules we follow, and the calculator: each bad input is told what was found and what is allowed."""

import pytest

from jiannuo.rules import book


def test_every_rule_is_listed_and_has_its_page(client, db):
    page = client.get("/en/rules/").content.decode()
    for one in book().rules():
        assert f"/en/rules/{one.group}/{one.key}/" in page
        answer = client.get(f"/rules/{one.group}/{one.key}/")
        assert answer.status_code == 200
        assert one.rule.title.zh in answer.content.decode()
    assert client.get("/rules/terms/none/").status_code == 404


def test_the_filter_shows_only_rules_of_that_mark(client, db):
    page = client.get("/en/rules/", {"status": "verified"}).content.decode()
    for one in book().rules():
        assert (f"/en/rules/{one.group}/{one.key}/" in page) == (one.rule.status == "verified")


def test_the_calculator_says_the_day_and_every_step(client, db):
    page = client.get("/en/rules/calculator/", {"term": "record.enter", "start": "2026-09-30"}).content.decode()
    assert "The last day is 2026-10-15" in page
    assert "Days off passed over: 10-01 – 10-07, 10-11." in page
    assert "Make-up working days counted: 10-10." in page


def test_the_calculator_agrees_with_every_worked_example(client, db):
    for key, term in book().terms.items():
        for example in term.row.examples:
            page = client.get("/rules/calculator/", {"term": key, "start": example.start}).content.decode()
            assert str(example.last_day) in page


def test_a_year_without_announced_holidays_is_provisional(client, db):
    page = client.get("/en/rules/calculator/", {"term": "record.enter", "start": "2031-05-06"}).content.decode()
    assert "Provisional: the holidays of that year" in page


@pytest.mark.parametrize(
    ("term", "start", "words"),
    [
        ("record.enter", "", "is not a day. Write it as"),
        ("record.enter", "明天", "“明天” is not a day"),
        ("record.enter", "2026-02-30", "“2026-02-30” is not a day"),
        ("record.enter", "0001-01-01", "lies outside the calendar"),
        ("record.enter", "9999-12-31", "lies outside the calendar"),
        ("none", "2026-09-30", "There is no such rule: none"),
        ("record.enter", "<script>", "“&lt;script&gt;” is not a day"),
    ],
)
def test_bad_input_says_what_was_found_and_what_is_allowed(client, db, term, start, words):
    response = client.get("/en/rules/calculator/", {"term": term, "start": start})
    assert response.status_code == 200
    assert words in response.content.decode()


def test_the_last_day_of_the_calendar_can_be_counted(client, db):
    for term in book().terms:
        assert client.get("/rules/calculator/", {"term": term, "start": "2100-01-01"}).status_code == 200
