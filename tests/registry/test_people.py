"""Posts and who held them, outside parties, and what the registry forgets."""

import json
from datetime import date

import pytest

from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.forgetting import forget
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry import actions as registry
from jiannuo.registry.models import Official, OutsideParty
from jiannuo.search.finding import find
from tests.registry.cast import DAY, FOUNDED, KEEPER, body

pytestmark = pytest.mark.django_db
LATER = date(2026, 9, 1)


def test_responsibility_is_as_of_a_date():
    post = registry.add_post(body("云川市甲局"), "局长", is_head=True, by=KEEPER, on=FOUNDED)
    first = registry.appoint(post, "甲某", by=KEEPER, on=DAY)
    second = registry.appoint(post, "乙某", by=KEEPER, on=LATER)
    first.refresh_from_db()
    assert (first.until, second.until) == (LATER, None)
    assert [o.official.name for o in post.occupancies.filter(since__lte=DAY).exclude(until__lte=DAY)] == ["甲某"]


def test_two_do_not_hold_one_post_and_nobody_leaves_before_coming():
    post = registry.add_post(body("云川市甲局"), "局长", by=KEEPER, on=FOUNDED)
    row = registry.appoint(post, "甲某", by=KEEPER, on=LATER)
    with pytest.raises(Refused):
        registry.appoint(post, "乙某", by=KEEPER, on=DAY)
    with pytest.raises(Refused):
        registry.leave(row, by=KEEPER, on=LATER)
    assert registry.leave(row, by=KEEPER, on=date(2026, 10, 1)).until == date(2026, 10, 1)
    with pytest.raises(Refused) as refused:
        registry.leave(row, by=KEEPER, on=date(2026, 11, 1))
    assert refused.value.code == "registry.not_in_office"


def test_no_name_of_a_person_reaches_the_public_part_or_the_search():
    post = registry.add_post(body("云川市甲局"), "局长", by=KEEPER, on=FOUNDED)
    registry.leave(registry.appoint(post, "欧阳某某", by=KEEPER, on=DAY), by=KEEPER, on=LATER)
    registry.add_parties([OutsideParty(name="欧阳某某工程队", kind="firm")], by=KEEPER, on=DAY)
    assert not [e for e in Entry.objects.all() if "欧阳" in str(e.public)]
    assert find("欧阳", on=LATER, audience="staff") == []
    assert json.loads(Entry.objects.get(verb="post.taken").public)["title"] == "局长"


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_name_is_nowhere_and_the_others_stay():
    post = registry.add_post(body("云川市甲局"), "局长", by=KEEPER, on=FOUNDED)
    gone = registry.appoint(post, "甲某", by=KEEPER, on=DAY).official
    stays = registry.appoint(post, "乙某", by=KEEPER, on=LATER).official
    (party,) = registry.add_parties([OutsideParty(name="某工程队", kind="firm")], by=KEEPER, on=DAY)
    forget([gone.ref, party.ref], basis="个人信息保护法第四十七条", by=SYSTEM, on=LATER)
    assert Official.objects.get(pk=gone.pk).name == ""
    assert Official.objects.get(pk=stays.pk).name == "乙某"
    assert OutsideParty.objects.get(pk=party.pk).name == ""
    assert not [e for e in Entry.objects.all() if "某工程队" in f"{e.public}{e.internal}"]
