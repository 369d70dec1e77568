"""`jiannuo start`: a second run changes nothing, and a set stopped half way is not taken for a whole one."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from jiannuo.ledger import verifying
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.records.models import Record
from jiannuo.registry import actions as registry
from jiannuo.start import demo, laying
from jiannuo.start.demo import walk
from jiannuo.start.demo.diary import Diary

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)


class Killed(Exception):
    pass


def test_stopped_before_the_end_it_goes_on_and_then_changes_nothing(monkeypatch, capsys):
    live = Diary.live

    def die(self, **days):
        if "since" in days:
            raise Killed
        live(self, **days)

    monkeypatch.setattr(Diary, "live", die)
    with pytest.raises(Killed):
        demo.load(on=DAY)
    monkeypatch.undo()
    assert (laying.marked(laying.BEGUN), laying.marked(laying.LAID)) == ("demo", None)
    assert not Record.objects.filter(state="revoked").exists()

    call_command("start", "demo", on=DAY)
    assert laying.marked(laying.LAID) == "demo"
    assert Record.objects.filter(state="revoked").exists()
    assert list(verifying.verify()) == []

    entries = Entry.objects.count()
    for name in ("demo", "benxi"):
        call_command("start", name)
    assert Entry.objects.count() == entries
    assert capsys.readouterr().out.count("nothing was changed") == 2


def test_stopped_in_the_first_part_nothing_is_left(monkeypatch):
    def die(*_args, **_kwargs):
        raise Killed

    monkeypatch.setattr(walk.actions, "check", die)
    with pytest.raises(Killed):
        demo.load(on=DAY)
    assert not Entry.objects.exists()


def test_a_registry_in_use_is_left_alone(capsys):
    (city,) = registry.add_divisions([registry.NewDivision("9901", "云川市", "city")], by=SYSTEM, on=DAY)
    registry.found([registry.NewBody("云川市人民政府", "government", city)], by=SYSTEM, on=DAY)
    entries = Entry.objects.count()
    call_command("start", "demo")
    assert Entry.objects.count() == entries
    assert "This registry is in use" in capsys.readouterr().out


def test_outside_a_trial_nothing_invented_is_laid(settings):
    settings.TRIAL = False
    with pytest.raises(CommandError, match="only in a trial"):
        call_command("start", "demo")
    assert not Entry.objects.exists()
