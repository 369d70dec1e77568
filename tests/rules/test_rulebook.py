"""The rulebook as a lawyer writes it: what is right loads, what is wrong is named with file, line and key."""

import pytest

from jiannuo.rules import BadRulebook, book, load
from jiannuo.rules.competence import Party, may_determine
from jiannuo.rules.schema import Status

INSTRUMENT = "law:\n  title: {zh: 法, en: Law}\n"
TERM = """t:
  title: {{zh: 期限, en: Term}}
  starts: {{zh: 当日, en: that day}}
  values: [{{amount: 3, unit: workdays}}]
  {rest}
"""


def made(folder, **files):
    for name, text in {"instruments": INSTRUMENT, **files}.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def problems(*args):
    with pytest.raises(BadRulebook) as caught:
        load(*args)
    return "\n".join(caught.value.problems)


def test_the_rulebook_loads_and_every_rule_is_cited_or_a_proposal():
    rules = list(book().rules())
    assert len(rules) > 40
    assert all(listed.rule.cite or listed.rule.status is Status.PROPOSAL for listed in rules)


def test_a_missing_citation_is_named(tmp_path):
    text = problems(made(tmp_path, terms__a=TERM.format(rest="status: verified")))
    assert "terms/a.yaml, line 1, t" in text
    assert "citation" in text


def test_an_unknown_instrument_is_named(tmp_path):
    rest = "status: verified\n  cite: [{instrument: nowhere}]"
    assert "nowhere" in problems(made(tmp_path, terms__a=TERM.format(rest=rest)))


def test_an_unknown_key_is_named(tmp_path):
    assert "colour" in problems(made(tmp_path, terms__a=TERM.format(rest="status: proposal\n  colour: red")))


def test_a_key_that_stands_twice_is_named(tmp_path):
    rest = "status: proposal\n  status: proposal"
    assert "stands twice" in problems(made(tmp_path, terms__a=TERM.format(rest=rest)))


@pytest.mark.parametrize("amount", ["010", "3.0", "yes", "'3'", "true"])
def test_the_traps_of_yaml_do_not_become_numbers(tmp_path, amount):
    text = TERM.format(rest="status: proposal").replace("amount: 3", f"amount: {amount}")
    assert "amount" in problems(made(tmp_path, terms__a=text))


def test_on_is_a_word_and_not_a_boolean(tmp_path):
    assert "on: Extra inputs" in problems(made(tmp_path, terms__a=TERM.format(rest="status: proposal\n  on: x")))


def test_a_loss_must_be_quoted(tmp_path):
    row = "c:\n  title: {zh: 级, en: Class}\n  status: proposal\n  loss_from: 1.10\n"
    folder = made(tmp_path, classes=row)
    assert load(folder).classes["c"].loss_from is not None  # an unquoted 1.10 is read as text, exactly
    assert str(load(folder).classes["c"].loss_from) == "1.10"


def test_a_wrong_example_stops_the_start(tmp_path):
    rest = "status: proposal\n  examples: [{start: 2026-09-30, last_day: 2026-10-05}]"
    assert "counting gives 2026-10-10" in problems(made(tmp_path, terms__a=TERM.format(rest=rest)))


def test_a_gap_between_values_is_refused(tmp_path):
    values = "values: [{amount: 3, unit: days, until: 2020-01-01}, {amount: 4, unit: days, since: 2020-02-01}]"
    text = TERM.format(rest="status: proposal").replace("values: [{amount: 3, unit: workdays}]", values)
    assert "without gap" in problems(made(tmp_path, terms__a=text))


def test_a_city_replaces_a_rule_only_with_a_reason(tmp_path):
    base = made(tmp_path / "base", terms__a=TERM.format(rest="status: proposal"))
    silent = tmp_path / "silent"
    (silent / "terms").mkdir(parents=True)
    (silent / "terms" / "b.yaml").write_text(TERM.format(rest="status: proposal").replace("3", "2"), "utf-8")
    assert "overrides" in problems(base, [silent])
    (silent / "terms" / "b.yaml").write_text(
        TERM.format(rest="status: proposal\n  overrides: 本市办法更严").replace("3", "2"), "utf-8"
    )
    city = load(base, [silent])
    assert city.terms["t"].row.values[0].amount == 2
    assert city.digest != load(base).digest


def test_who_may_determine_is_data():
    sources, bureau = book().sources, Party("department", "city")

    def fault(source, kind, relation, subject=bureau, level="city"):
        return may_determine(sources[source], Party(kind, level), relation, subject).fault

    assert fault("JUDGMENT", "court", "other") == ""
    assert fault("JUDGMENT", "department", "other") == "organ"
    assert fault("DEFAULT", "department", "superior") == ""
    assert fault("DEFAULT", "department", "other") == "relation"
    assert fault("ARREARS", "department", "other") == "relation"
    assert fault("ADMIN_PENALTY", "department", "self") == "relation"
    assert fault("DISCIPLINE", "department", "self") == ""  # the appointing organ disciplines its own staff
    assert fault("SEVERE_LN", "group", "superior") == "organ"  # only the province's leading group
    assert fault("SEVERE_LN", "group", "superior", level="province") == "subject"
    assert fault("SEVERE_LN", "group", "superior", Party("government", "city"), "province") == ""
