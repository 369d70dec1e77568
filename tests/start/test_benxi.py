"""The real registry: exact counts, marks of what is unsure, no invented record, and a second run changes nothing."""

import csv
from datetime import date

import pytest
from django.core.management import call_command

from jiannuo.accounts.models import Grant, Role, User
from jiannuo.ledger.models import Entry
from jiannuo.records.models import Record
from jiannuo.registry import reading
from jiannuo.registry.kinds import PARTNERS, BodyKind
from jiannuo.registry.models import Body, BodyName, Division, Official, Succession
from jiannuo.search.finding import find
from jiannuo.start import accounts, benxi
from tests.shared_data import shared

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


@pytest.fixture
def loaded(db):
    benxi.load(on=DAY)


def named() -> set[str]:
    return {row["name"] for row in benxi._rows("bodies.csv")}


@pytest.mark.usefixtures("loaded")
def test_six_counties_forty_nine_townships_five_hundred_and_eight_villages_and_a_zone_without_a_code():
    coded = Division.objects.filter(has_code=True)
    count = {level: coded.filter(level=level).count() for level in ("county", "township", "village")}
    assert count == {"county": 6, "township": 49, "village": 508}
    zone = Division.objects.get(has_code=False)
    assert (zone.code, zone.parent.name) == ("", "本溪市")


@pytest.mark.usefixtures("loaded")
def test_twenty_four_bodies_of_the_plan_and_the_governments_of_three_levels():
    assert Body.objects.filter(name__in=named()).count() == 24
    assert Body.objects.filter(kind=BodyKind.GOVERNMENT).count() == 1 + 6
    assert Body.objects.filter(kind__in=[BodyKind.STREET, BodyKind.TOWNSHIP]).count() == 49
    assert Body.objects.count() == 24 + 7 + 49
    city = Body.objects.get(name="本溪市人民政府")
    assert len(reading.subtree(city.pk, DAY)) == 7 + 49 + (24 - 6)


@pytest.mark.usefixtures("loaded")
def test_partners_are_not_evaluable_and_who_is_has_a_basis():
    assert not Body.objects.filter(kind__in=PARTNERS, evaluable_by__isnull=False).exists()
    assert not Body.objects.filter(evaluable_by__isnull=False, evaluable_basis="").exists()
    assert not Body.objects.filter(inspectable_by__isnull=False).exists()
    partners = Body.objects.filter(name__in=named(), kind__in=PARTNERS)
    assert partners.count() == 6


@pytest.mark.usefixtures("loaded")
def test_what_is_unsure_is_marked_and_says_what_is_to_be_checked():
    unsure = Body.objects.filter(sure=False)
    assert unsure.filter(name__in=named()).count() == 14
    assert not unsure.filter(note="").exists()
    assert not Body.objects.filter(kind__in=[BodyKind.STREET, BodyKind.TOWNSHIP], sure=True).exists()


@pytest.mark.usefixtures("loaded")
def test_each_is_found_by_the_words_of_the_plan():
    for row in benxi._rows("bodies.csv"):
        ref = Body.objects.get(name=row["name"]).ref
        for word in {*row["alias"].split(";"), row["name_2017"], row["name"]}:
            assert ref in {hit.ref for hit in find(word, on=DAY)}, word


@pytest.mark.usefixtures("loaded")
def test_nothing_is_invented():
    assert not Body.objects.exclude(code=None).exists()
    assert not Body.objects.exclude(founded=None).exists()
    assert not Official.objects.exists()
    assert not Succession.objects.exists()
    assert not Record.objects.exists()
    verbs = {verb for verb in Entry.objects.values_list("verb", flat=True) if not verb.startswith("account.")}
    assert verbs == {"division.added", "body.founded", "start.laid"}
    assert not BodyName.objects.filter(kind="full").exclude(since=None).exists()


@pytest.mark.usefixtures("loaded")
def test_a_trial_has_an_account_for_each_role_and_all_say_what_they_are():
    assert User.objects.count() == len(accounts.SEATS["benxi"])
    for user in User.objects.select_related("person"):
        assert user.person.name.startswith("试用账号")
        assert user.person.post_title.endswith("试用")
    assert set(Grant.objects.values_list("role", flat=True)) == set(Role.values)


def test_outside_a_trial_no_account_is_made(settings):
    settings.TRIAL = False
    benxi.load(on=DAY)
    assert not User.objects.exists()


@pytest.mark.usefixtures("loaded")
def test_an_autonomous_county_is_named_without_its_city():
    names = set(Body.objects.values_list("name", flat=True))
    assert {"本溪市平山区人民政府", "桓仁满族自治县人民政府", "本溪满族自治县小市镇人民政府"} <= names


def test_our_table_is_that_of_the_source():
    with shared("divisions/benxi_villages.csv").open(encoding="utf-8-sig") as file:
        source = {(row["code"], row["name"], row["streetCode"]) for row in csv.DictReader(file)}
    ours = {(r["code"], r["name"], r["parent"]) for r in benxi._rows("divisions.csv") if r["level"] == "village"}
    assert ours == source
    with shared("plan/bodies.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    plan = {(r["full_name_2017"], r["current_candidate"] or r["full_name_2017"], r["sure"] == "yes") for r in rows}
    assert {(r["name_2017"], r["name"], r["sure"] == "yes") for r in benxi._rows("bodies.csv")} == plan


def test_a_second_run_of_the_command_changes_nothing(capsys):
    call_command("start", "benxi", on=DAY)
    entries = Entry.objects.count()
    call_command("start", "benxi")
    assert Entry.objects.count() == entries
    assert "nothing was changed" in capsys.readouterr().out
