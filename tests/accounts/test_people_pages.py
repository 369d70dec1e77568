"""The desk's pages “who may do what”: who sees them, and that every fault stays on the form with its reason."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jiannuo.accounts import actions
from jiannuo.accounts.models import Grant, Person, Role, User
from jiannuo.accounts.trial import PASSWORD
from jiannuo.lifecycle.actor import SYSTEM
from tests.accounts.cast import DAY, account, person, town
from tests.signin import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def bodies():
    return town()


def staff(role: Role, body, username: str) -> User:
    who = person(str(role.label))
    actions.grant(who, role, body, since=DAY.replace(year=2020), by=SYSTEM, on=DAY)
    return account(who, username)


@pytest.fixture
def operator(bodies) -> Client:
    return sign_in(Client(), staff(Role.OPERATOR, bodies["city"], "caozuo"))


def test_the_list_shows_who_holds_what_on_the_day_chosen(operator, bodies):
    today = timezone.localdate()
    who = actions.add_person("乙某", "登记岗（乙）", by=SYSTEM, on=DAY)
    actions.grant(who, Role.REGISTRAR, bodies["education"], since=today, by=SYSTEM, on=DAY)
    page = operator.get(reverse("desk:people"), {"role": "registrar"})
    assert [p.post_title for p in page.context["persons"]] == ["登记岗（乙）"]
    assert "雁鸣县教育局" in page.content.decode()
    before = operator.get(reverse("desk:people"), {"role": "registrar", "on": today - timedelta(days=1)})
    assert before.context["persons"] == []


def test_a_day_that_is_none_is_refused_with_what_was_found(operator):
    page = operator.get(reverse("desk:people"), {"on": "2026-13-45"})
    assert page.status_code == 422
    assert "2026-13-45" in page.content.decode()


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.OPERATOR, Role.AUDITOR)])
def test_whoever_is_neither_operator_nor_auditor_sees_no_person(bodies, role):
    client = sign_in(Client(), staff(role, bodies["city"], "x1"))
    subject = person("另一人")
    for name, args in (("people", ()), ("person_new", ()), ("person", (subject.pk,))):
        assert client.get(reverse(f"desk:{name}", args=args)).status_code == 403, name
    assert client.get(reverse("desk:people_roles")).status_code == 200


def test_the_auditor_looks_and_changes_nothing(bodies):
    client = sign_in(Client(), staff(Role.AUDITOR, bodies["city"], "shenji"))
    who = person("登记岗（乙）")
    given = actions.grant(who, Role.REGISTRAR, bodies["city"], by=SYSTEM, on=DAY)
    today = timezone.localdate().isoformat()
    page = client.get(reverse("desk:person", args=[who.pk]))
    assert page.status_code == 200
    assert b"<form" not in page.content.split(b"<main")[1]
    tries = [
        ("person_grant", who.pk, {"role": "reviewer", "body": "云川市人民政府", "since": today}),
        ("grant_end", given.pk, {"until": today}),
        ("person_account", who.pk, {"username": "yi", "password1": "a long enough one 7"}),
    ]
    for name, pk, typed in tries:
        assert client.post(reverse(f"desk:{name}", args=[pk]), typed).status_code == 403, name
    assert client.get(reverse("desk:person_new")).status_code == 403
    assert Grant.objects.filter(person=who, until__isnull=True).count() == 1
    assert not User.objects.filter(username="yi").exists()


def test_an_operator_of_a_county_sees_nobody_of_the_city(bodies):
    client = sign_in(Client(), staff(Role.OPERATOR, bodies["county"], "xian"))
    city = staff(Role.REGISTRAR, bodies["city"], "shi")
    assert client.get(reverse("desk:person", args=[city.person_id])).status_code == 404
    assert city.person not in client.get(reverse("desk:people")).context["persons"]


def test_add_a_person_give_a_role_and_end_it(operator, bodies):
    typed = {"name": "丙某", "post_title": "复核岗（丙）", "username": "fuhe-c", "password1": "a long enough one 7"}
    nowhere = operator.post(reverse("desk:person_new"), typed | {"employer": "某不存在的局"})
    assert (nowhere.status_code, Person.objects.filter(post_title="复核岗（丙）").exists()) == (422, False)
    response = operator.post(reverse("desk:person_new"), typed | {"employer": "雁鸣县教育局"})
    who = Person.objects.get(post_title="复核岗（丙）")
    assert who.employer == bodies["education"]
    assert response["Location"] == reverse("desk:person", args=[who.pk])
    assert User.objects.get(username="fuhe-c").must_change
    today = timezone.localdate()
    typed = {"role": "reviewer", "body": "雁鸣县教育局", "since": today.isoformat(), "until": ""}
    assert operator.post(reverse("desk:person_grant", args=[who.pk]), typed).status_code == 302
    given = Grant.objects.get(person=who)
    assert (given.role, given.body, given.since, given.until) == ("reviewer", bodies["education"], today, None)
    typed = {"until": (today + timedelta(days=5)).isoformat(), "reason": "轮岗"}
    assert operator.post(reverse("desk:grant_end", args=[given.pk]), typed).status_code == 302
    given.refresh_from_db()
    assert given.until == today + timedelta(days=5)
    assert given.ended_by


def test_a_weak_password_adds_no_person_and_loses_nothing_typed(operator):
    typed = {"name": "丙某", "post_title": "复核岗（丙）", "username": "fuhe-c", "password1": "qwertz-77"}
    page = operator.post(reverse("desk:person_new"), typed)
    assert page.status_code == 422
    assert not Person.objects.filter(post_title="复核岗（丙）").exists()
    html = page.content.decode()
    assert 'value="丙某"' in html
    assert 'value="fuhe-c"' in html
    assert "qwertz-77" not in html
    assert page.context["forms"][1].errors["password1"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": "没有这个单位"}, "body"),
        ({"body": "雁鸣县"}, "body"),  # several have it in their name: they are offered
        ({"until": "2020-01-01"}, "until"),
        ({"since": "someday"}, "since"),
        ({"role": "king"}, "role"),
    ],
)
def test_a_fault_of_a_grant_stands_at_its_field_and_the_rest_stays_typed(operator, change, field):
    who = person("登记岗（乙）")
    typed = {"role": "registrar", "body": "雁鸣县教育局", "since": "2026-11-23", "until": ""} | change
    page = operator.post(reverse("desk:person_grant", args=[who.pk]), typed)
    assert page.status_code == 422
    assert page.context["grant_form"].errors[field]
    assert page.context["grant_form"].data["body"] == typed["body"]
    assert not Grant.objects.filter(person=who).exists()


def test_three_administrations_are_kept_apart_on_the_form_too(operator, bodies):
    who = person("登记岗（乙）")
    actions.grant(who, Role.REGISTRAR, bodies["city"], by=SYSTEM, on=DAY)
    typed = {"role": "auditor", "body": "云川市人民政府", "since": timezone.localdate().isoformat(), "until": ""}
    page = operator.post(reverse("desk:person_grant", args=[who.pk]), typed)
    assert page.status_code == 422
    assert page.context["grant_form"].errors["role"]


def test_a_lost_factor_a_lost_password_and_a_lock_are_mended_by_the_operator(operator):
    user = account(person("登记岗（乙）"), "dengji")
    visitor = Client()
    for _try in range(5):
        visitor.post(reverse("account_login"), {"login": "dengji", "password": "wrong"})
    subject = reverse("desk:person", args=[user.person_id])
    assert operator.get(subject).context["accounts"][0].locked_until
    for deed, typed in (
        ("unlock", {}),
        ("factor", {"reason": "手机丢失"}),
        ("password", {"password1": "a long enough one 7"}),
    ):
        response = operator.post(reverse("desk:account_deed", args=[user.pk, deed]), typed)
        assert (response.status_code, response["Location"]) == (302, subject), deed
    shown = operator.get(subject).context["accounts"][0]
    assert (shown.locked_until, shown.has_factor, shown.must_change) == (None, False, True)
    typed = {"login": "dengji", "password": "a long enough one 7"}
    assert visitor.post(reverse("account_login"), typed).status_code == 302
    assert visitor.get(reverse("desk:people"))["Location"] == reverse("account_change_password")


def test_closing_an_account_needs_a_reason(operator):
    user = account(person("登记岗（乙）"), "dengji")
    page = operator.post(reverse("desk:account_deed", args=[user.pk, "close"]), {"reason": " "})
    assert page.status_code == 422
    assert page.context["deed_form"].errors["reason"]
    operator.post(reverse("desk:account_deed", args=[user.pk, "close"]), {"reason": "调离"})
    user.refresh_from_db()
    assert not user.is_active
    assert operator.post(reverse("desk:account_deed", args=[user.pk, "explode"]), {}).status_code == 404
    assert user.check_password(PASSWORD)
