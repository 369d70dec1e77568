"""The outbox: what is rolled back is never sent, a failing channel leaves its notice, a notice carries no content."""

from django.db import transaction
from django.utils import timezone

from jiannuo.notices import actions
from jiannuo.notices.actions import Note, post, read, send_waiting
from jiannuo.notices.models import Notice
from tests import make

ON = make.MONDAY


def note(**changes):
    return Note(**({"kind": "record.noticed", "subject": "record:1", "on": ON} | changes))


def test_what_is_rolled_back_is_never_sent(db):
    with transaction.atomic():
        post([note()])
        transaction.set_rollback(True)
    assert send_waiting(timezone.now()) == 0
    post([note(), note()])
    assert send_waiting(timezone.now()) == 2
    assert send_waiting(timezone.now()) == 0


def test_a_channel_that_fails_leaves_its_notice_and_holds_up_no_other(db, monkeypatch):
    def down(_notice):
        raise ConnectionError

    monkeypatch.setitem(actions.CHANNELS, "sms", down)
    post([note(channel="sms"), note(), note(channel="nowhere")])
    assert send_waiting(timezone.now()) == 1
    assert set(Notice.objects.filter(sent__isnull=True).values_list("channel", flat=True)) == {"sms", "nowhere"}
    went = []
    monkeypatch.setitem(actions.CHANNELS, "sms", went.append)
    assert send_waiting(timezone.now()) == 1
    assert [one.channel for one in went] == ["sms"]


def test_no_more_than_the_limit_at_once_oldest_first(db, monkeypatch):
    went = []
    monkeypatch.setitem(actions.CHANNELS, "desk", lambda one: went.append(one.number))
    post([note(number=str(n)) for n in range(5)])
    assert send_waiting(timezone.now(), limit=2) == 2
    assert went == ["0", "1"]


def test_read_is_noted_once(db):
    post([note(), note()])
    first, second = Notice.objects.order_by("id")
    at = timezone.now()
    read([first.pk], at=at)
    read([first.pk], at=timezone.now())
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.read, second.read) == (at, None)


def test_a_notice_carries_a_number_and_no_content(town):
    record = make.record(town, "noticed")
    (one,) = Notice.objects.all()
    assert (one.number, one.to_body, one.to_role, one.due) == (record.number, town.bureau.pk, "liaison", record.due)
    values = " ".join(str(value) for value in vars(one).values())
    assert record.title not in values
    assert record.finding not in values


def test_what_is_forgotten_is_no_longer_notified(town):
    record = make.record(town, "revoked")
    assert not Notice.objects.filter(subject=record.ref).exists()
