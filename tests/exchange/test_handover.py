"""A county hands up to the city: two databases, two logs, real HTTP between them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from jiannuo.exchange import handover
from jiannuo.exchange.actions import handover as actions
from jiannuo.exchange.models import Partner
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle import forgetting
from jiannuo.lifecycle.refused import Refused
from jiannuo.tlog import note
from jiannuo.tlog.receipt import open_receipt
from tests.exchange import levels, plain
from tests.exchange.levels import Instance, free_port
from tests.ledger.house import NUMBERS, VENDOR, House, _copy, _template


@dataclass
class Two:
    county: Instance
    city: Instance
    port: int
    county_key: str
    city_key: str

    def send(self):
        """The county sends, the city's worker signs, the county fetches the receipts."""
        with self.city.serving(self.port):
            self.county.do(levels.send)
            self.city.do(levels.log_on)
            self.county.do(levels.retry)
            return self.county.do(levels.send)


@pytest.fixture
def two(tmp_path, monkeypatch, django_db_blocker):
    plain.offer(monkeypatch, levels.data_set())
    monkeypatch.setattr(handover, "PART", 20)
    made = []
    with django_db_blocker.unblock():
        for name in ("county", "city"):
            folder = tmp_path / name
            folder.mkdir()
            where = str(folder / "house.sqlite3") if VENDOR == "sqlite" else f"level_{os.getpid()}_{next(NUMBERS)}"
            _copy(_template().name, where)
            made.append(Instance(House(where), folder, f"{name}.example/log/trial"))
        county, city = made
        port = free_port()
        found = Two(county, city, port, county.do(levels.settle), city.do(levels.settle))
        city.do(levels.know, "lower", found.county_key)
        county.do(levels.know, "upper", found.city_key, f"http://127.0.0.1:{port}")
        yield found
        for one in made:
            one.house.remove()


def test_a_package_goes_up_is_receipted_and_both_sides_hold_the_same(two):
    assert two.county.do(levels.enter, levels.rows(48)) == {"new": 48}
    two.county.do(levels.queue)
    end = two.send()
    assert (end["stage"], end["fault"], end["rows"], end["equal"]) == ("done", "", 48, True)
    assert set(end["taken"]) == set(end["receipts"]) == {"1", "2", "3"}
    key = note.Verifier.parse(two.city_key)
    assert [open_receipt(text, [key]).rows for _part, text in sorted(end["receipts"].items())] == [20, 20, 8]
    there = two.city.do(levels.package)
    assert (there["stage"], there["equal"], there["manifest"]) == ("done", True, end["manifest"])
    assert there["receipts"] == end["receipts"]
    assert two.city.do(levels.records) == 48


def test_sending_again_changes_nothing(two):
    two.county.do(levels.enter, levels.rows(3))
    for _n in range(2):
        two.county.do(levels.queue)
        end = two.send()
        assert (end["stage"], end["equal"]) == ("done", True)
    assert end["serial"] == 2
    assert two.city.do(levels.records) == 3


def test_a_broken_connection_resumes_at_the_part_where_it_broke(two):
    two.county.do(levels.enter, levels.rows(41))
    two.county.do(levels.queue)
    end = two.county.do(levels.send)  # nobody answers
    assert end["stage"] == "waiting"
    assert "ConnectError" in end["fault"]
    two.county.do(levels.retry)
    with two.city.serving(two.port):
        assert len(two.county.do(levels.send, 2)["taken"]) == 2
    assert two.county.do(levels.send)["fault"]
    two.county.do(levels.retry)
    end = two.send()
    assert (end["stage"], end["fault"], end["equal"]) == ("done", "", True)
    assert two.city.do(levels.records) == 41


def test_what_the_two_hold_differently_is_named_on_both_sides(two):
    two.county.do(levels.enter, levels.rows(4))
    two.county.do(levels.queue)
    two.send()
    two.county.do(levels.enter, levels.rows(1, first=5))
    two.county.do(change, "云政认〔2026〕2号")
    two.county.do(levels.queue)
    end = two.send()
    assert (end["stage"], end["equal"]) == ("done", False)
    # The new row was taken; the other content waits at the city for a person to confirm it.
    assert end["differences"] == {"missing_below": [], "missing_above": [], "other": ['["云政认〔2026〕2号"]']}
    assert two.city.do(levels.package)["differences"] == end["differences"]


def change(number):
    levels.Record.objects.filter(document_number=number).update(title="另一个标题")


def test_a_forged_altered_replayed_or_strange_package_is_refused_and_takes_nothing(two):
    two.county.do(levels.enter, levels.rows(2))
    two.county.do(levels.queue)
    first = two.send()["manifest"]
    two.county.do(levels.enter, levels.rows(1, first=3))
    two.county.do(levels.queue)
    newest = two.send()["manifest"]
    text = newest[: newest.rfind("\n\n") + 1]
    entries = two.city.do(levels.records)

    def told(signed, rows=None):
        if rows is None:
            return two.city.do(levels.refused, actions.take_manifest, signed)
        return two.city.do(levels.refused, actions.take_part, signed, 1, rows)

    origin = two.county.origin
    assert told(first)[0] == "handover.replaced"  # a replay of what was replaced
    assert told(newest) == ("", "")  # of what holds: the same answer again
    assert told(newest.replace("rows 3", "rows 2"))[0] == "handover.bad_signature"
    assert told(levels.signed_by(b"\x07" * 32, origin, text))[0] == "handover.bad_signature"
    assert told(levels.signed_by(b"\x07" * 32, "elsewhere.example", text))[0] == "handover.bad_signature"
    strange = text.replace(origin, "elsewhere.example")
    assert told(levels.signed_by(b"\x07" * 32, "elsewhere.example", strange))[0] == "handover.unknown_sender"
    assert told("no note at all")[0] == "handover.malformed"
    for old, new, code in (
        (f"to {two.city.origin}", "to province.example", "not_for_us"),
        ("period 2026-10", "period 2025-10", "period"),  # ended before the county was known
        ("period 2026-10", "period 2027-01", "period"),  # is not over
        ("period 2026-10", "period 2026-Q7", None),
        ("dataset plain", "dataset secrets", "no_such_set"),
        ("serial 2", "serial 1", "replaced"),
        ("serial 2", "serial x", "malformed"),
    ):
        assert old in text
        found, words = told(two.county.do(levels.signed_here, text.replace(old, new)))
        assert found == (f"handover.{code}" if code else "reporting.no_such_period"), words
        assert words
    again = two.county.do(levels.signed_here, text.replace("serial 2", "serial 9"))
    altered = levels.rows(3, loss="99.00")
    assert told(again, altered)[0] == "handover.altered"
    assert two.city.do(levels.records) == entries == 3


def test_what_is_erased_leaves_no_digest_and_no_key_in_the_packages(two):
    two.county.do(levels.enter, levels.rows(2))
    two.county.do(levels.queue)
    two.send()
    for one in (two.county, two.city):
        assert one.do(levels.package)["manifest"]
        one.do(erase)
        left = one.do(levels.package)
        assert (left["manifest"], left["receipts"], left["differences"], left["stage"]) == ("", {}, None, "done")
    assert two.city.do(digests_in_the_ledger) == []


def erase():
    ref = levels.Record.objects.get(document_number="云政认〔2026〕1号").ref
    forgetting.forget([ref], basis="依法删除", on=levels.DAY, by=levels.SYSTEM)


def digests_in_the_ledger():
    return list(Entry.objects.filter(verb="handover.received").exclude(public=None))


def test_nothing_is_taken_from_a_level_whose_registration_has_ended(two):
    two.county.do(levels.enter, levels.rows(1))
    two.county.do(levels.queue)
    two.city.do(end)
    with two.city.serving(two.port):
        sent = two.county.do(levels.send)
    assert sent["stage"] == "refused"
    assert two.county.origin in sent["fault"]
    assert two.city.do(levels.records) == 0


def end():
    actions.end_partner(Partner.objects.get(), by=levels.SYSTEM, on=levels.DAY)


@pytest.mark.parametrize(
    "address",
    ["", "http://city.example", "file:///etc/passwd", "https://", "https://a:b@city.example", "https://c.example/?x=1"],
)
def test_an_upper_level_is_reached_over_https_only(town, address):
    key = str(note.Ed25519Signer.generate("city.example/log").verifier)
    with pytest.raises(Refused) as refused:
        actions.register_partner("upper", town.county, key, address=address, by=levels.SYSTEM, on=levels.DAY)
    assert (refused.value.code, refused.value.found) == ("handover.bad_address", address)


def test_who_registers_a_level_and_who_hands_up(town, monkeypatch):
    plain.offer(monkeypatch, levels.data_set())
    key = str(note.Ed25519Signer.generate("city.example/log").verifier)

    def code(work, *args, **kwargs):
        with pytest.raises(Refused) as refused:
            work(*args, **kwargs)
        assert refused.value.allowed
        return refused.value.code

    facts = {"by": levels.SYSTEM, "on": levels.DAY}
    register = actions.register_partner
    assert code(register, "lower", town.county, key, by=town.head, on=levels.DAY) == "machine.not_your_role"
    assert code(register, "lower", town.county, key[:-3], **facts) == "handover.bad_key"
    facts["address"] = "https://city.example"
    upper = register("upper", town.county, key, **facts)
    assert code(register, "upper", town.county, key, **facts) == "handover.known"
    asked = (upper, "plain", levels.OCTOBER)
    assert code(actions.hand_up, *asked, by=town.reviewer, on=levels.DAY) == "machine.not_your_role"
    assert code(actions.hand_up, *asked, by=town.head, on=levels.OCTOBER.last) == "reporting.not_over"
    one = actions.hand_up(upper, "plain", levels.OCTOBER, by=town.head, on=levels.DAY)
    assert actions.hand_up(upper, "plain", levels.OCTOBER, by=town.head, on=levels.DAY) == one


def test_a_level_is_registered_by_command_and_from_a_day_of_its_own(town, capsys):
    key = str(note.Ed25519Signer.generate("county.example/log").verifier)
    call_command("level", "lower", body=town.county.ref, key=key, since=date(2026, 10, 31))
    assert Partner.objects.get().since == date(2026, 10, 31)
    assert f"lower county.example/log {town.county.ref}" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("level", "lower", body="body:0", key=key)
    call_command("level", "end", origin="county.example/log")
    assert Partner.objects.get().until is not None


def test_a_lower_level_reaches_its_own_bodies_and_no_others(town):
    key = str(note.Ed25519Signer.generate("county.example/log").verifier)
    lower = actions.register_partner("lower", town.county, key, by=levels.SYSTEM, on=levels.DAY)
    actor = handover.PartnerActor(lower)
    assert actor.roles_on(town.county.pk, levels.DAY) == {"registrar", "reporter"}
    assert actor.roles_on(town.bureau.pk, levels.DAY) == frozenset()
    assert actor.bodies_with("head", levels.DAY) == frozenset()
