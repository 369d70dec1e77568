"""Every way in which a rulebook can be wrong is named with its file, and its line and key where it has one."""

from datetime import date

import pytest

from jiannuo.rules import load
from tests.rules.test_rulebook import TERM, made, problems

T = TERM.format(rest="status: proposal")
SOURCE = "s:\n  title: {zh: 源, en: Source}\n  status: proposal\n  kind: dishonesty\n  organs: [court]\n"
CLASS = "c:\n  title: {zh: 级, en: Class}\n  status: proposal\n"
LABEL = "l:\n  title: {zh: 字头, en: Prefix}\n  text: 信录\n"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"terms__a": "t: [1, 2"}, ("terms/a.yaml", "line")),
        ({"terms__a": "- t"}, ("terms/a.yaml", "expected keys at the top")),
        ({"terms__a": "t: 3"}, ("terms/a.yaml", "t: expected fields")),
        ({"terms__a": "1: {a: b}"}, ("terms/a.yaml", "quote it")),
        ({"terms__a": T, "terms__b": T}, ("terms/b.yaml", "stands in terms/a.yaml already")),
        ({"novel": "k: {a: b}"}, ("novel.yaml", "no such group")),
        ({"terms__a": T.replace("3, unit", "-1, unit")}, ("terms/a.yaml, line 1, t", "amount")),
        ({"terms__a": T.replace("workdays", "fortnights")}, ("terms/a.yaml, line 1, t", "unit")),
        ({"terms__a": T.replace("proposal", "certain")}, ("terms/a.yaml, line 1, t", "status")),
        ({"terms__a": T.replace("en: Term", "en: ''")}, ("terms/a.yaml, line 1, t", "title.en")),
        ({"terms__a": T.replace("en: Term", "fr: Terme")}, ("title.en", "title.fr")),
        ({"terms__a": T.replace("[{amount: 3, unit: workdays}]", "[]")}, ("terms/a.yaml, line 1, t", "values")),
        ({"terms__a": "# a line\n\n" + T.replace("starts", "begins")}, ("terms/a.yaml, line 3, t", "begins")),
        ({"sources": SOURCE.replace("dishonesty", "gossip")}, ("sources.yaml, line 1, s", "kind")),
        ({"sources": SOURCE.replace("[court]", "[]")}, ("sources.yaml, line 1, s", "organs")),
        ({"sources": SOURCE + "  relation: cousin\n"}, ("sources.yaml, line 1, s", "relation")),
        ({"classes": CLASS + "  max_term: nowhere\n"}, ("classes.c", "nowhere")),
        ({"classes": CLASS + "  published: perhaps\n"}, ("classes.yaml, line 1, c", "published")),
        ({"exceptions": CLASS + "  recheck: nowhere\n"}, ("exceptions.c", "nowhere")),
        ({"labels": LABEL.replace("信录", "''")}, ("labels.yaml, line 1, l", "text")),
        ({"calendar__x": "holidays: [2026-13-01]"}, ("calendar/x.yaml", "line 1", "2026-13-01")),
        ({"calendar__x": "hollidays: [2026-01-01]"}, ("calendar/x.yaml", "hollidays")),
    ],
)
def test_what_is_wrong_is_named(tmp_path, files, said):
    text = problems(made(tmp_path, **files))
    assert [part for part in said if part not in text] == []


def test_all_that_is_wrong_is_named_at_once(tmp_path):
    text = problems(made(tmp_path, terms__a=T.replace("workdays", "x"), sources=SOURCE.replace("dishonesty", "x")))
    assert "terms/a.yaml" in text
    assert "sources.yaml" in text


def test_a_folder_that_is_not_there_is_named(tmp_path):
    assert "there is no such folder" in problems(tmp_path / "nowhere")
    assert "there is no such folder" in problems(made(tmp_path / "base", terms__a=T), [tmp_path / "city"])


def test_a_city_adds_rules_and_days_of_its_own(tmp_path):
    base = made(tmp_path / "base", terms__a=T, labels=LABEL)
    city = tmp_path / "city"
    for name, text in {
        "terms/own": T.replace("t:\n", "own:\n", 1),
        "labels": LABEL.replace("信录", "云信录") + "  overrides: 本市的字头\n",
        "calendar/own": "holidays: [2026-11-30]\nworkdays: [2026-11-21]\n",
    }.items():
        (city / name).parent.mkdir(parents=True, exist_ok=True)
        (city / f"{name}.yaml").write_text(text, "utf-8")
    plain, laid = load(base), load(base, [city])
    assert set(laid.terms) == {"t", "own"}
    assert (plain.labels["l"].text, laid.labels["l"].text) == ("信录", "云信录")
    friday = date(2026, 11, 20)
    assert plain.terms["t"].deadline(friday).last_day == date(2026, 11, 25)
    assert laid.terms["t"].deadline(friday).last_day == date(2026, 11, 24)  # Saturday is worked
    assert laid.calendar.is_makeup(date(2026, 11, 21))
    assert plain.digest != laid.digest


def test_cities_lie_below_the_base_and_are_not_read_as_part_of_it(tmp_path):
    base = made(tmp_path, terms__a=T, cities__x__terms__b=T)
    assert set(load(base).terms) == {"t"}
