"""The rulebook on the desk: what waits for a legal reviewer, who may decide what, which years are published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

import jiannuo
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry.kinds import BodyKind, Level
from jiannuo.rules import book
from jiannuo.rules.calendar import FIRST_YEAR, LAST_YEAR
from jiannuo.rules.loader import Listed
from jiannuo.rules.schema import Cite, Instrument, Source, Status, TermRow
from jiannuo.web.portal import asking
from jiannuo.web.portal.rules import GROUPS, STATUSES

from .people import MACHINES, machines

SHORT = {
    Status.UNVERIFIED: _("to be verified"),
    Status.PROPOSAL: _("default of this platform"),
    Status.VERIFIED: _("verified"),
}
RELATIONS = {
    "any": _("also about itself"),
    "superior": _("only as the body above, or the competent one"),
    "not_self": _("not about itself"),
}


@dataclass(frozen=True)
class Task:
    """A rule to be read against its text.

    articles   of the instrument under which it is listed
    also       further citations, of other instruments
    used       where it bites: (what, which); in_code: the places of the program that name it
    place      file and line inside rulebook/
    """

    listed: Listed
    group: Any
    articles: list[str]
    also: list[Cite]
    used: list[tuple[Any, Any]]
    in_code: list[str]
    place: str


@dataclass(frozen=True)
class Reading:
    """One instrument and the rules to be read in it; None: rules that cite nothing."""

    key: str
    instrument: Instrument | None
    tasks: list[Task]
    place: str


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The work list (status=unverified; or another), competence, calendar, and how the rulebook is changed."""
    now = book()
    listed = list(now.rules())
    faults: list[Refused] = []
    status = request.GET.get("status") or Status.UNVERIFIED.value
    if status not in SHORT:
        faults.append(asking.unknown(_("How sure"), status, SHORT.values()))
    counts = {one: sum(row.rule.status is one for row in listed) for one in SHORT}
    today = timezone.localdate()
    context = {
        "section": "rules",
        "faults": faults,
        "status": status,
        "statuses": [(one.value, label, counts[one], STATUSES[one]) for one, label in SHORT.items()],
        "total": len(listed),
        "waiting": counts[Status.UNVERIFIED],
        "shown": counts.get(status, 0),  # type: ignore[call-overload]
        "readings": readings([row for row in listed if row.rule.status == status]),
        "sources": [_competence(key, row) for key, row in now.sources.items()],
        "years": years(today.year, now.digest),
        "last_published": max(LAST_YEAR, *now.calendar.published, 0),
        "first_published": FIRST_YEAR,
        "calendar_place": "calendar/",
        "differing": len(now.calendar.holidays) + len(now.calendar.workdays),
        "digest": now.digest,
    }
    return render(request, "desk/rules/page.html", context)


def readings(rows: list[Listed]) -> list[Reading]:
    """The rules by the instrument they cite first, in the order of instruments.yaml: one is read for all its rules."""
    now = book()
    by: dict[str, list[Task]] = defaultdict(list)
    for row in rows:
        cites = list(row.rule.cite)
        if isinstance(row.rule, TermRow):
            cites += [cite for value in row.rule.values for cite in value.cite if cite not in cites]
        first = cites[0].instrument if cites else ""
        by[first].append(
            Task(
                row,
                GROUPS[row.group],
                [cite.article for cite in cites if cite.instrument == first and cite.article],
                [cite for cite in cites if cite.instrument != first],
                list(_uses(row)),
                mentions(row.key) if row.group == "terms" else list(filter(None, [getattr(row.rule, "in_code", "")])),
                now.places.get((row.group, row.key), ""),
            )
        )
    out = [
        Reading(key, instrument, by[key], now.places.get(("instruments", key), ""))
        for key, instrument in now.instruments.items()
        if by.get(key)
    ]
    return out + ([Reading("", None, by[""], "")] if by.get("") else [])


def _uses(row: Listed) -> Iterator[tuple[Any, Any]]:
    """Where a rule bites: steps of machines, classes, exceptions, whose remedy it is. Sources stand in a table."""
    now = book()
    if row.group == "terms":
        for machine in machines():
            for step in machine.steps:
                if step.term == row.key:
                    yield MACHINES.get(machine.name, machine.name), step.label
        for one in now.classes.values():
            if one.min_term == row.key:
                yield _("Least publicity"), one.title
            if one.max_term == row.key:
                yield _("Longest publicity"), one.title
        for ground in now.exceptions.values():
            if ground.recheck == row.key:
                yield _("Looked at again"), ground.title
    kinds = dict(BodyKind.choices)
    for kind in getattr(row.rule, "subjects", ()) if row.group == "remedies" else ():
        yield _("Remedy of"), kinds.get(kind, kind)


@lru_cache(maxsize=512)
def mentions(key: str) -> list[str]:
    """Files of the program that count by this term; the pages only show it."""
    return [name for name, text in _program() if f'"{key}"' in text]


@lru_cache(maxsize=1)
def _program() -> list[tuple[str, str]]:
    root = Path(next(iter(jiannuo.__path__)))
    return [
        (str(file.relative_to(root)), file.read_text("utf-8"))
        for file in sorted(root.rglob("*.py"))
        if root / "web" not in file.parents
    ]


def _competence(key: str, row: Source) -> dict[str, Any]:
    """One source: which sorts of organ may decide, how they must stand to whom it is about."""
    kinds, levels = dict(BodyKind.choices), dict(Level.choices)
    about = []
    for subject in row.subjects:
        kind, _at, level = subject.partition("@")
        about.append((kinds.get(kind, kind), levels.get(level, "")))
    return {
        "key": key,
        "row": row,
        "organs": [kinds.get(kind, kind) for kind in row.organs],
        "levels": [levels.get(level, level) for level in row.organ_levels],
        "about": about,
        "relation": RELATIONS[row.relation],
        "place": book().places.get(("sources", key), ""),
    }


@lru_cache(maxsize=8)
def years(now: int, digest: str) -> list[dict[str, Any]]:
    """The years around this one: published or provisional, working days and make-up days; `digest` keys the cache."""
    calendar = book().calendar
    out = []
    for year in range(now - 2, now + 4):
        first = date(year, 1, 1)
        days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
        out.append(
            {
                "year": year,
                "is_provisional": calendar.is_provisional(first),
                "by_overlay": year in calendar.published,
                "workdays": sum(calendar.is_workday(day) for day in days),
                "makeup": sum(calendar.is_makeup(day) for day in days),
            }
        )
    return out
