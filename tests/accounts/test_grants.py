"""Roles are given by an operator, never to oneself, never two of the three administrations to one person."""

import json
from datetime import date, timedelta

import pytest

from jiannuo.accounts import actions
from jiannuo.accounts.acting import UserActor, actor_of
from jiannuo.accounts.models import Grant, Role
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import PUBLIC, SYSTEM
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry import actions as registry
from tests.accounts.cast import DAY, account, person, town

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=30)


@pytest.fixture
def bodies():
    return town()


def actor(role: Role, body, username: str = "caozuo") -> UserActor:
    """A fresh actor who holds this role on this body since DAY."""
    who = person(str(role.label))
    actions.grant(who, role, body, by=SYSTEM, on=DAY)
    return UserActor(account(who, username, demo=False))


def code_of(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_a_role_holds_on_the_body_and_its_subtree_and_nowhere_else(bodies):
    clerk = actor(Role.REGISTRAR, bodies["county"])
    for name in ("county", "education", "health"):
        assert clerk.roles_on(bodies[name].pk, DAY) == {"registrar"}
    assert clerk.roles_on(bodies["city"].pk, DAY) == frozenset()
    assert clerk.roles_on(None, DAY) == {"registrar"}
    assert clerk.bodies_with("registrar", DAY) == {bodies[n].pk for n in ("county", "education", "health")}
    assert clerk.can("registrar", DAY, bodies["education"].pk)
    assert not clerk.can("reviewer", DAY)


def test_the_subtree_is_that_of_the_day(bodies):
    clerk = actor(Role.REGISTRAR, bodies["county"])
    registry.set_parent(bodies["health"], bodies["city"], document="云政发〔2026〕9号", by=SYSTEM, on=LATER)
    assert clerk.roles_on(bodies["health"].pk, LATER - timedelta(days=1)) == {"registrar"}
    assert clerk.roles_on(bodies["health"].pk, LATER) == frozenset()


def test_who_answers_for_an_ended_body_acts_for_it(bodies):
    clerk = actor(Role.LIAISON, bodies["education"])
    registry.merge([bodies["health"]], bodies["education"], document="云政发〔2026〕10号", by=SYSTEM, on=LATER)
    assert clerk.roles_on(bodies["health"].pk, LATER - timedelta(days=1)) == frozenset()
    assert clerk.roles_on(bodies["health"].pk, LATER) == {"liaison"}


def test_a_grant_holds_from_its_first_day_to_before_its_end(bodies):
    who = person()
    actions.grant(who, Role.REVIEWER, bodies["city"], since=LATER, until=LATER + timedelta(days=2), by=SYSTEM, on=DAY)
    reviewer = UserActor(account(who, "fuhe", demo=False))
    held = [bool(reviewer.roles_on(bodies["city"].pk, LATER + timedelta(days=n))) for n in range(-1, 3)]
    assert held == [False, True, True, False]


def test_two_accounts_of_one_person_are_one_person_with_the_same_roles(bodies):
    who = person()
    actions.grant(who, Role.REVIEWER, bodies["city"], by=SYSTEM, on=DAY)
    first, second = (UserActor(account(who, name, demo=False)) for name in ("fuhe-a", "fuhe-b"))
    assert first.ref != second.ref
    assert first.person_id == second.person_id == who.pk
    assert first.roles_on(bodies["city"].pk, DAY) == second.roles_on(bodies["city"].pk, DAY) == {"reviewer"}


def test_a_closed_account_has_no_roles(bodies):
    clerk = actor(Role.REGISTRAR, bodies["city"])
    user = actions.deactivate(clerk.user, reason="调离", by=SYSTEM, on=DAY)
    assert UserActor(user).roles_on(None, DAY) == frozenset()
    actions.reactivate(user, reason="调回", by=SYSTEM, on=DAY)
    assert UserActor(user).roles_on(None, DAY) == {"registrar"}


def test_a_visitor_is_the_public():
    from django.contrib.auth.models import AnonymousUser

    assert actor_of(AnonymousUser()) is PUBLIC


def test_a_list_of_bodies_costs_no_query_each(bodies, django_assert_max_num_queries):
    clerk = actor(Role.REGISTRAR, bodies["city"])
    with django_assert_max_num_queries(6):
        for _turn in range(20):
            for body in bodies.values():
                assert clerk.roles_on(body.pk, DAY)


def test_only_an_operator_of_the_body_gives_roles(bodies):
    registrar = actor(Role.REGISTRAR, bodies["city"], "dengji")
    operator = actor(Role.OPERATOR, bodies["county"], "caozuo")
    newcomer = person()
    give = actions.grant
    assert (
        code_of(lambda: give(newcomer, "reviewer", bodies["education"], by=registrar, on=DAY))
        == "account.not_your_role"
    )
    assert code_of(lambda: give(newcomer, "reviewer", bodies["city"], by=operator, on=DAY)) == "account.not_your_role"
    assert code_of(lambda: give(newcomer, "reviewer", bodies["city"], by=PUBLIC, on=DAY)) == "account.not_your_role"
    made = give(newcomer, "reviewer", bodies["education"], by=operator, on=DAY)
    assert made.by == operator.ref


def test_nobody_gives_himself_a_role_or_ends_his_own_whichever_account_he_uses(bodies):
    operator = actor(Role.OPERATOR, bodies["city"])
    other = UserActor(account(operator.user.person, "caozuo-2", demo=False))
    own = operator.user.person
    assert code_of(lambda: actions.grant(own, "operator", bodies["county"], by=other, on=DAY)) == "account.own"
    held = Grant.objects.get(person=own)
    assert code_of(lambda: actions.revoke_grant(held, by=other, on=DAY)) == "account.own"
    for deed in (actions.deactivate, actions.reset_factor):
        assert code_of(lambda deed=deed: deed(operator.user, reason="无", by=other, on=DAY)) == "account.own"


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("operator", "auditor"),
        ("auditor", "operator"),
        ("operator", "registrar"),
        ("registrar", "operator"),
        ("auditor", "reviewer"),
        ("head", "auditor"),
    ],
)
def test_one_person_never_holds_two_of_the_three_administrations(bodies, held, wanted):
    who = person()
    actions.grant(who, held, bodies["education"], by=SYSTEM, on=DAY)
    # not even on another body
    with pytest.raises(Refused) as refused:
        actions.grant(who, wanted, bodies["health"], by=SYSTEM, on=DAY)
    assert refused.value.code == "account.three_administrators"
    assert refused.value.field == "role"
    assert refused.value.allowed
    assert refused.value.article
    assert Grant.objects.filter(person=who).count() == 1


def test_the_three_administrations_may_follow_each_other_in_time(bodies):
    who = person()
    first = actions.grant(who, "registrar", bodies["city"], by=SYSTEM, on=DAY)
    actions.revoke_grant(first, until=LATER, by=SYSTEM, on=DAY)
    code = code_of(lambda: actions.grant(who, "auditor", bodies["city"], since=LATER - timedelta(1), by=SYSTEM, on=DAY))
    assert code == "account.three_administrators"
    actions.grant(who, "auditor", bodies["city"], since=LATER, by=SYSTEM, on=DAY)


def test_several_working_roles_on_one_person_are_allowed(bodies):
    who = person()
    for role in ("registrar", "reviewer", "archivist"):
        actions.grant(who, role, bodies["city"], by=SYSTEM, on=DAY)
    assert UserActor(account(who, "dan", demo=False)).roles_on(None, DAY) == {"registrar", "reviewer", "archivist"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": "king"}, "account.role"),
        ({"until": DAY}, "account.until_before_since"),
        ({"until": DAY - timedelta(1)}, "account.until_before_since"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(bodies, change, code):
    typed = {"role": "reviewer", "until": None} | change
    assert (
        code_of(lambda: actions.grant(person(), typed["role"], bodies["city"], until=typed["until"], by=SYSTEM, on=DAY))
        == code
    )


def test_the_same_role_twice_and_a_role_on_an_ended_body_are_refused(bodies):
    who = person()
    actions.grant(who, "reviewer", bodies["city"], by=SYSTEM, on=DAY)
    assert (
        code_of(lambda: actions.grant(who, "reviewer", bodies["city"], by=SYSTEM, on=LATER)) == "account.held_already"
    )
    registry.merge([bodies["health"]], bodies["education"], document="云政发〔2026〕10号", by=SYSTEM, on=DAY)
    bodies["health"].refresh_from_db()
    ended = code_of(lambda: actions.grant(who, "liaison", bodies["health"], by=SYSTEM, on=LATER))
    assert ended == "account.body_ended"


def test_ending_a_role_leaves_the_past_as_it_was(bodies):
    clerk = actor(Role.REGISTRAR, bodies["city"])
    held = Grant.objects.get(person=clerk.user.person)
    assert code_of(lambda: actions.revoke_grant(held, until=DAY, by=SYSTEM, on=LATER)) == "account.past"
    actions.revoke_grant(held, by=SYSTEM, on=LATER)
    fresh = UserActor(clerk.user)
    assert fresh.roles_on(None, LATER - timedelta(1)) == {"registrar"}
    assert fresh.roles_on(None, LATER) == frozenset()
    assert code_of(lambda: actions.revoke_grant(held, by=SYSTEM, on=LATER)) == "account.ended_already"


def test_the_operator_of_a_county_cannot_take_over_an_account_of_the_city(bodies):
    operator = actor(Role.OPERATOR, bodies["county"])
    city = actor(Role.OPERATOR, bodies["city"], "shi")
    deeds = [
        lambda: actions.set_password(city.user, "a long enough one 7", by=operator, on=DAY),
        lambda: actions.reset_factor(city.user, reason="丢失", by=operator, on=DAY),
        lambda: actions.add_user(city.user.person, "shi-2", "a long enough one 7", by=operator, on=DAY),
        lambda: actions.deactivate(city.user, reason="无", by=operator, on=DAY),
        lambda: actions.unlock(city.user, by=operator, on=DAY),
    ]
    assert [code_of(deed) for deed in deeds] == ["account.not_your_role"] * len(deeds)


def test_entries_tell_the_public_no_name_no_account_no_person(bodies):
    operator = actor(Role.OPERATOR, bodies["city"])
    who = actions.add_person("不公开的名字", "登记岗（乙）", by=operator, on=DAY)
    user = actions.add_user(who, "dengji-b", "a long enough one 7", by=operator, on=DAY)
    given = actions.grant(who, "registrar", bodies["city"], by=operator, on=DAY)
    actions.revoke_grant(given, reason="轮岗", by=operator, on=DAY)
    actions.deactivate(user, reason="轮岗", by=operator, on=DAY)
    entries = list(Entry.objects.filter(verb__startswith="account."))
    verbs = {entry.verb.removeprefix("account.") for entry in entries}
    assert verbs == {"person_added", "opened", "granted", "revoked", "closed"}
    for entry in entries:
        assert set(json.loads(entry.public)) <= {"verb", "subject", "body", "on", "role"}
        assert "不公开的名字" not in entry.internal
    granted = Entry.objects.get(verb="account.granted", subject=given.ref)
    assert '"role":"registrar"' in granted.public
    assert granted.body == bodies["city"].ref
    assert operator.ref in granted.internal


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "length"), ("password1234", "common"), ("dengji-a-2026", "like the name")],
)
def test_a_weak_password_is_refused_and_not_repeated(password, why):
    with pytest.raises(Refused) as refused:
        actions.add_user(person(), "dengji-a", password, by=SYSTEM, on=DAY)
    assert refused.value.code == "account.password", why
    assert password not in str(refused.value.found)


def test_a_sign_in_name_is_unique_and_lower_case():
    who = person()
    assert actions.add_user(who, " DengJi ", "a long enough one 7", by=SYSTEM, on=DAY).username == "dengji"
    assert (
        code_of(lambda: actions.add_user(who, "DENGJI", "a long enough one 7", by=SYSTEM, on=DAY))
        == "account.username_taken"
    )
    assert code_of(lambda: actions.add_user(who, "a b", "a long enough one 7", by=SYSTEM, on=DAY)) == "account.username"


def test_a_first_password_by_an_operator_must_be_changed_one_s_own_need_not():
    user = account(person(), "dengji", demo=True)
    assert user.must_change is False
    actions.set_password(user, "another long one 9", by=SYSTEM, on=DAY)
    assert user.must_change is True
    actions.set_password(user, "and a third one 10", by=UserActor(user), on=date(2026, 11, 24))
    assert user.must_change is False
