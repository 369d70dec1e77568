"""What holds for every set of figures."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiannuo.scoring import Refused, compare, compute, robustness
from jiannuo.scoring.exact.numbers import arithmetic, published
from jiannuo.scoring.overtaking import overtaking
from jiannuo.scoring.scheme import Robustness
from tests.scoring.make import measured, scheme, scored

figure = st.decimals(-1000, 1000, places=3)
maybe = st.one_of(figure, st.none())


@st.composite
def sheets(draw, cells=maybe, least=3):
    """Three indicators of some units; each has two figures that differ, so that it can be compared."""
    count = draw(st.integers(least, 8))
    sheet = {key: draw(st.lists(cells, min_size=count, max_size=count)) for key in "abc"}
    for column in sheet.values():
        low = draw(figure)
        column[:2] = [low, low + draw(st.decimals("0.001", 100, places=3))]
    return sheet


def with_mean(mean, lo=0):
    return {
        "dimensions": {"index": {"title": {"zh": "总分", "en": "Index"}, "aggregation": mean}},
        "defaults": {"normalisation": {"method": "minmax", "lo": lo}},
    }


@given(sheets(), st.sampled_from(["arithmetic", "geometric"]))
def test_contributions_add_up(sheet, mean):
    result = scored(sheet, plan_more=with_mean(mean, 1))
    for place, score in enumerate(result.published["index"]):
        shares = result.shares("index", place)
        total = sum(share.brought for share in shares)
        if score is None:
            assert not shares
        elif mean == "arithmetic":
            assert total == score
        else:
            unrounded = result.scores["index"][place]
            assert total == unrounded.ln().quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")


@given(sheets(figure), st.sampled_from(["arithmetic", "geometric", "harmonic", "median"]), st.data())
def test_a_better_value_never_lowers_the_score(sheet, mean, data):
    place = data.draw(st.integers(0, len(sheet["a"]) - 1))
    plan = scheme(tuple(sheet), **with_mean(mean))
    fixed = plan.model_copy(
        update={
            "indicators": {
                key: one.model_copy(
                    update={"goalposts": (Decimal(-2000), Decimal(2000)), "normalisation": _posts()},
                )
                for key, one in plan.indicators.items()
            }
        }
    )
    before = compute(fixed, measured(sheet)).scores["index"][place]
    better = {key: list(column) for key, column in sheet.items()}
    better["a"][place] += data.draw(st.decimals("0.001", 500, places=3))
    assert compute(fixed, measured(better)).scores["index"][place] >= before


def _posts():
    from jiannuo.scoring.scheme import Goalposts

    return Goalposts(method="goalposts", lo=Decimal(1))


@given(sheets(), st.integers(1, 9999), figure, st.randoms(use_true_random=False))
def test_neither_unit_of_measurement_nor_order_of_units_matters(sheet, factor, shift, random):
    base = scored(sheet)
    scaled = {key: [None if x is None else x * factor + shift for x in column] for key, column in sheet.items()}
    assert scored(scaled).index == base.index
    order = list(range(len(sheet["a"])))
    random.shuffle(order)
    turned = scored({key: [column[place] for place in order] for key, column in sheet.items()})
    assert [turned.index[order.index(place)] for place in range(len(order))] == base.index


@given(sheets())
def test_harmonic_is_below_geometric_is_below_arithmetic(sheet):
    columns = [
        scored(sheet, plan_more=with_mean(mean, 1)).scores["index"] for mean in ("harmonic", "geometric", "arithmetic")
    ]
    tiny = Decimal("1e-30")
    with arithmetic():
        for low, middle, high in zip(*columns, strict=True):
            assert low is None or (low <= middle + tiny and middle <= high + tiny)


@settings(max_examples=25)
@given(sheets(figure), st.booleans())
def test_an_interval_holds_its_rank(sheet, leave_out):
    result = scored(sheet)
    found = robustness(result, Robustness(replicates=50, seed=3, leave_out=leave_out))
    for rank, one in zip(result.ranks, found.units, strict=True):
        assert one.low <= rank <= one.high
        assert one.low <= one.median <= one.high


@given(sheets(figure), sheets(figure))
def test_the_causes_of_a_move_add_up(first, second):
    before, after = scored(first), scored(second, plan_more=with_mean("geometric", 1))
    for move in compare(before, after):
        if move.score_before is not None and move.score_after is not None:
            assert sum(move.causes.values()) == move.score_after - move.score_before


def test_what_would_pass_the_next_one_does():
    columns = {"a": [0, 10, 60, 100], "b": [50, 60, 100, 0]}
    result = scored(columns)
    for place, rank in enumerate(result.ranks):
        ways = overtaking(result, place)
        assert bool(ways) == (rank != 1)
        for way in ways:
            rival = next(n for n, unit in enumerate(result.units) if unit.code == way.rival)
            changed = {key: list(one.normalised) for key, one in result.figures.items()}
            changed[way.indicator][place] += way.rise
            moved = sum(column[place] for column in changed.values()) / 2
            assert published(moved, 2) > result.index[rival]
            assert published(moved - Decimal("0.005"), 2) <= result.index[rival]  # the least rise that does


@pytest.mark.parametrize(
    "treatment", [{"winsorise": 2, "log": True}, {"percentiles": ["0.1", "0.975"]}], ids=["steps", "percentiles"]
)
@pytest.mark.parametrize("mean", ["arithmetic", "median"])
@pytest.mark.parametrize("method", ["minmax", "zscore", "rank", "percentile", "about_mean"])
def test_doubles_give_the_ranks_of_the_decimals(method, mean, treatment):
    columns = {
        "a": [3, 1, 4, 1, 5, 9, 2, 6, None, 5],
        "b": [2, 7, 1, 8, 2, 8, 1, 8, 2, 8],
        "c": [1, 6, 1, 8, 0, 3, 3, 9, 8, None],
    }
    more = with_mean(mean) | {"defaults": {"normalisation": {"method": method}, "treatment": treatment}}
    result = scored(columns, plan_more=more)
    found = robustness(result, Robustness(replicates=1, seed=1))  # refuses where the base differs
    assert list(found.ranks[0]) == [rank or 0 for rank in result.ranks]


def test_a_way_that_gives_no_score_stops_the_whole():
    result = scored({"a": [0, 1, 2], "b": [2, 1, 0]})
    with pytest.raises(Refused) as refused:
        robustness(result, Robustness(replicates=10, seed=1, aggregations=("geometric",)))
    assert refused.value.faults[0].code == "robust.undefined"
