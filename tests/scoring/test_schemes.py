"""Bad schemes: every fault at once, with file, line and key."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jiannuo.scoring import Refused, loads
from tests.scoring.make import indicator, plan, scheme, text, written


def faults(values):
    with pytest.raises(Refused) as refused:
        loads(values if isinstance(values, str) else written(values), "trial.yaml")
    for fault in refused.value.faults:
        assert fault.file == "trial.yaml"
        for language in ("zh", "en"):
            assert "trial.yaml" in fault.say(language)
    return {fault.code: fault for fault in refused.value.faults}


def changed(change):
    values = plan()
    change(values)
    return values


def dims(**rows):
    return lambda values: values.update(dimensions=rows)


def dim(parent=None, **more):
    return {"title": text("维度"), **({"parent": parent} if parent else {}), **more}


BAD = {
    "scheme.cycle": lambda v: v["dimensions"].update(x=dim("y"), y=dim("x")),
    "scheme.root": dims(index=dim(), other=dim()),
    "scheme.parent": lambda v: v["indicators"].update(c=indicator("nowhere")),
    "scheme.childless": lambda v: v["dimensions"].update(x=dim("index")),
    "scheme.weights": lambda v: v.update(weights="hundred"),
    "scheme.extra_forbidden": lambda v: v["indicators"]["a"].update(wieght=1),
    "scheme.missing": lambda v: v["indicators"]["a"].pop("unit"),
    "scheme.union_tag_invalid": lambda v: v["indicators"]["a"].update(normalisation={"method": "magic"}),
    "scheme.literal_error": lambda v: v["indicators"]["a"].update(direction="up"),
    "scheme.target": lambda v: v["indicators"]["a"].update(normalisation={"method": "distance_to_target"}),
    "scheme.goalposts": lambda v: v["indicators"]["a"].update(normalisation={"method": "goalposts"}),
    "scheme.denomination": lambda v: v["indicators"]["a"].update(denomination="people"),
    "scheme.cite": lambda v: v["indicators"]["a"].update(cite=[{"instrument": "nowhere"}]),
    "scheme.grades": lambda v: v.update(grades=[{"key": "A", "title": text("优")}, {"key": "B", "title": text("良")}]),
    "scheme.greater_than": lambda v: v["indicators"]["a"].update(weight=0),
    "measure.not_select": lambda v: v["indicators"]["a"].update(select="DROP TABLE t"),
    "measure.columns": lambda v: v["indicators"]["a"].update(select="SELECT unit FROM t"),
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_scheme(code):
    found = faults(changed(BAD[code]))
    assert code in found, found
    assert found[code].line > 0
    assert found[code].key


@pytest.mark.parametrize(
    ("treatment", "said"),
    [
        ({"percentiles": ["0.9", "0.1"]}, "The lower share first"),
        ({"percentiles": ["0.1", "0.9"], "winsorise": 2}, "Either percentiles, or winsorise and log"),
    ],
)
def test_outliers_are_treated_in_one_way(treatment, said):
    (fault,) = faults(changed(lambda v: v["indicators"]["a"].update(treatment=treatment))).values()
    assert said in fault.say("en")


def full():
    """A scheme that uses every sort of field once."""
    select = "SELECT unit, SUM(x) AS numerator FROM t GROUP BY unit"
    cited = {"title": text("题"), "select": select, "cite": [{"instrument": "plan", "article": "二(二)"}]}
    post = {"method": "goalposts", "cap": False}
    classes = {"method": "categorical", "bounds": [1, "2.5"], "points": [0, 50, 100]}
    values = plan(
        dimensions={"index": dim(coverage="0.5"), "low": dim("index", weight=2, aggregation="geometric")},
        indicators={
            "a": indicator("low", goalposts=[1, 9], normalisation=post, scale="log", shrinkage=3, missing="group_mean"),
            "b": indicator("index", normalisation=classes, treatment={"percentiles": ["0.1", "0.9"]}, minimum_n=3),
            "c": indicator("index", target=7, treatment={"winsorise": 2, "log": True}, denomination="people"),
        },
        denominators={"people": cited},
        adjustments={"praise": {**cited, "effect": "bonus", "points": 1, "ceiling": 5}},
        caps={"no": {**cited, "grade": "B"}},
        grades=[{"key": "A", "title": text("优"), "least": 80}, {"key": "B", "title": text("良")}],
        instruments={"plan": {"title": text("方案"), "since": "2017-05-22"}},
        robustness={"seed": 1, "normalisations": [{"method": "rank"}], "missing": ["reweigh"], "interval": "0.9"},
        bounds=[0, 120],
        defaults={"missing": "zero"},
    )
    loads(written(values))
    return values


def places(value, path=()):
    yield path
    for key, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(below, (*path, key))


@settings(max_examples=300)
@given(
    st.sampled_from([path for path in places(full()) if path]),
    st.sampled_from(["", "x", "NaN", "1e400", "-1", -1, 0, 7, "0.5", True, None, [], [1], [9, 1, 5], {}, {"x": 1}]),
)
def test_whatever_stands_in_a_place_it_is_taken_or_refused_in_both_languages(path, value):
    values = full()
    at = values
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    try:
        loads(written(values), "trial.yaml")
    except Refused as refused:
        for fault in refused.faults:
            assert fault.line > 0
            assert "不能接受" not in fault.say("zh")  # a message of the library beneath, in English


@pytest.mark.parametrize(
    ("text_", "code"),
    [
        ("", "scheme.empty"),
        ("- a\n- b", "scheme.empty"),
        ("a: [1, 2", "scheme.yaml"),
        ("a: 1\na: 2", "scheme.twice"),
        ("a: &x [1]\nb: *x", "scheme.nested"),
        ("a: !!python/object/apply:os.system ['true']", "scheme.extra_forbidden"),
        ("[" * 60 + "]" * 60, "scheme.nested"),
    ],
)
def test_bad_yaml(text_, code):
    assert code in faults(text_)


@pytest.mark.parametrize(
    ("change", "known", "unknown"),
    [
        (lambda v: v.update(titel=1), "title", "parent"),
        (lambda v: v["indicators"]["a"].update(wieght=1), "weight", "aggregation"),
        (lambda v: v["indicators"]["a"].update(normalisation={"method": "zscore", "avg": 1}), "mean", "lo"),
    ],
)
def test_an_unknown_key_is_told_the_known_ones(change, known, unknown):
    said = faults(changed(change))["scheme.extra_forbidden"].allowed.en.split(", ")
    assert known in said
    assert unknown not in said


def test_the_line_is_that_of_the_key():
    written = yaml.safe_dump(changed(BAD["scheme.literal_error"]), allow_unicode=True, sort_keys=False)
    fault = faults(written)["scheme.literal_error"]
    assert "direction" in written.splitlines()[fault.line - 1]
    assert fault.key == "indicators.a.direction"


def test_decimals_are_as_written():
    values = plan()
    values["indicators"]["a"]["weight"] = 0.1
    assert str(loads(yaml.safe_dump(values)).weight("a")) == "0.1"


def test_weights_that_add_up():
    values = plan(weights="points")
    values["indicators"]["a"]["weight"], values["indicators"]["b"]["weight"] = 40, 60
    assert loads(yaml.safe_dump(values)).weights == "points"


def test_the_tree_bottom_up():
    values = plan(dimensions={"index": dim(), "x": dim("index"), "y": dim("x")})
    values["indicators"] = {"a": indicator("x"), "b": indicator("y")}
    made = loads(yaml.safe_dump(values))
    assert made.bottom_up == ("y", "x", "index")
    assert made.parts["x"] == ("y", "a")
    assert scheme().root == "index"
