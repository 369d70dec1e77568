"""A trial shows the codes of its demo accounts; a real city shows none."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from jiannuo.accounts import actions
from jiannuo.accounts.trial import PASSWORD, demo_accounts, trial_code
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.refused import Refused
from tests.accounts.cast import DAY, account, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def code_page(client):
    client.post(reverse("account_login"), {"login": "fuhe-a", "password": PASSWORD})
    return client.get(reverse("mfa_authenticate")).content.decode()


def test_a_trial_shows_the_present_code_of_a_demo_account(client):
    user = account(person(), "fuhe-a")
    assert trial_code(user) in code_page(client)


def test_outside_a_trial_the_code_is_refused_and_the_page_silent(client, settings):
    user = account(person(), "fuhe-a")
    code = trial_code(user)
    settings.TRIAL = False
    with pytest.raises(Refused) as refused:
        trial_code(user)
    assert refused.value.code == "account.not_a_trial"
    assert code not in code_page(client)
    assert demo_accounts() == []
    assert PASSWORD not in client.get(reverse("account_login")).content.decode()


def test_outside_a_trial_no_demo_factor_can_be_made(settings):
    settings.TRIAL = False
    user = actions.add_user(person(), "fuhe-a", PASSWORD, by=SYSTEM, on=DAY)
    with pytest.raises(Refused) as refused:
        actions.demo_totp(user, by=SYSTEM, on=DAY)
    assert refused.value.code == "account.not_a_trial"


def test_an_account_that_set_up_its_own_factor_shows_nothing_even_in_a_trial():
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    user = actions.add_user(person(), "fuhe-a", PASSWORD, by=SYSTEM, on=DAY)
    TOTP.activate(user, generate_totp_secret())
    with pytest.raises(Refused):
        trial_code(user)
