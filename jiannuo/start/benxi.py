"""The real registry of Benxi: divisions to village, governments of three levels, the 24 bodies that the plan names.

Facts only. Divisions: statistical codes of 2023 (National Bureau of Statistics), source "nbs-2023". Bodies and
their names of 2017: the plan (本政发〔2017〕24号). What nobody has checked is marked (`sure=False`) and says what is
to be checked. No code, head or founding day is known from a public source, so none is entered. Villages are
divisions, not yet bodies.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry import actions as registry
from jiannuo.registry.kinds import BodyKind, Level
from jiannuo.registry.models import Body, Division

from . import accounts, laying

NAME = "benxi"
DATA = Path(__file__).parent / "data" / "benxi"
CITY = "2105"
ZONE = "本溪高新技术产业开发区"
CHUNK = 500

# The plan, 二（一）: 专项督导、考核评价 of the city's departments, counties and the high-tech zone.
PLAN = "本溪市加强政务诚信建设的实施方案（本政发〔2017〕24号）二（一）；地方组织法第六十五条"
DERIVED = "由区划名称推定，待编办核对"


def load(on: date | None = None) -> None:
    """Lay the set: 565 divisions with a code and one zone without, then the bodies, by the real actions.

    In a trial also accounts of fictional holders of posts; no record.
    """
    on = on or timezone.localdate()
    with transaction.atomic():
        divisions = _divisions(on)
        city = _governments(divisions, on)
        _named_by_the_plan(divisions, city, on)
        if settings.TRIAL:
            accounts.lay(accounts.SEATS[NAME], on=on)
        laying.mark(laying.LAID, NAME, on=on)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _divisions(on: date) -> dict[str, Division]:
    """Divisions by code; the high-tech zone, which has no code of its own, under "zone"."""
    new = [
        registry.NewDivision(r["code"], r["name"], r["level"], r["parent"], r["source"]) for r in _rows("divisions.csv")
    ]
    made: dict[str, Division] = {}
    for start in range(0, len(new), CHUNK):
        made |= {d.code: d for d in registry.add_divisions(new[start : start + CHUNK], by=SYSTEM, on=on)}
    zone = registry.NewDivision(
        "", ZONE, Level.COUNTY, parent=CITY, source="city", has_code=False, parent_source="nbs-2023"
    )
    (made["zone"],) = registry.add_divisions([zone], by=SYSTEM, on=on)
    return made


def _governments(divisions: dict[str, Division], on: date) -> Body:
    """The city's, the counties', then the townships' governments and street offices; returns the city's."""
    (city,) = registry.found(
        [
            registry.NewBody(
                "本溪市人民政府", BodyKind.GOVERNMENT, divisions[CITY], short_name="市政府", aliases=["本溪市政府"]
            )
        ],
        by=SYSTEM,
        on=on,
    )
    counties = [d for d in divisions.values() if d.level == Level.COUNTY and d.has_code]
    founded = registry.found(
        [
            registry.NewBody(
                _full(d) + "人民政府",
                BodyKind.GOVERNMENT,
                d,
                short_name=f"{d.name}政府",
                parent=city,
                evaluable_by=city,
                evaluable_basis=PLAN,
            )
            for d in counties
        ],
        by=SYSTEM,
        on=on,
    )
    by_county = dict(zip([d.pk for d in counties], founded, strict=True))
    registry.found(
        [
            _township(d, by_county[d.parent_id])
            for d in divisions.values()
            if d.level == Level.TOWNSHIP and d.parent_id is not None
        ],
        by=SYSTEM,
        on=on,
    )
    return city


def _full(county: Division) -> str:
    """本溪市平山区, but 本溪满族自治县: an autonomous county is named without its city."""
    return county.name if county.name.endswith("县") else f"本溪市{county.name}"


def _township(division: Division, county: Body) -> registry.NewBody:
    """The organ of a township or street, its name derived from the division's: so it is marked to be checked."""
    place = county.name.removesuffix("人民政府") + division.name
    street = division.name.endswith("街道")
    return registry.NewBody(
        place + ("办事处" if street else "人民政府"),
        BodyKind.STREET if street else BodyKind.TOWNSHIP,
        division,
        short_name=division.name + ("办事处" if street else "政府"),
        parent=county,
        evaluable_by=county,
        evaluable_basis=PLAN,
        sure=False,
        note=DERIVED,
    )


def _named_by_the_plan(divisions: dict[str, Division], city: Body, on: date) -> None:
    """The 24 bodies the plan names. Partners (party organs, court, vertical organs) may not be evaluated."""
    registry.found(
        [
            registry.NewBody(
                row["name"],
                row["kind"],
                divisions[row["division"]],
                aliases=row["alias"].split(";"),
                former_names=[row["name_2017"]] if row["name_2017"] != row["name"] else [],
                parent=city if row["evaluable"] == "yes" else None,
                evaluable_by=city if row["evaluable"] == "yes" else None,
                evaluable_basis=PLAN if row["evaluable"] == "yes" else "",
                sure=row["sure"] == "yes",
                note=row["note"],
            )
            for row in _rows("bodies.csv")
        ],
        by=SYSTEM,
        on=on,
    )
