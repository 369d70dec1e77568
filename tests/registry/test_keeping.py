"""Who keeps which body, what is not registered twice, and that no change dated earlier rewrites what came after."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.registry import actions as registry
from jiannuo.registry import reading
from jiannuo.registry.models import Body, Division, OutsideParty, Succession
from tests.registry.cast import DAY, FOUNDED, KEEPER, PAPER, body, division

pytestmark = pytest.mark.django_db
BEFORE = DAY - timedelta(days=1)
LATER = DAY + timedelta(days=100)


def how(**more):
    return {"document": PAPER, "by": KEEPER, "on": DAY} | more


def refusal(act):
    with pytest.raises(Refused) as refused:
        act()
    return refused.value


@dataclass(frozen=True)
class Local:
    """A keeper of one body and all below it, since a day."""

    root: int
    since: date = FOUNDED
    ref: str = "account:2"
    person_id: int | None = 2
    employer_id: int | None = None

    def roles_on(self, body_id, on):
        reached = on >= self.since and (body_id is None or body_id in reading.subtree(self.root, on))
        return frozenset({"registry"} if reached else ())


@pytest.fixture
def places():
    city = body("云川市人民政府", "government")
    (county,) = registry.add_divisions(
        [registry.NewDivision("990102", "青禾区", "county", above=division())], by=KEEPER, on=FOUNDED
    )
    row = registry.NewBody("青禾区人民政府", "government", county, founded=FOUNDED, parent=city)
    (local,) = registry.found([row], by=KEEPER, on=FOUNDED)
    return city, local, county


def test_a_body_with_none_above_it_is_kept_by_the_keeper_of_its_place(places):
    city, local, county = places
    row = registry.NewBody("青禾区人民法院", "court", county, founded=FOUNDED)
    (court,) = registry.found([row], by=Local(local.pk), on=FOUNDED)
    registry.add_alias(court, "区法院", by=Local(local.pk), on=DAY)
    registry.add_alias(court, "青禾法院", by=Local(city.pk), on=DAY)
    row = registry.NewBody("云川市中级人民法院", "court", division(), founded=FOUNDED)
    assert refusal(lambda: registry.found([row], by=Local(local.pk), on=DAY)).code == "registry.not_your_role"
    (high,) = registry.found([row], by=Local(city.pk), on=DAY)
    assert not registry.keeps(Local(local.pk), high.pk, DAY)


def test_an_heir_is_named_only_by_a_keeper_of_the_heir(places):
    city, local, county = places
    row = registry.NewBody("青禾区甲局", "department", county, founded=FOUNDED, parent=local)
    (own,) = registry.found([row], by=KEEPER, on=FOUNDED)
    other = body("云川市乙局", parent=city)
    by = Local(local.pk)
    for act in (
        lambda: registry.abolish(own, other, **how(by=by)),
        lambda: registry.merge([own], other, **how(by=by)),
        lambda: registry.split(own, [other, local], local, **how(by=by)),
        lambda: registry.assign("record:1", own, other, **how(by=by)),
    ):
        assert refusal(act).code == "registry.not_your_role"
    registry.abolish(own, other, **how(by=Local(city.pk)))


def test_a_division_is_added_by_the_keeper_of_its_place(places):
    city, local, county = places
    other = registry.add_divisions(
        [registry.NewDivision("990103", "望川区", "county", above=division())], by=Local(city.pk), on=DAY
    )[0]
    town = registry.NewDivision("990103001", "石梁镇", "township", above=other)
    assert refusal(lambda: registry.add_divisions([town], by=Local(local.pk), on=DAY)).code == "registry.not_your_role"
    registry.add_divisions(
        [registry.NewDivision("990102001", "新桥街道", "township", above=county)], by=Local(local.pk), on=DAY
    )
    assert Division.objects.filter(level="township").count() == 1


def test_what_took_effect_before_the_keeper_came_is_entered_by_him_as_of_today(places):
    city, *_rest = places
    new = Local(city.pk, since=LATER)
    bureau = body("云川市甲局", parent=city)
    assert refusal(lambda: registry.rename(bureau, "云川市乙局", **how(by=new))).code == "registry.not_your_role"
    registry.rename(bureau, "云川市乙局", **how(by=registry.Entering(new, LATER)))
    assert reading.name_on(bureau, DAY) == "云川市乙局"
    gone = registry.Entering(new, BEFORE)
    assert refusal(lambda: registry.add_alias(bureau, "乙", by=gone, on=LATER)).code == "registry.not_your_role"


def test_one_place_has_one_body_of_a_name_at_a_time():
    first = body("云川市甲局")
    assert refusal(lambda: body("云川市甲局")).code == "registry.name_taken"
    second = body("云川市乙局")
    assert refusal(lambda: registry.rename(second, "云川市甲局", **how())).code == "registry.name_taken"
    rows = [registry.NewBody("云川市丙局", "department", division()) for _ in range(2)]
    assert refusal(lambda: registry.found(rows, by=KEEPER, on=DAY)).code == "registry.name_taken"
    registry.abolish(first, second, **how())
    assert body("云川市甲局", founded=LATER).pk != first.pk  # the name is free again, and is another body


def test_a_body_does_not_judge_itself_nor_is_judged_by_one_that_ended():
    bureau, old = body("云川市甲局"), body("云川市乙局")
    registry.abolish(old, bureau, **how())
    none = {"inspectable_by": None, "inspectable_basis": ""}
    for judge, code in ((bureau, "registry.own_judge"), (old, "registry.not_existing")):
        fault = refusal(
            lambda judge=judge: registry.set_basis(
                bureau, evaluable_by=judge, evaluable_basis="某文件", **none, by=KEEPER, on=DAY
            )
        )
        assert (fault.code, fault.field) == (code, "evaluable_by")


def test_an_end_dated_before_what_holds_now_is_refused():
    other = body("云川市末局")
    renamed = body("云川市甲局")
    registry.rename(renamed, "云川市新甲局", **how(on=LATER))
    moved = body("云川市乙局")
    registry.set_parent(moved, other, **how(on=LATER))
    upper = body("云川市丙局")
    registry.set_parent(body("云川市丙局中心", "institution"), upper, **how(on=LATER))
    held = body("云川市丁局")
    registry.appoint(registry.add_post(held, "局长", by=KEEPER, on=DAY), "某甲", by=KEEPER, on=LATER)
    for old in (renamed, moved, upper, held):
        fault = refusal(lambda old=old: registry.abolish(old, other, **how()))
        assert (fault.code, fault.field) == ("registry.before_the_last", "on"), old.name
    assert not Succession.objects.exists()
    registry.abolish(held, other, **how(on=LATER + timedelta(days=1)))


def test_posts_fall_vacant_and_short_names_end_with_the_body():
    old, heir = body("云川市甲局", short_name="市甲局", aliases=["甲"]), body("云川市乙局")
    post = registry.add_post(old, "局长", by=KEEPER, on=FOUNDED)
    row = registry.appoint(post, "某甲", by=KEEPER, on=FOUNDED)
    registry.abolish(old, heir, **how())
    row.refresh_from_db()
    assert row.until == DAY
    assert dict(old.names.values_list("kind", "until")) == {"full": DAY, "short": DAY, "alias": None}
    assert refusal(lambda: registry.appoint(post, "某乙", by=KEEPER, on=DAY)).code == "registry.not_existing"


def test_an_assignment_rewrites_no_earlier_one_and_says_something_new():
    old, part, third = body("云川市甲局"), body("云川市乙局"), body("云川市丙局")
    registry.assign("record:9", old, part, **how())
    for on in (BEFORE, DAY):
        assert refusal(lambda on=on: registry.assign("record:9", old, third, **how(on=on))).field == "on"
    assert refusal(lambda: registry.assign("record:9", old, part, **how(on=LATER))).code == "registry.answers_already"
    assert refusal(lambda: registry.assign("record:8", old, old, **how())).code == "registry.answers_already"
    registry.assign("record:9", old, third, **how(on=LATER))
    days = (BEFORE, DAY, LATER)
    assert [reading.holder_of("record:9", old.pk, day) for day in days] == [old.pk, part.pk, third.pk]


def test_a_body_whose_version_was_not_shown_does_not_end():
    first, second, heir = body("云川市甲局"), body("云川市乙局"), body("云川市丙局")
    for seen in ({}, {first.pk: first.version}):
        with pytest.raises(Stale):
            registry.merge([first, second], heir, **how(seen=seen))
    assert not Body.objects.exclude(ended=None).exists()
    first, second = Body.objects.get(pk=first.pk), Body.objects.get(pk=second.pk)
    with pytest.raises(Stale):
        registry.add_alias(first, "甲", by=KEEPER, on=DAY, seen=7)
    registry.merge([first, second], heir, **how(seen={first.pk: 1, second.pk: 1}))


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (OutsideParty(name=" ", kind="firm"), "name"),
        (OutsideParty(name="某公司", kind="bank"), "kind"),
        (OutsideParty(name="某公司", kind="firm", code="91350100M000100Y44"), "code"),
    ],
)
def test_a_party_without_name_sort_or_sound_code_is_refused(row, field):
    assert refusal(lambda: registry.add_parties([row], by=KEEPER, on=DAY)).field == field
    assert not OutsideParty.objects.exists()


def test_a_code_of_a_party_is_confirmed_and_taken_once():
    code = "91350100M000100Y44"
    registry.add_parties([OutsideParty(name="甲公司", kind="firm", code=code)], by=KEEPER, on=DAY, confirm_code=True)
    again = OutsideParty(name="乙公司", kind="firm", code=code)
    fault = refusal(lambda: registry.add_parties([again], by=KEEPER, on=DAY, confirm_code=True))
    assert (fault.code, fault.allowed) == ("registry.code_taken", "甲公司")


def test_no_circle_of_parents_is_closed_by_a_change_dated_earlier():
    first, second = body("云川市甲局"), body("云川市乙局")
    registry.set_parent(first, second, **how(on=LATER))
    fault = refusal(lambda: registry.set_parent(second, first, **how()))
    assert (fault.code, fault.field) == ("registry.parent_cycle", "parent")


def test_an_heir_two_levels_below_does_not_come_to_lead_what_leads_it():
    top = body("云川市人民政府", "government")
    old = body("云川市甲局", parent=top)
    middle = body("云川市甲局分局", parent=old)
    heir = body("云川市甲局分局中心", "institution", parent=middle)
    registry.abolish(old, heir, **how())
    assert reading.ancestors(heir.pk, DAY) == {heir.pk, middle.pk, top.pk}
    assert reading.ancestors(middle.pk, DAY) == {middle.pk, top.pk}
