"""Entities of FollowTheMoney: what everybody gets, what an operator gets of one body, and that the tool reads both."""

import json
import subprocess
import sys
from datetime import date
from importlib.util import find_spec

import pytest
from django.core.management import CommandError, call_command

from jiannuo.exchange import ftm
from jiannuo.ledger.models import Access
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry import actions as registry
from tests import make

NAME = "某某某"
REFORM = date(2026, 3, 2)


@pytest.fixture
def reformed(town):
    """A bureau with a post that is held, a former name, and a predecessor."""
    by, on = make.SYSTEM, make.FOUNDING
    old = registry.found(
        [registry.NewBody("云川市市政公用局", "department", town.city.division, founded=on, parent=town.city)],
        by=by,
        on=on,
    )[0]
    town.post = registry.add_post(town.bureau, "总工程师", by=by, on=on)
    registry.appoint(town.post, NAME, document="云任〔2020〕1号", by=by, on=on)
    registry.merge([old], into=town.bureau, document="云川市机构改革方案", by=by, on=REFORM)
    return town


def all_of(town):
    return list(ftm.entities(make.MONDAY))


def test_bodies_posts_and_successions_are_there_and_no_holder(reformed):
    found = all_of(reformed)
    assert {one["schema"] for one in found} == {"PublicBody", "Position", "Succession"}
    assert NAME not in json.dumps(found, ensure_ascii=False)
    by_id = {one["id"]: one for one in found}
    (post,) = [one for one in found if one["schema"] == "Position"]
    body = by_id[post["properties"]["organization"][0]]["properties"]
    assert body["name"] == ["云川市城市建设管理局"]
    assert body["abbreviation"] == ["市城建局"]
    assert by_id[body["parent"][0]]["properties"]["name"] == ["云川市人民政府"]
    (passing,) = [one["properties"] for one in found if one["schema"] == "Succession"]
    assert by_id[passing["predecessor"][0]]["properties"]["dissolutionDate"] == [REFORM.isoformat()]
    assert passing["date"] == [REFORM.isoformat()]


def test_ids_are_the_same_each_time_and_named_after_the_log(reformed, settings):
    assert [one["id"] for one in all_of(reformed)] == [one["id"] for one in all_of(reformed)]
    settings.ORIGIN = "credit.example/jiannuo"
    assert ftm.id_of("body:7") == "credit-example-jiannuo-body-7"


def test_holders_of_one_body_are_given_out_for_a_purpose_that_is_kept(reformed):
    given = ftm.held_by(reformed.bureau, purpose="整改督办", by=reformed.head, on=make.MONDAY)
    assert {one["schema"] for one in given} == {"PublicBody", "Position", "Person", "Occupancy"}
    look = Access.objects.get(what="ftm")
    assert (look.actor, look.purpose) == (reformed.head.ref, "整改督办")
    assert look.subject.startswith("official:")


def test_without_a_purpose_nothing_is_given_out(reformed):
    with pytest.raises(Refused) as refused:
        ftm.held_by(reformed.bureau, purpose=" ", by=reformed.head, on=make.MONDAY)
    assert refused.value.code == "exchange.no_purpose"
    assert not Access.objects.exists()


def test_who_does_not_see_the_holders_on_the_desk_gets_none_here(reformed):
    for actor in (reformed.registrar, reformed.stranger, make.SYSTEM):
        with pytest.raises(Refused) as refused:
            ftm.held_by(reformed.bureau, purpose="整改督办", by=actor, on=make.MONDAY)
        assert refused.value.code == "exchange.not_your_role"
    assert not Access.objects.exists()


def test_the_command_gives_them_to_who_may_see_them(reformed, capsys):
    ask = {"body": reformed.bureau.ref, "purpose": "整改督办"}
    call_command("ftm", by=reformed.head.user.username, **ask)
    assert NAME in capsys.readouterr().out
    for wrong in ({"by": "nobody"}, {"by": "registrar"}, {"by": "head", "body": "body:x"}):
        with pytest.raises(CommandError):
            call_command("ftm", **{**ask, **wrong})


@pytest.mark.parametrize("who", ["everybody", "operator"])
def test_the_followthemoney_tool_loads_them(reformed, tmp_path, who):
    if find_spec("followthemoney") is None:
        pytest.skip("followthemoney is not installed (uv sync --group bench)")
    given = (
        all_of(reformed)
        if who == "everybody"
        else ftm.held_by(reformed.bureau, purpose="整改督办", by=reformed.head, on=make.MONDAY)
    )
    file = tmp_path / ftm.FILE
    file.write_text("".join(ftm.line(one) for one in given), "utf-8")
    code = "from followthemoney.cli.cli import cli; cli()"
    command = [sys.executable, "-c", code, "validate", "-i", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    read = [json.loads(row) for row in done.stdout.splitlines()]
    assert [(one["id"], one["schema"]) for one in read] == [(one["id"], one["schema"]) for one in given]
    for ours, theirs in zip(given, read, strict=True):
        kept = {name: sorted(values) for name, values in theirs["properties"].items()}
        assert {name: sorted(values) for name, values in ours["properties"].items()} == kept
