"""Bad schemes: every fault at once, with file, line and key."""

import pytest
import yaml

from jiannuo.scoring import Refused, loads
from tests.scoring.make import indicator, plan, scheme, text


def faults(values):
    written = values if isinstance(values, str) else yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
    with pytest.raises(Refused) as refused:
        loads(written, "trial.yaml")
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
    ("written", "code"),
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
def test_bad_yaml(written, code):
    assert code in faults(written)


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
