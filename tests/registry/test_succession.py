"""Merging, splitting, abolishing: one general heir, nothing rewritten, and what is refused."""

from datetime import date, timedelta

import pytest

from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.registry import actions as registry
from jiannuo.registry import reading
from jiannuo.registry.models import Body, Heir, Succession
from tests.registry.cast import DAY, FOUNDED, KEEPER, PAPER, body

pytestmark = pytest.mark.django_db
BEFORE = DAY - timedelta(days=1)
LATER = date(2027, 1, 4)


def how(**more):
    return {"document": PAPER, "by": KEEPER, "on": DAY} | more


def test_after_a_merger_the_heir_answers_and_the_day_before_it_did_not():
    culture, tourism, both = body("云川市文化局"), body("云川市旅游局"), body("云川市文化和旅游局")
    registry.merge([culture, tourism], both, **how())
    for old in (culture, tourism):
        assert reading.holder(old.pk, BEFORE) == old.pk
        assert reading.holder(old.pk, DAY) == both.pk
        old.refresh_from_db()
        assert (old.ended, reading.name_on(old, BEFORE)) == (DAY, old.name)
    assert set(reading.predecessors(both.pk)) == {culture.pk, tourism.pk}
    assert {row.body for row in reading.story(both).came_from} == {culture, tourism}
    assert reading.story(culture).went_to.heir == both
    assert Entry.objects.filter(verb="body.merged").count() == 2


def test_a_body_may_be_merged_into_one_that_lived_already():
    small, large = body("云川市粮食局"), body("云川市发展和改革委员会")
    registry.merge([small], large, **how())
    assert reading.holder(small.pk, DAY) == large.pk
    assert Body.objects.get(pk=large.pk).ended is None


def test_a_split_has_one_general_heir_and_the_other_part_holds_only_what_is_assigned():
    old, heir, part = body("云川市城乡建设局"), body("云川市住房局"), body("云川市城管局")
    registry.split(old, [heir, part], heir, **how())
    registry.assign("record:9", old, part, **how())
    assert reading.holder_of("record:8", old.pk, DAY) == heir.pk
    assert reading.holder_of("record:9", old.pk, DAY) == part.pk
    assert reading.holder_of("record:9", old.pk, BEFORE) == old.pk
    assert Succession.objects.get(body=old).parts.get().body == part


def test_what_was_assigned_passes_on_when_the_receiver_ends():
    old, part, last = body("云川市甲局"), body("云川市乙局"), body("云川市丙局")
    registry.assign("record:9", old, part, **how())
    registry.abolish(part, last, **how(on=LATER))
    assert reading.holder_of("record:9", old.pk, LATER) == last.pk


def test_inheritance_passes_through_several_ends():
    first, second, third = body("云川市甲局"), body("云川市乙局"), body("云川市丙局")
    registry.abolish(first, second, **how())
    registry.abolish(second, third, **how(on=LATER))
    days = [BEFORE, DAY, LATER - timedelta(days=1), LATER]
    assert [reading.holder(first.pk, day) for day in days] == [first.pk, second.pk, second.pk, third.pk]
    assert Heir.objects.filter(origin=first).count() == 3


def test_what_an_ended_body_led_comes_under_its_heir_and_stays_below_the_city():
    city = body("云川市人民政府", "government")
    old, heir = body("云川市甲局", parent=city), body("云川市乙局", parent=city)
    below = body("云川市甲局服务中心", "institution", parent=old)
    registry.abolish(old, heir, **how())
    assert reading.ancestors(below.pk, BEFORE) == {below.pk, old.pk, city.pk}
    assert reading.ancestors(below.pk, DAY) == {below.pk, heir.pk, city.pk}


def test_an_heir_that_the_ended_body_led_comes_under_what_led_it():
    city = body("云川市人民政府", "government")
    old = body("云川市甲局", parent=city)
    below = body("云川市甲局服务中心", "institution", parent=old)
    registry.abolish(old, below, **how())
    assert reading.ancestors(below.pk, DAY) == {below.pk, city.pk}
    assert old.pk in reading.subtree(city.pk, DAY)


def test_an_ended_heir_is_refused():
    first, second, third = body("云川市甲局"), body("云川市乙局"), body("云川市丙局")
    registry.abolish(first, second, **how())
    with pytest.raises(Refused) as refused:
        registry.abolish(third, first, **how(on=LATER))
    assert (refused.value.code, refused.value.field) == ("registry.not_existing", "heir")


def test_an_heir_that_ends_in_the_same_act_is_refused():
    first, second = body("云川市甲局"), body("云川市乙局")
    with pytest.raises(Refused) as refused:
        registry.merge([first, second], second, **how())
    assert refused.value.code in {"registry.own_heir", "registry.dead_heir"}
    assert not Succession.objects.exists()


def test_a_cycle_entered_with_an_earlier_day_is_refused():
    first, second, third = body("云川市甲局"), body("云川市乙局"), body("云川市丙局")
    registry.abolish(first, second, **how(on=LATER))
    registry.abolish(third, first, **how())
    with pytest.raises(Refused):
        registry.abolish(second, first, **how())
    second.refresh_from_db()
    assert second.ended is None


@pytest.mark.parametrize(
    ("on", "code"), [(date(1999, 12, 31), "registry.not_existing"), (FOUNDED, "registry.ends_as_founded")]
)
def test_no_body_ends_before_or_as_it_is_founded(on, code):
    first, second = body("云川市甲局"), body("云川市乙局", founded=date(1990, 1, 1))
    with pytest.raises(Refused) as refused:
        registry.abolish(first, second, **how(on=on))
    assert refused.value.code == code


def test_no_body_ends_twice():
    first, second, third = body("云川市甲局"), body("云川市乙局"), body("云川市丙局")
    registry.abolish(first, second, **how())
    with pytest.raises(Refused) as refused:
        registry.abolish(first, third, **how(on=LATER))
    assert refused.value.code == "registry.not_existing"


def test_one_body_named_twice_is_refused_in_words():
    first, second = body("云川市甲局"), body("云川市乙局")
    with pytest.raises(Refused) as refused:
        registry.merge([first, first], second, **how())
    assert refused.value.code == "registry.named_twice"


def test_a_split_into_one_or_into_itself_is_refused():
    old, heir, part = body("云川市甲局"), body("云川市乙局"), body("云川市丙局")
    for into, chosen in (([heir], heir), ([heir, heir], heir), ([heir, part], old), ([old, part], part)):
        with pytest.raises(Refused):
            registry.split(old, into, chosen, **how())
    assert not Succession.objects.exists()


def test_an_end_needs_its_document_and_the_version_that_was_read():
    first, second = body("云川市甲局"), body("云川市乙局")
    with pytest.raises(Refused) as refused:
        registry.abolish(first, second, **how(document=" "))
    assert refused.value.field == "document"
    seen = {first.pk: first.version}
    registry.rename(first, "云川市新甲局", **how())
    with pytest.raises(Stale):
        registry.abolish(first, second, **how(on=LATER, seen=seen))
    assert not Succession.objects.exists()


def test_the_derived_table_is_the_pure_function_of_the_successions():
    bodies = [body(f"云川市第{n}局") for n in range(6)]
    for n in range(5):
        registry.abolish(bodies[n], bodies[n + 1], **how(on=DAY + timedelta(days=n)))
    from jiannuo.registry.succession import Passing, holdings

    rows = holdings(Passing(s.body_id, s.heir_id, s.on) for s in Succession.objects.all())
    table = Heir.objects.values_list("origin_id", "holder_id", "since", "until")
    assert set(table) == {(r.origin, r.holder, r.since, r.until) for r in rows}
