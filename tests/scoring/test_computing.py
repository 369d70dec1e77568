"""Each rule of the scheme on figures that can be worked by hand."""

from decimal import Decimal

import pytest

from jiannuo.scoring import Refused
from jiannuo.scoring.measuring import Cell
from tests.scoring.make import indicator, scored, text

D = Decimal


def only(**more):
    return {"indicators": {"a": indicator(**more)}}


def code(*args, **more):
    with pytest.raises(Refused) as refused:
        scored(*args, **more)
    return refused.value.faults[0].code


def test_less_is_better():
    assert scored({"a": [0, 5, 20]}, plan_more=only(direction="less")).index == [D(100), D(75), D(0)]


def test_numerator_by_denominator_and_small_samples_drawn_to_the_mean():
    cells = [Cell(D(1), D(1), 1), Cell(D(50), D(100), 100), Cell(D(0), D(99), 99)]
    result = scored({"a": cells}, plan_more=only(shrinkage=10, select=_with_n()))
    pooled = D(51) / D(200)
    assert result.figures["a"].raw[0] == pytest.approx((1 + 10 * pooled) / 11)
    assert result.ranks == [2, 1, 3]


def test_few_cases_are_not_counted():
    cells = [Cell(D(1), D(1), 1), Cell(D(50), D(100), 100), Cell(D(0), D(99), 99)]
    result = scored({"a": cells}, plan_more=only(minimum_n=5, select=_with_n()))
    assert result.figures["a"].states == {0: "few"}
    assert result.index == [None, D(100), D(0)]
    assert result.ranks == [None, 1, 2]


def _with_n():
    return "SELECT unit, SUM(x) AS numerator, COUNT(*) AS denominator, COUNT(*) AS n FROM t GROUP BY unit"


def test_nothing_to_divide_by_is_missing():
    result = scored({"a": [Cell(D(1), D(0)), Cell(D(1), D(2)), Cell(D(0), D(2))]})
    assert result.figures["a"].states == {0: "undivided"}


@pytest.mark.parametrize(
    ("rule", "index"),
    [("reweigh", [D(0), D(100), D(50)]), ("group_mean", [D(0), D(100), D(50)]), ("zero", [D(0), D(100), D(25)])],
)
def test_missing_data(rule, index):
    columns = {"a": [0, 10, None], "b": [0, 10, 5]}
    assert scored(columns, plan_more={"defaults": {"missing": rule}}).index == index


def test_the_mean_of_the_group():
    result = scored({"a": [0, 10, 20, None]}, ["x", "x", "y", "y"], {"defaults": {"missing": "group_mean"}})
    assert result.figures["a"].imputed[3] == 20
    assert result.figures["a"].states == {3: "missing+group_mean"}


def test_too_little_is_no_score():
    result = scored({"a": [0, 10, None], "b": [None, 5, 10]}, plan_more={"coverage": "0.6"})
    assert result.index == [None, D(50), None]
    assert result.ranks == [None, 1, None]


def test_bonus_deduction_bounds_grades_and_caps():
    points = {"title": text("加减"), "select": "SELECT unit, COUNT(*) AS numerator FROM t GROUP BY unit"}
    more = {
        "instruments": {"plan": {"title": text("方案")}},
        "adjustments": {
            "good": {**points, "effect": "bonus", "points": 2, "ceiling": 5},
            "bad": {**points, "effect": "deduction", "points": 10, "ceiling": 30},
        },
        "caps": {"veto": {**points, "grade": "C", "cite": [{"instrument": "plan"}]}},
        "grades": [
            {"key": "A", "title": text("优"), "least": 90},
            {"key": "B", "title": text("良"), "least": 60},
            {"key": "C", "title": text("差")},
        ],
    }
    columns = {"a": [0, 60, 100]}
    given = {
        "adjustments": {"good": [None, D(1), D(9)], "bad": [D(1), D(0), None]},
        "caps": {"veto": [None, None, D(1)]},
    }
    result = scored(columns, plan_more=more, **given)
    assert result.index == [D(0), D(62), D(100)]
    assert result.earned == ["C", "B", "A"]
    assert result.grades == ["C", "B", "C"]
    assert result.ranks == [3, 2, 1]  # a cap changes no score and no rank


def test_ties_share_the_rank():
    assert scored({"a": [1, 2, 2, 3]}).ranks == [4, 2, 2, 1]


def test_ranks_in_the_group():
    assert scored({"a": [1, 2, 3, 4]}, ["x", "y", "x", "y"]).ranks_in_group == [2, 2, 1, 1]


def test_percentiles_hold_what_lies_beyond_them():
    within = {"percentiles": ["0.05", "0.9"]}
    # Places 0.5 and 9 of 0 … 10: quantiles 0.5 and 9 exactly where the last is not 10 but 1000.
    result = scored({"a": [*range(10), 1000, None]}, plan_more=only(treatment=within, missing="reweigh"))
    treated = result.figures["a"].treated
    assert treated.values == [D("0.5"), *map(D, range(1, 10)), D(9), None]
    assert treated.moved == {0: "low", 10: "high"}
    assert result.index[4] == D("41.18")  # 3.5 / 8.5


def test_what_has_no_answer_is_refused():
    assert code({"a": [7, 7, 7]}) == "score.constant"
    assert code({"a": [None, None]}) == "score.all_missing"
    assert code({"a": [5]}) == "score.constant"  # one unit
    assert code({"a": [1, None]}, plan_more={"defaults": {"missing": "refuse"}}) == "score.missing"
    assert code({"a": [1, None]}, ["x", "y"], {"defaults": {"missing": "group_mean"}}) == "score.no_group_mean"
    geometric = {"dimensions": {"index": {"title": text("总分"), "aggregation": "geometric"}}}
    assert code({"a": [0, 1]}, plan_more=geometric) == "score.not_positive"
    assert code({"a": [0, 1]}, plan_more=only(scale="log")) == "score.not_positive_figure"


@pytest.mark.parametrize(
    ("how", "more", "expected"),
    [
        ({"method": "rank"}, {}, [1, 2, 3]),
        ({"method": "percentile"}, {}, [0, 50, 100]),
        ({"method": "zscore", "mean": 50, "deviation": 10}, {}, [40, 50, 60]),
        ({"method": "distance_to_target"}, {"target": 20}, [0, 100, 100]),
        ({"method": "distance_to_target", "cap": False}, {"target": 20}, [0, 100, 200]),
        ({"method": "goalposts"}, {"goalposts": [20, 40]}, [0, 0, 50]),
        ({"method": "categorical", "bounds": [15, 25], "points": [0, 3, 9]}, {}, [0, 3, 9]),
        ({"method": "about_mean"}, {}, [0, 50, 100]),
        ({"method": "minmax"}, {"scale": "log"}, [0, D("63.09"), 100]),  # ln 2 / ln 3
        ({"method": "goalposts"}, {"scale": "log", "goalposts": [1, 100]}, [50, D("65.05"), D("73.86")]),
    ],
)
def test_normalisations(how, more, expected):
    assert scored({"a": [10, 20, 30]}, plan_more=only(normalisation=how, **more)).index == expected
