"""Signing in for tests of pages: by the real pages, password first and then the code of the second factor."""

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from jiannuo.accounts.models import User
from jiannuo.accounts.trial import PASSWORD, trial_code


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Client:
    """Sign this demo account in (it must have a factor: accounts.actions.demo_totp); returns the client."""
    cache.clear()  # the library's wide limits per address are no subject of the tests that only need a session
    response = client.post(reverse("account_login"), {"login": user.username, "password": password})
    assert response.status_code == 302, response.content.decode()[:2000]
    assert response["Location"] == reverse("mfa_authenticate")
    response = client.post(reverse("mfa_authenticate"), {"code": trial_code(user)})
    assert response.status_code == 302, response.content.decode()[:2000]
    assert client.session["_auth_user_id"] == str(user.pk)
    return client
