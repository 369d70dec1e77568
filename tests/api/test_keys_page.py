"""The page of keys at the desk."""

from django.urls import reverse
from django.utils import timezone

from jiannuo.accounts import keys
from jiannuo.accounts.models import ApiKey
from jiannuo.lifecycle.actor import SYSTEM
from tests.web.desk.cast import newcomer

from .conftest import made


def typed(town, **changes):
    today = timezone.localdate().isoformat()
    return {"title": "民政系统", "body": town.county.name, "role": "registry", "since": today, "until": "", **changes}


def test_a_key_is_made_shown_once_and_revoked(town):
    client = newcomer("operator", town.city)
    page = reverse("desk:keys")
    answer = client.post(page, typed(town))
    key = ApiKey.objects.get()
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert keys.key_of(secret, timezone.localdate()) == key
    again = client.get(page).content.decode()
    assert secret not in again
    assert "民政系统" in again
    assert client.post(reverse("desk:key_revoke", args=[key.pk]), {"reason": ""}).status_code == 422
    assert client.post(reverse("desk:key_revoke", args=[key.pk]), {"reason": "换系统"}).status_code == 302
    assert keys.key_of(secret, timezone.localdate()) is None


def test_what_may_not_be_is_said_at_its_field(town):
    client = newcomer("operator", town.city)
    for changes in ({"title": ""}, {"body": "没有的局"}, {"role": "reviewer"}, {"until": "2020-01-01"}):
        answer = client.post(reverse("desk:keys"), typed(town, **changes))
        assert answer.status_code == 422, changes
        assert 'class="jn-broken"' in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_an_administrator_of_a_county_sees_and_revokes_no_key_of_the_city(town):
    made(town.city, ["registry"])
    client = newcomer("operator", town.county)
    assert "民政系统" not in client.get(reverse("desk:keys")).content.decode()
    key = ApiKey.objects.get()
    assert client.post(reverse("desk:key_revoke", args=[key.pk]), {"reason": "x"}).status_code == 404


def test_an_auditor_looks_and_changes_nothing(town):
    made(town.city, ["registry"])
    client = newcomer("auditor", town.city)
    page = client.get(reverse("desk:keys")).content.decode()
    assert "民政系统" in page
    assert "<form method" not in page
    assert client.post(reverse("desk:keys"), typed(town)).status_code == 403
    key, _secret = keys.make_key("x", town.city, ["registry"], by=SYSTEM, on=timezone.localdate())
    assert client.post(reverse("desk:key_revoke", args=[key.pk]), {"reason": "x"}).status_code == 403
