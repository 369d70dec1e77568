"""The demo city: the same facts every time, every state, a living desk, nothing real, and a log that holds."""

import re
from collections import Counter
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import override_settings

from jiannuo.accounts.models import Grant, Role, User
from jiannuo.evidence.models import Document, SealedCopy, Service
from jiannuo.exchange.models import Batch, Row
from jiannuo.ledger import reading as log
from jiannuo.ledger import verifying, withdrawn
from jiannuo.ledger.actions import public_part
from jiannuo.ledger.models import Entry
from jiannuo.records import imaging
from jiannuo.records.models import Publication, Receipt, Record
from jiannuo.records.reading import personal_count
from jiannuo.registry import codes, reading
from jiannuo.registry.kinds import PARTNERS, BodyKind, NameKind, Regime, SuccessionKind
from jiannuo.registry.models import Assignment, Body, Division, Occupancy, OutsideParty, Parentage, Succession
from jiannuo.rules import book
from jiannuo.search.finding import find
from jiannuo.start import accounts, benxi, demo

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)
REF = re.compile(r'"([a-z_-]+):(\d+)"')
HASHER = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def facts():
    """All that the set says, with refs counted by first appearance, for numbers given by the database may differ."""
    seen: dict[str, int] = {}

    def counted(match):
        return f'"{match[1]}#{seen.setdefault(match[0], len(seen))}"'

    def settled(entry):
        # A sealed copy is encrypted with a key of the moment; quiet entries get their leaves in random order.
        drawn = r'"digest":"\w+"' if entry.verb == "archive.sealed" else r'"leaves":\[[^]]*\]'
        return REF.sub(counted, re.sub(drawn, "", f"{entry.public} {entry.internal}"))

    entries = [(e.verb, e.on, e.quiet, settled(e)) for e in Entry.objects.order_by("id")]
    records = list(
        Record.objects.order_by("id").values_list("number", "body__name", "state", "since", "due", "title", "severity")
    )
    return {"entries": entries, "records": records, "names": list(Body.objects.values_list("name", "founded", "ended"))}


@pytest.fixture(scope="module")
def laid(django_db_setup, django_db_blocker, tmp_path_factory):
    """The set, laid twice for one day and undone in between; once for all tests of this file."""
    out = SimpleNamespace(facts=[])
    with django_db_blocker.unblock(), transaction.atomic():
        for _time in range(2):
            root = tmp_path_factory.mktemp("demo")
            out.folders = {
                "LOG_DIR": root / "log", "LOG_KEY_FILE": root / "keys" / "log.key", "EVIDENCE_DIR": root / "evidence",
            }  # fmt: skip
            before = transaction.savepoint()
            with override_settings(**out.folders, PASSWORD_HASHERS=HASHER):
                demo.load(on=DAY)
                out.facts.append(facts())
            if len(out.facts) == 1:
                transaction.savepoint_rollback(before)
        yield out
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _its_folders(laid, settings, _own_folders):
    for name, folder in laid.folders.items():
        setattr(settings, name, folder)


def test_two_loads_for_the_same_day_give_the_same_facts(laid):
    first, second = laid.facts
    for key in first:
        assert first[key] == second[key]


def test_records_stand_at_every_state_of_both_machines():
    states = set(Record.objects.values_list("kind", "state"))
    from jiannuo.records.kinds import HONOUR, PUBLICATION, RECORD

    assert {state for kind, state in states if kind == "dishonesty"} == {state.name for state in RECORD.states}
    assert {"draft", "returned", "checked", "in_force"} <= {state for kind, state in states if kind == "honour"}
    assert set(Publication.objects.values_list("state", flat=True)) == {state.name for state in PUBLICATION.states}
    assert set(HONOUR.states)
    assert Record.objects.filter(stayed__isnull=False).exists()
    assert Record.objects.filter(state="noticed", statement="").exists()
    assert Record.objects.filter(state="noticed").exclude(statement="").exists()
    assert Publication.objects.filter(state="proposed", released_by__isnull=True).exists()
    assert Publication.objects.filter(state="proposed", released_by__isnull=False).exists()
    assert 30 <= Record.objects.count() <= 75


def test_the_desk_has_something_overdue_due_today_tomorrow_and_later():
    dues = list(Record.objects.filter(due__isnull=False).values_list("due", flat=True))
    dues += list(Publication.objects.filter(state="proposed").values_list("due", flat=True))
    tomorrow = book().calendar.add_workdays(DAY, 1)
    assert min(dues) < DAY
    assert {DAY, tomorrow} <= set(dues)
    assert max(dues) > tomorrow


def test_decisions_fall_on_working_days_and_the_ledger_runs_with_time():
    days = Record.objects.values_list("decided", "served")
    assert all(book().calendar.is_workday(day) for pair in days for day in pair)
    told = list(Entry.objects.order_by("id").values_list("on", flat=True))
    assert told == sorted(told)
    assert told[-1] <= DAY


def test_the_log_holds_and_every_page_says_what_its_last_entry_says():
    assert list(verifying.verify()) == []
    assert not Entry.objects.filter(leaf__isnull=True, quiet=False).exists()
    shown = list(imaging.images(DAY))
    assert len(shown) >= 15
    for ref, image in shown:
        last = [public_part(e) for e in Entry.objects.filter(subject=ref) if public_part(e).get("facts")][-1]
        assert last["facts"] == image, ref


def test_what_was_erased_is_on_the_withdrawn_list_with_its_leaves():
    lines = withdrawn.read()
    assert len({line.subject for line in lines if line.leaves}) >= 5
    state = log.state()
    assert state is not None
    assert state.withdrawn > 10
    assert SealedCopy.objects.count() >= 2


def test_every_sort_of_body_and_regime_is_there_with_codes_of_the_unused_number():
    assert set(Body.objects.values_list("kind", flat=True)) == set(BodyKind.values)
    assert {*Regime.values} - {Regime.UNKNOWN} <= set(Body.objects.values_list("regime", flat=True))
    assert 40 <= Body.objects.existing(DAY).count() <= 55
    coded = Body.objects.exclude(code=None)
    assert all(body.code[2:4] == "99" for body in coded)
    wrong = [body for body in coded if codes.fault(body.code)]
    assert [(body.code_confirmed, bool(body.note)) for body in wrong] == [(False, True)]
    assert Body.objects.filter(code=None).exists()
    assert not Body.objects.filter(kind__in=PARTNERS, evaluable_by__isnull=False).exists()
    assert not Body.objects.filter(kind__in=PARTNERS, records__isnull=False).exists()


def test_six_counties_and_a_zone_without_a_code():
    assert all(code.startswith("99") for code in Division.objects.filter(has_code=True).values_list("code", flat=True))
    assert Division.objects.filter(level="county", has_code=True).count() == 6
    assert Division.objects.get(has_code=False).name == "云川高新区"
    assert Division.objects.filter(level="village").count() >= 12
    assert set(Division.objects.values_list("source", flat=True)) == {"demo"}


def test_nothing_speaks_of_a_real_body():
    real = {row["name"] for row in benxi._rows("bodies.csv")} | {row["name_2017"] for row in benxi._rows("bodies.csv")}
    assert not real & set(Body.objects.values_list("name", flat=True))
    texts = " ".join(f"{e.public} {e.internal}" for e in Entry.objects.all())
    assert "本溪" not in texts
    assert all(
        "演示" in number for number in Record.objects.exclude(title="").values_list("document_number", flat=True)
    )
    assert all("演" in name for name in OutsideParty.objects.values_list("name", flat=True))


def test_bodies_were_renamed_merged_split_abolished_and_placed_elsewhere():
    assert Counter(Succession.objects.values_list("kind", flat=True)) == {
        SuccessionKind.MERGED: 2,
        SuccessionKind.SPLIT: 1,
        SuccessionKind.ABOLISHED: 1,
    }
    (handed,) = Assignment.objects.all()
    record = Record.objects.get(pk=handed.thing.partition(":")[2])
    assert reading.holder_of(record.ref, record.body_id, DAY) == Body.objects.get(short_name="市林草局").pk
    assert reading.holder(record.body_id, DAY) == Body.objects.get(short_name="市自然资源局").pk
    renamed = Body.objects.get(name="云川市商务局")
    assert renamed.names.filter(kind=NameKind.FULL).count() == 2
    moved = Body.objects.get(name="云川市排水管理处")
    assert Parentage.objects.filter(body=moved).count() == 3
    assert Occupancy.objects.filter(until__isnull=False).count() >= 5
    lamps = Body.objects.get(name="云川市城市照明管理所")
    assert (lamps.ended is not None, reading.holder(lamps.pk, DAY)) == (
        True,
        Body.objects.get(short_name="市城建局").pk,
    )


def test_inherited_records_still_show():
    old = Record.objects.showing(DAY).filter(body__ended__isnull=False)
    assert old.count() >= 4


def test_few_personal_records_are_not_counted_on_the_page(client):
    three = Body.objects.get(name="雁鸣县教育局")
    few = Body.objects.get(name="云川市交通运输局")
    assert personal_count(three) == "4"
    assert personal_count(few) == "< 3"
    texts = client.get(f"/bodies/{few.pk}/").content.decode()
    assert "政务处分" not in texts
    assert not Record.objects.showing(DAY).filter(personal=True).exists()
    assert find("政务处分（演示）", audience="staff", on=DAY) == []


def test_documents_have_their_twins_where_they_are_public_and_notices_were_served():
    for record in Record.objects.showing(DAY):
        originals = Document.objects.filter(owner=record.ref, twin_of__isnull=True)
        assert originals.exists()
        assert all(Document.objects.filter(twin_of=one).exists() for one in originals)
    assert Service.objects.filter(what="record.notice").count() >= 30
    assert Receipt.objects.filter(withdrawn__isnull=True).exists()
    assert Receipt.objects.filter(withdrawn__isnull=False).exists()


def test_each_account_has_its_roles_and_one_person_has_two():
    seats = accounts.SEATS["demo"]
    assert User.objects.filter(demo=True, must_change=False).count() == User.objects.count() == len(seats)
    for seat in seats:
        user = User.objects.select_related("person").get(username=seat.username)
        owner = seat.person or seat.username
        roles = next(one.roles for one in seats if one.username == owner)
        assert set(Grant.objects.filter(person=user.person).holding(DAY).values_list("role", flat=True)) == set(roles)
        assert user.person.post_title == seat.title
    assert {role for seat in seats for role in seat.roles} == set(Role.values)
    twice = User.objects.filter(username__in=["dengji-d", "fuhe-d"]).values_list("person", flat=True)
    assert len(set(twice)) == 1


def test_a_clerk_handed_in_files_of_every_end(laid):
    batches = {
        batch.file_name: (batch.stage, batch.counts) for batch in Batch.objects.filter(provider__short_name="市财政局")
    }
    assert batches == {
        "政府认定-报送.csv": ("done", {"new": 2, "refused": 2}),
        "政府认定-更改.csv": ("done", {"changed": 1}),
        "情况说明.xlsx": ("refused", {}),
    }
    faults = [fault["code"] for row in Row.objects.filter(outcome="refused").order_by("line") for fault in row.faults]
    assert faults == ["tables.lunar_day", "exchange.no_such_body", "tables.not_an_amount"]
