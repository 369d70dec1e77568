"""The page of webhooks: made, called, ended; who may not sees nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jiannuo.exchange import hooks
from jiannuo.exchange.models import Hook
from jiannuo.ledger import sequencer
from jiannuo.notices.models import Notice

from .cast import newcomer

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:9/changed"


@pytest.fixture
def client(town, settings):
    settings.HOOKS_LOOPBACK = True
    return newcomer("operator", town.city)


def make(client, town, **changes):
    return client.post("/desk/people/hooks/", {"title": "省平台", "body": town.city.name, "url": URL} | changes)


def test_it_is_made_called_and_ended(client, town):
    assert "还没有" in client.get("/desk/people/hooks/").content.decode()
    assert make(client, town).status_code == 302
    hook = Hook.objects.get()
    assert URL in client.get("/desk/people/hooks/").content.decode()
    assert client.post(f"/desk/people/hooks/{hook.pk}/ping/").status_code == 302
    hook.refresh_from_db()
    assert hook.asked
    ended = client.post(f"/desk/people/hooks/{hook.pk}/end/", {f"reason-{hook.pk}": "停用", "reason": "停用"})
    assert ended.status_code == 302
    hook.refresh_from_db()
    assert hook.stopped == timezone.localdate()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "https://10.0.0.1/"}, "10.0.0.1"),
        ({"url": ""}, "地址"),
        ({"title": ""}, "系统"),
        ({"body": "无此机构"}, "无此机构"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_what_was_typed_stays(client, town, changes, said):
    answer = make(client, town, **changes)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert changes.get("title", "省平台") in page
    assert not Hook.objects.exists()


def test_who_administers_nothing_finds_nothing(town):
    assert newcomer("registrar", town.city).get("/desk/people/hooks/").status_code == 403


def test_the_notice_of_one_that_was_given_up_leads_here_and_speaks_of_no_record(client, town):
    make(client, town)
    hook, now = Hook.objects.get(), timezone.now()
    sequencer.sequence(now)
    for later in (timedelta(0), timedelta(days=4)):  # nothing listens at that address
        assert hooks.work(now + later)
    notice = Notice.objects.get(kind="hook.given_up")
    page = client.get(f"/desk/?item=notice-{notice.pk}").content.decode()
    assert 'class="btn btn-primary" href="/desk/people/hooks/"' in page
    assert "记录和期限" not in page
    assert "三天没有答复" in client.get("/desk/people/hooks/").content.decode()
    assert client.post(f"/desk/notices/{notice.pk}/").status_code == 302
    assert hook.title not in client.get("/desk/").content.decode()
