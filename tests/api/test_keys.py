"""Keys: who makes them, what they reach, that the secret is nowhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiannuo.accounts import keys
from jiannuo.accounts.acting import actor_from_ref
from jiannuo.accounts.models import ApiKey
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.refused import Refused
from tests import make

from .conftest import Caller


def test_the_secret_is_shown_once_and_stands_nowhere(town):
    today = timezone.localdate()
    key, secret = keys.make_key("民政系统", town.city, ["registry"], by=SYSTEM, on=today)
    assert secret.startswith("jn_")
    assert len(secret) > 40
    held = str(ApiKey.objects.values().get())
    assert secret not in held
    entry = Entry.objects.get(verb="account.key_made", subject=key.ref)
    for text in (entry.public, entry.internal):
        assert secret not in text
        assert key.digest not in text
    assert keys.key_of(secret, today) == key
    assert keys.key_of(secret[:-1], today) is None


def test_a_key_holds_from_a_day_to_a_day_and_ends_at_once(town):
    today = timezone.localdate()
    tomorrow = today + timedelta(1)
    key, secret = keys.make_key("x", town.city, ["registry"], since=tomorrow, by=SYSTEM, on=today)
    assert keys.key_of(secret, today) is None
    assert keys.key_of(secret, tomorrow) == key
    assert keys.key_of(secret, key.until) is None
    assert not keys.KeyActor(key).roles_on(town.city.pk, today)
    keys.revoke_key(key, reason="换系统", by=SYSTEM, on=today)
    assert keys.key_of(secret, tomorrow) is None
    with pytest.raises(Refused) as refused:
        keys.revoke_key(key, reason="换系统", by=SYSTEM, on=today)
    assert refused.value.code == "account.key_revoked"


def test_an_actor_of_a_key_reaches_its_body_and_below_and_is_no_person(town):
    today = timezone.localdate()
    key, _secret = keys.make_key("x", town.county, ["registry"], by=SYSTEM, on=today)
    actor = actor_from_ref(key.ref)
    assert actor.person_id is None
    assert actor.roles_on(town.county.pk, today) == {"registry"}
    assert not actor.roles_on(town.city.pk, today)
    keys.revoke_key(key, reason="x", by=SYSTEM, on=today)
    assert not actor_from_ref(key.ref).roles_on(town.county.pk, today)


@pytest.mark.parametrize("role", ["reviewer", "operator", "auditor", "nobody"])
def test_a_key_is_for_handing_in_and_never_for_deciding(town, role):
    with pytest.raises(Refused) as refused:
        keys.make_key("x", town.city, [role], by=SYSTEM, on=timezone.localdate())
    assert refused.value.code == "account.key_roles"


def test_only_the_administrator_of_the_body_makes_and_revokes_keys(town):
    today = timezone.localdate()
    operator = make.hire("op", "operator", town.county)
    keys.make_key("x", town.county, ["registry"], by=operator, on=today)
    with pytest.raises(Refused) as refused:
        keys.make_key("x", town.city, ["registry"], by=operator, on=today)
    assert refused.value.code == "account.not_your_role"
    key, _secret = keys.make_key("x", town.city, ["registry"], by=SYSTEM, on=today)
    for by in (operator, town.keeper):
        with pytest.raises(Refused):
            keys.revoke_key(key, reason="x", by=by, on=today)


def test_a_key_that_does_not_hold_is_said_so_even_where_none_is_needed(town):
    answer = Caller("jn_guess").get("bodies")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert "jn_guess" not in answer.content.decode()
