"""Password, then code; nobody signs up; nobody reaches the desk with less."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from jiannuo import settings as real_settings
from jiannuo.accounts import actions, codes
from jiannuo.accounts.models import User
from jiannuo.accounts.trial import PASSWORD, trial_code
from jiannuo.lifecycle.actor import SYSTEM
from tests.accounts.cast import DAY, account, person
from tests.signin import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def user() -> User:
    return account(person(), "fuhe-a")


def type_password(client: Client, name: str = "fuhe-a", password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": name, "password": password})


def test_the_password_alone_does_not_sign_in(client, user):
    response = type_password(client)
    assert response["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_password_and_code_sign_in_and_the_session_key_changes(client, user):
    type_password(client)
    before = client.session.session_key
    client.post(reverse("mfa_authenticate"), {"code": trial_code(user)})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.session.session_key != before


def test_the_desk_sends_a_visitor_to_sign_in_and_back(client):
    response = client.get("/desk/people/")
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next=/desk/people/"


def test_the_desk_is_closed_to_a_session_that_skipped_the_code(client, user):
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get("/desk/people/")
    assert response["Location"].startswith(reverse("mfa_reauthenticate"))
    # nor may such a session look at the recovery codes or make new ones
    for name in ("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "account_change_password"):
        assert client.get(reverse(name))["Location"].startswith(reverse("mfa_reauthenticate"))


def test_a_code_is_good_once_even_on_another_server_process(client, user):
    code = trial_code(user)
    assert codes.use(user, code) is True
    cache.clear()  # another process has another cache
    type_password(client)
    response = client.post(reverse("mfa_authenticate"), {"code": code})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
    assert trial_code(user) != code


def test_a_first_password_must_be_changed_before_any_work(client, settings):
    settings.PASSWORD_HASHERS = real_settings.PASSWORD_HASHERS  # conftest has a quick one
    user = account(person(), "xin", demo=False)
    assert type_password(client, "xin")["Location"] != reverse("mfa_authenticate")
    assert client.get("/desk/people/")["Location"] == reverse("account_change_password")
    typed = {"oldpassword": PASSWORD, "password1": "a long enough one 7", "password2": "a long enough one 7"}
    client.post(reverse("account_change_password"), typed)
    user.refresh_from_db()
    assert user.must_change is False
    assert user.check_password("a long enough one 7")
    assert user.password.startswith("argon2")


def test_a_second_factor_must_be_set_up_before_any_work(client):
    user = actions.add_user(person(), "xin", PASSWORD, must_change=False, by=SYSTEM, on=DAY)
    type_password(client, "xin")
    assert client.get("/desk/people/")["Location"] == reverse("mfa_activate_totp")
    page = client.get(reverse("mfa_activate_totp"))
    assert "data:image/svg+xml;base64," in page.content.decode()
    secret = client.session["mfa.totp.secret"]
    code = codes.format_hotp_value(codes.hotp_value(secret, codes.present_window()))
    response = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert codes.has_factor(user)
    recovery = re.findall(r"<code>(\d{8})</code>", client.get(response["Location"]).content.decode())
    assert len(recovery) == 10
    # the session that set it up has passed it; a later session signs in with a recovery code, once
    assert client.get(reverse("mfa_index")).status_code == 200
    later = Client()
    type_password(later, "xin")
    later.post(reverse("mfa_authenticate"), {"code": recovery[0]})
    assert later.session["_auth_user_id"] == str(user.pk)
    again = Client()
    type_password(again, "xin")
    again.post(reverse("mfa_authenticate"), {"code": recovery[0]})
    assert "_auth_user_id" not in again.session
    # shown once
    assert recovery[1] not in client.get(reverse("mfa_view_recovery_codes")).content.decode()


def test_secrets_of_second_factors_do_not_lie_in_the_database_in_the_clear(user):
    from allauth.mfa.models import Authenticator

    stored = Authenticator.objects.get(user=user).data["secret"]
    assert codes.secret_of(user) not in stored


def test_nobody_can_sign_up_reset_by_mail_or_take_the_factor_off(client, user):
    for path in ("signup/", "password/reset/", "email/", "2fa/totp/deactivate/", "totp/deactivate/"):
        for verb in (client.get, client.post):
            assert verb(f"/accounts/{path}").status_code == 404, path
    sign_in(client, user)
    client.post(reverse("mfa_deactivate_totp"))
    assert codes.has_factor(user)


def test_signing_out_is_a_post_and_ends_the_session(client, user):
    sign_in(client, user)
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_changing_the_password_ends_the_other_sessions(client, user):
    other = sign_in(Client(), user)
    sign_in(client, user)
    new = "quite another one 8"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get(reverse("mfa_index")).status_code == 200
    assert other.get(reverse("mfa_index")).status_code == 302


def test_the_old_password_is_no_new_password(client, user):
    sign_in(client, user)
    typed = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    response = client.post(reverse("account_change_password"), typed)
    assert response.status_code == 200
    assert response.context["form"].errors["password1"]


def test_a_closed_account_is_out_at_the_next_click_and_cannot_come_back(client, user):
    sign_in(client, user)
    actions.deactivate(user, reason="调离", by=SYSTEM, on=DAY)
    assert client.get(reverse("mfa_index")).status_code == 302
    fresh = Client()
    assert type_password(fresh)["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in fresh.session


def test_no_sign_in_page_runs_an_inline_script(client, user):
    pages = [client.get(reverse("account_login"))]
    type_password(client)
    pages.append(client.get(reverse("mfa_authenticate")))
    for page in pages:
        assert page.status_code == 200
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*\{)", page.content.decode())
        assert "script-src 'self'" in page["Content-Security-Policy"]
