"""Whose decision a record may rest on: sort, level, and standing to the body on the day of the decision."""

from datetime import date

import pytest

from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.refused import RefusedMany
from jiannuo.records import actions
from jiannuo.records.kinds.competence import competent, stands
from jiannuo.registry import actions as registry
from tests import make

NOW = make.MONDAY


def found(name, kind, division, **under):
    (body,) = registry.found(
        [registry.NewBody(name, kind, division, founded=make.FOUNDING, **under)], by=SYSTEM, on=make.FOUNDING
    )
    return body


def faults(town, **changes):
    with pytest.raises(RefusedMany) as refused:
        actions.enter([make.row(town, **changes)], by=town.registrar, on=NOW)
    return {fault.code for fault in refused.value.faults}


def test_a_leading_group_decides_in_the_name_of_whoever_set_it_up(town):
    group = found("云川市政务诚信建设领导小组", "group", town.city.division, parent=town.city)
    own = found("青禾区政务诚信建设领导小组", "group", town.county.division, parent=town.county)
    assert stands(group, town.bureau, NOW) == "superior"
    assert stands(own, town.bureau, NOW) == "other"
    assert stands(group, town.city, NOW) == "other", "not about the government that set it up"
    assert competent("NOTICE", organ=group, body=town.bureau, day=NOW) is None
    assert competent("NOTICE", organ=own, body=town.bureau, day=NOW).code == "records.competence_relation"


def test_about_a_city_government_only_its_superior_decides(town):
    assert "records.competence_relation" in faults(town, body=town.city, organ=town.bureau)
    assert "records.competence_relation" in faults(town, body=town.city, organ=town.city)


def test_serious_dishonesty_is_decided_by_the_province_about_cities(town):
    assert competent("SEVERE_LN", organ=town.city, body=town.bureau, day=NOW).code == "records.competence_organ"


def test_the_standing_on_the_day_of_the_decision_counts(town):
    other = found("云川市住房局", "department", town.city.division, parent=town.city)
    agency = found("云川市路灯管理处", "institution", town.city.division, parent=town.bureau)
    registry.set_parent(agency, other, document="云编发〔2026〕1号", by=SYSTEM, on=date(2026, 10, 1))
    assert stands(town.bureau, agency, date(2026, 9, 30)) == "superior"
    assert stands(town.bureau, agency, date(2026, 10, 1)) == "other"
    assert stands(other, agency, date(2026, 10, 1)) == "superior"


def test_an_edit_is_held_against_the_competence_again(town):
    record = make.record(town, "draft")
    with pytest.raises(RefusedMany) as refused:
        actions.edit(record, make.row(town, organ=town.office), by=town.registrar, on=NOW)
    assert refused.value.faults[0].field == "organ"


@pytest.mark.parametrize("source", ["DEFAULT", "ARREARS", "NOTICE"])
def test_arrears_and_breaches_become_records_only_by_the_superior(town, source):
    assert faults(town, source=source, organ=town.court) == {"records.competence_organ"}
    assert make.record(town, "draft", source=source).source == source


def test_a_judgment_is_a_courts_and_a_body_never_decides_about_itself(town):
    assert make.record(town, "draft", source="JUDGMENT", organ=town.court).organ == town.court
    assert faults(town, source="JUDGMENT") == {"records.competence_organ"}
    assert faults(town, source="ADMIN_PENALTY", organ=town.bureau) == {"records.competence_relation"}
