"""Hooks: told when the log has grown, signed, tried again, given up; and nothing inside a network is ever called."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone

from jiannuo.exchange import actions, hooks, jobs
from jiannuo.exchange.models import Hook
from jiannuo.ledger import sequencer
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.refused import Refused
from jiannuo.notices.models import Notice
from jiannuo.web.desk.waiting import waiting
from tests import make

DOC = Path(__file__).parents[2] / "docs" / "webhooks.md"


class Receiver:
    """Another system on this machine: keeps what it got, answers as told."""

    def __init__(self):
        self.got, self.answer = [], 204

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["content-length"]))
                self.got.append((dict(handler.headers.items()), handler.path, body))
                handler.send_response(self.answer)
                if self.answer == 302:
                    handler.send_header("Location", "http://127.0.0.1/elsewhere")
                handler.end_headers()

            def log_message(handler, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/changed?of=city"


@pytest.fixture
def receiver(settings):
    settings.HOOKS_LOOPBACK = True
    one = Receiver()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def operator(town):
    return make.hire("operator", "operator", town.city)


@pytest.fixture
def hook(town, operator, receiver):
    today = timezone.localdate()
    made = actions.make_hook("省平台", town.city, receiver.url, by=operator, on=today)
    sequencer.sequence(timezone.now())
    return made


def messages(receiver):
    return [json.loads(body) for _headers, _path, body in receiver.got]


def test_it_is_told_once_for_all_that_is_new_and_again_when_the_log_grows(hook, receiver, town):
    now = timezone.now()
    assert hooks.work(now)
    assert not hooks.work(now)
    (first,) = messages(receiver)
    assert (first["event"], first["since"]) == ("changed", "0.0")
    make.record(town, "draft")
    sequencer.sequence(now)
    assert jobs.work(now)
    second = messages(receiver)[1]
    assert second["since"] == first["until"] != second["until"]
    hook.refresh_from_db()
    assert (hook.told, hook.fault, hook.tries) == (second["until"], "", 0)


def test_whoever_reads_the_document_can_tell_that_it_is_ours(hook, receiver):
    hooks.work(timezone.now())
    headers, path, body = receiver.got[0]
    there = {}
    exec(re.search(r"```python\n(.*?)```", DOC.read_text("utf-8"), re.S)[1], there)
    host = receiver.url.split("/")[2]
    assert headers["Host"] == host
    request = SimpleNamespace(method="POST", url=f"http://{host}{path}", headers=headers)
    pem = hooks.public_key()
    assert there["is_ours"](request, body, pem)
    assert not there["is_ours"](request, body + b" ", pem)
    elsewhere = SimpleNamespace(method="POST", url=f"http://{host}/other", headers=headers)
    assert not there["is_ours"](elsewhere, body, pem)


def test_the_key_is_the_workers_alone_and_stays(settings):
    key = hooks.private_key()
    assert hooks.private_key().private_bytes_raw() == key.private_bytes_raw()
    assert hooks._key_file().stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" not in hooks.public_key()


def test_after_a_failure_it_waits_longer_each_time_and_nothing_is_lost(hook, receiver):
    now = timezone.now()
    receiver.answer = 503
    waits = []
    for _try in range(4):
        assert hooks.work(now)
        hook.refresh_from_db()
        waits.append(hook.again - now)
        assert not hooks.work(now)
        now = hook.again
    assert waits == [timedelta(seconds=30 * 2**n) for n in range(4)]
    assert (hook.fault, hook.tries, hook.told) == ("HTTP 503", 4, "")
    receiver.answer = 200
    assert hooks.work(now)
    hook.refresh_from_db()
    assert (hook.fault, hook.tries, hook.failing) == ("", 0, None)
    assert messages(receiver)[-1]["since"] == "0.0"


def test_what_does_not_answer_for_days_is_given_up_and_says_so(hook, receiver, town, operator):
    receiver.answer = 500
    now = timezone.now()
    hooks.work(now)
    hooks.work(now + timedelta(days=4))
    hook.refresh_from_db()
    assert hook.stopped is not None
    assert not hooks.work(now + timedelta(days=9))
    notice = Notice.objects.get(kind="hook.given_up")
    assert (notice.to_body, notice.to_role, notice.number) == (town.city.pk, "operator", "省平台")
    ended = Entry.objects.get(verb="hook.ended")
    assert json.loads(ended.public)["host"] == "127.0.0.1"
    (item,) = [one for one in waiting(operator, hook.stopped) if one.kind == "notice"]
    assert (item.thing, item.mine) == (notice, True)


def test_no_redirect_is_followed(hook, receiver):
    receiver.answer = 302
    hooks.work(timezone.now())
    hook.refresh_from_db()
    assert hook.fault == "HTTP 302"
    assert len(receiver.got) == 1


def test_killed_after_the_call_it_is_called_once_more_and_then_no_more(hook, receiver, monkeypatch):
    class Killed(BaseException):
        pass

    call = hooks.call

    def called_and_killed(*args):
        call(*args)
        raise Killed

    monkeypatch.setattr(hooks, "call", called_and_killed)
    with pytest.raises(Killed):
        hooks.work(timezone.now())
    monkeypatch.setattr(hooks, "call", call)
    assert hooks.work(timezone.now())
    assert not hooks.work(timezone.now())
    first, second = messages(receiver)
    assert first == second


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://user:word@example.com/",
        "ftp://example.com/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://localhost/",
        "https://",
        "example.com",
        "https://exa mple.com/",
    ],
)
def test_what_lies_inside_a_network_is_not_called(town, operator, url):
    with pytest.raises(Refused) as refused:
        actions.make_hook("系统", town.city, url, by=operator, on=timezone.localdate())
    assert refused.value.code == "hooks.address"
    with pytest.raises(hooks.Unreachable):
        hooks.call(url, {"event": "changed"}, timezone.now())


def test_a_name_that_points_inside_only_later_is_not_called_either(hook, settings):
    settings.HOOKS_LOOPBACK = False
    hooks.work(timezone.now())
    hook.refresh_from_db()
    assert "https" in hook.fault


def test_who_makes_and_ends_one_and_what_the_log_says(town, operator, receiver, hook):
    today = timezone.localdate()
    for nobody in (town.registrar, town.head, town.stranger):
        with pytest.raises(Refused) as refused:
            actions.make_hook("x", town.city, receiver.url, by=nobody, on=today)
        assert refused.value.code == "machine.not_your_role"
    with pytest.raises(Refused) as refused:
        actions.make_hook("x", town.city, receiver.url, by=operator, on=today)
    assert refused.value.code == "hooks.twice"
    actions.end_hook(hook, reason="系统停用", by=operator, on=today)
    with pytest.raises(Refused) as refused:
        actions.end_hook(hook, reason="再停", by=operator, on=today)
    assert refused.value.code == "hooks.ended"
    assert list(Entry.objects.filter(verb__startswith="hook.").values_list("verb", flat=True)) == [
        "hook.made",
        "hook.ended",
    ]
    assert not hooks.work(timezone.now() + timedelta(days=1))
    assert Hook.objects.get().reason == "系统停用"


def test_a_ping_calls_it_though_nothing_is_new(hook, receiver, operator):
    now = timezone.now()
    hooks.work(now)
    actions.ping(hook, by=operator, on=timezone.localdate())
    assert hooks.work(now)
    assert not hooks.work(now)
    assert len(receiver.got) == 2
