"""Administrative divisions, from a province down to a village."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.offered import DataSet, Known, Published, Values, codes
from jiannuo.tables import Column, Kind, Table, both

from .. import actions, lookups
from ..kinds import Level
from ..models import Body, Division

SOURCE = "city"  # of a code whose source is not named

_CODE = Column(
    "code",
    both("区划代码", "Code"),
    Kind.DIGITS,
    both(
        "2、4、6、9 或 12 位数字；没有单独代码的开发区等留空。",
        "2, 4, 6, 9 or 12 digits; empty for a zone without a code of its own.",
    ),
    example="990102",
    most=12,
)
_NAME = Column(
    "name",
    both("区划名称", "Name"),
    Kind.TEXT,
    both("本级名称，不带上级：青禾区。", "Its own name without those above it: 青禾区."),
    example="青禾区",
    required=True,
    most=80,
)
_LEVEL = Column(
    "level",
    both("级别", "Level"),
    Kind.CODE,
    both("省、市、县区、乡镇（街道）或村（社区）。", "Province, city, county, township or village."),
    example="县区",
    required=True,
    codes=codes(lambda: dict(Level.choices)),
)
_PARENT = Column(
    "parent",
    both("上级区划代码", "Code of the division above"),
    Kind.DIGITS,
    both(
        "同一来源的代码；上级须已登记，或在本表中排在前面。",
        "In the same source; registered, or earlier in this table.",
    ),
    example="9901",
    most=12,
)
_SOURCE = Column(
    "source",
    both("代码来源", "Source of the code"),
    Kind.TEXT,
    both(
        "哪一版代码：nbs-2023 是国家统计局 2023 年版；留空是本市自编（city）。",
        "Which edition: nbs-2023 is that of the statistics bureau of 2023; empty: the city's own (city).",
    ),
    example="demo",
    most=20,
)

TABLE = Table(
    "divisions",
    both("行政区划", "Divisions"),
    both("省、市、县区、乡镇（街道）、村（社区），自上而下。", "Provinces down to villages, upper ones first."),
    (_CODE, _NAME, _LEVEL, _PARENT, _SOURCE),
    key=("source", "code", "parent", "name"),
)


def known(rows: Sequence[Values]) -> list[Known | None]:
    """By source and code; one without a code by its name and the code of what lies above it."""
    sources = {_source(row) for row in rows}
    there = Division.objects.filter(source__in=sources).select_related("parent")
    coded = {(one.source, one.code): one for one in there if one.has_code}
    named = {(one.source, one.parent.code if one.parent else "", one.name): one for one in there if not one.has_code}
    out: list[Known | None] = []
    for row in rows:
        source = _source(row)
        key = (source, row["parent"] or "", row["name"])
        one = coded.get((source, row["code"])) if row["code"] else named.get(key)
        if one is None:
            out.append(None)
            continue
        values = _values(one) | {"source": source if row["source"] else None}
        out.append(Known(f"division:{one.pk}", 1, values, one.name))
    return out


def enter(rows: Sequence[Values], *, provider: Body, by: Actor, on: date) -> list[str]:
    new = [
        actions.NewDivision(
            row["code"] or "",
            row["name"],
            row["level"],
            row["parent"] or "",
            source=_source(row),
            has_code=bool(row["code"]),
        )
        for row in rows
    ]
    return [f"division:{one.pk}" for one in actions.add_divisions(new, by=by, on=on)]


def published(on: date) -> Iterator[tuple[str, Values, date | None]]:
    rows = Division.objects.select_related("parent").order_by("source", "code", "id")
    for one in rows.iterator(chunk_size=1000):
        yield f"division:{one.pk}", _values(one), None


def _source(row: Values) -> str:
    return row["source"] or SOURCE


def _values(one: Division) -> dict[str, Any]:
    return {
        "code": one.code if one.has_code else None,
        "name": one.name,
        "level": one.level,
        "parent": one.parent.code if one.parent else None,
        "source": one.source,
    }


DIVISIONS = DataSet(
    TABLE,
    roles=("registry",),
    lookups=lookups.lookups,
    known=known,
    enter=enter,
    fixed=both(
        "区划的名称和代码不在这里改动；国家代码调整时按新的来源另行登记。",
        "Names and codes of divisions are not changed here; a new edition is entered under its own source.",
    ),
    published=Published(TABLE, published),
)
