"""云川市: divisions, bodies, posts and parties; its renaming, merger, split and abolition; the trial's accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import partial

from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.records.models import Record
from jiannuo.registry import actions as registry
from jiannuo.registry.kinds import BodyKind, Level
from jiannuo.registry.models import Body, Division, OutsideParty, Post

from .. import accounts
from .diary import Diary, table

SOURCE = "demo"
PLAN = "云川市政务诚信建设实施方案（云政发〔演示〕6号）二（一）"
FOUNDING = date(1996, 3, 1)
NEW = "市城建局"
OPENING = 330  # working days before: the platform begins, the accounts are opened
ASSIGNED = "云政认〔演示〕7号"  # the record that the split hands to another body than the general heir


def plan(diary: Diary) -> None:
    """Put into the diary all that happens to the city's bodies."""
    diary.plan(FOUNDING, _divisions)
    by_day: dict[date, list[dict[str, str]]] = defaultdict(list)
    for row in table("bodies.csv"):
        by_day[diary.when(row["founded"])].append(row)
    for day, rows in by_day.items():
        diary.plan(day, partial(_found, rows))
    for row in table("posts.csv"):
        diary.plan(diary.when(row["since"]), partial(_appoint, row))
    diary.plan(diary.day(OPENING), _open)
    diary.plan(diary.day(200), _rename)
    diary.plan(diary.day(170), _merge)
    diary.plan(diary.day(168), _open_new)
    diary.plan(diary.day(120), _split)
    diary.plan(diary.day(100), _drainage)
    diary.plan(diary.day(90), _abolish)


def body(short_name: str) -> Body:
    """A body by the short name that it has now."""
    return Body.objects.get(short_name=short_name)


def _divisions(on: date) -> None:
    rows = [registry.NewDivision(r["code"], r["name"], r["level"], r["parent"], SOURCE) for r in table("divisions.csv")]
    zone = registry.NewDivision("", "云川高新区", Level.COUNTY, "9901", SOURCE, has_code=False)
    registry.add_divisions([*rows, zone], by=SYSTEM, on=on)


def _found(rows: Sequence[dict[str, str]], on: date) -> None:
    """Found the bodies of one day; a body whose superior is founded with it comes after it."""
    waiting = list(rows)
    while waiting:
        behind = {row["short_name"] for row in waiting}
        ready = [row for row in waiting if row["parent"] not in behind]
        registry.found([_new(row, on) for row in ready], by=SYSTEM, on=on)
        waiting = [row for row in waiting if row not in ready]


def _new(row: dict[str, str], on: date) -> registry.NewBody:
    division = Division.objects.get(
        **({"has_code": False} if row["division"] == "zone" else {"source": SOURCE, "code": row["division"]})
    )
    parent = body(row["parent"]) if row["parent"] else None
    upper = _government(parent, on) if row["evaluable"] == "yes" else None
    return registry.NewBody(
        row["name"],
        row["kind"],
        division,
        short_name=row["short_name"],
        aliases=[alias for alias in row["aliases"].split(";") if alias],
        regime=row["regime"],
        code=row["code"] or None,
        confirm_code="校验" in row["note"],
        founded=on,
        parent=parent,
        evaluable_by=upper,
        evaluable_basis=PLAN if upper else "",
        inspectable_by=upper,
        inspectable_basis=PLAN if upper else "",
        note=row["note"],
    )


def _government(upper: Body | None, on: date) -> Body | None:
    """The government that leads, at whatever distance: departments do not evaluate their institutions here."""
    while upper is not None and upper.kind not in (BodyKind.GOVERNMENT, BodyKind.TOWNSHIP):
        upper = Body.objects.filter(childhoods__body=upper, childhoods__until__isnull=True).first()
    return upper


def _appoint(row: dict[str, str], on: date) -> None:
    holder = body(row["body"])
    post = Post.objects.filter(body=holder, title=row["title"]).first() or registry.add_post(
        holder, row["title"], is_head=row["is_head"] == "yes", by=SYSTEM, on=on
    )
    document = f"云人任〔{on.year}〕演示号"
    registry.appoint(post, row["name"], document=document, by=SYSTEM, on=on)


def _open(on: date) -> None:
    """The platform opens: firms and evaluators are registered, the accounts opened."""
    registry.add_parties([OutsideParty(**row) for row in table("parties.csv")], by=SYSTEM, on=on)
    accounts.lay([seat for seat in accounts.SEATS["demo"] if seat.body != NEW], on=on)


def _open_new(on: date) -> None:
    """The accounts of the body that came of the merger."""
    accounts.lay([seat for seat in accounts.SEATS["demo"] if seat.body == NEW], on=on)


def _rename(on: date) -> None:
    registry.rename(
        body("市商粮局"), "云川市商务局", short_name="市商务局", document="云编发〔演示〕2号", by=SYSTEM, on=on
    )


def _merge(on: date) -> None:
    old = [body("市建委"), body("市公用局")]
    registry.merge(old, into=body("市城建局"), document="云川市机构改革方案（云委发〔演示〕3号）", by=SYSTEM, on=on)


def _split(on: date) -> None:
    old, land, forest = body("市国土林业局"), body("市自然资源局"), body("市林草局")
    document = "云编发〔演示〕9号"
    registry.split(old, into=[land, forest], heir=land, document=document, by=SYSTEM, on=on)
    record = Record.objects.get(document_number=ASSIGNED)
    registry.assign(record.ref, old, forest, document=document, by=SYSTEM, on=on)


def _drainage(on: date) -> None:
    document = "云编发〔演示〕11号"
    registry.set_parent(body("市排水处"), body("市水务局"), document=document, by=SYSTEM, on=on)
    registry.add_alias(body("市排水处"), "排水处", by=SYSTEM, on=on)


def _abolish(on: date) -> None:
    registry.abolish(body("市照明所"), body("市城建局"), document="云编发〔演示〕12号", by=SYSTEM, on=on)
