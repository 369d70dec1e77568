"""How many queries the questions cost, and that they follow the day."""

from datetime import date, timedelta

import pytest

from jiannuo.registry import actions as registry
from jiannuo.registry import reading
from tests.registry.cast import DAY, KEEPER, PAPER, body

pytestmark = pytest.mark.django_db
BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def tree():
    city = body("云川市人民政府", "government")
    county = body("青禾区人民政府", "government", parent=city)
    towns = [body(f"青禾区第{n}镇人民政府", "township", parent=county) for n in range(12)]
    return city, county, towns


def test_ancestors_and_subtrees_cost_one_query_however_deep(tree, django_assert_num_queries):
    city, county, towns = tree
    with django_assert_num_queries(1):
        assert reading.ancestors(towns[0].pk, DAY) == {towns[0].pk, county.pk, city.pk}
    with django_assert_num_queries(1):
        assert reading.subtree(city.pk, DAY) == {city.pk, county.pk, *(t.pk for t in towns)}


def test_holder_name_and_story_cost_few_queries(tree, django_assert_num_queries):
    _city, county, towns = tree
    registry.merge(towns[1:], towns[0], document=PAPER, by=KEEPER, on=DAY)
    with django_assert_num_queries(1):
        assert reading.holder(towns[5].pk, DAY) == towns[0].pk
    with django_assert_num_queries(2):
        assert reading.holder_of("record:1", towns[5].pk, DAY) == towns[0].pk
    with django_assert_num_queries(1):
        assert reading.name_on(towns[5], date(2025, 1, 1)) == towns[5].name
    with django_assert_num_queries(4):
        assert len([row.body.name for row in reading.story(towns[0]).came_from]) == 11
    with django_assert_num_queries(1):
        assert list(reading.children(county.pk, DAY)) == [towns[0]]


def test_many_things_are_asked_in_two_queries(tree, django_assert_num_queries):
    _city, _county, towns = tree
    registry.merge(towns[1:], towns[0], document=PAPER, by=KEEPER, on=DAY)
    registry.assign("record:3", towns[3], towns[0], document=PAPER, by=KEEPER, on=BEFORE)
    things = {f"record:{n}": town.pk for n, town in enumerate(towns)}
    for day in (BEFORE, DAY):
        one_by_one = {thing: reading.holder_of(thing, origin, day) for thing, origin in things.items()}
        with django_assert_num_queries(2):
            assert reading.holders_of(things, day) == one_by_one
    assert set(one_by_one.values()) == {towns[0].pk}


def test_a_superior_is_above_and_not_itself(tree):
    city, county, towns = tree
    assert reading.is_superior(city.pk, towns[0].pk, DAY)
    assert not reading.is_superior(towns[0].pk, city.pk, DAY)
    assert not reading.is_superior(county.pk, county.pk, DAY)


def test_the_name_with_a_known_day_wins_over_one_without():
    bureau = body("云川市甲局", founded=None)
    registry.rename(bureau, "云川市乙局", document=PAPER, by=KEEPER, on=DAY)
    assert reading.name_on(bureau, DAY) == "云川市乙局"
    assert reading.name_on(bureau, date(2000, 1, 1)) == "云川市甲局"
