"""Home, search, and the switch of type size."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiannuo.ledger import reading
from jiannuo.lifecycle.refused import Refused
from jiannuo.records.models import Record
from jiannuo.registry.kinds import BodyKind, Level
from jiannuo.registry.models import Body, Division
from jiannuo.registry.naming import REASONS, REGISTERED
from jiannuo.registry.resolving import resolve
from jiannuo.rules import book
from jiannuo.search import finding
from jiannuo.tlog import checkpoint, note
from jiannuo.web.portal import asking, cube

KINDS = {"body": gettext_lazy("Bodies"), "record": gettext_lazy("Records")}


def home(request: HttpRequest) -> HttpResponse:
    """The city at a glance: who is in the registry, what is published now, how the log stands."""
    today = timezone.localdate()
    counts = cube.showing(today)
    kinds = counts.facets({})["kind"]
    latest = (
        Record.objects.showing(today).select_related("body", "publication") if counts.cells else Record.objects.none()
    )
    log = reading.state()
    levels = dict(Division.objects.order_by().values_list("level").annotate(n=Count("id")))
    existing = Body.objects.existing(today)
    return render(
        request,
        "portal/home.html",
        {
            "section": "home",
            "bodies": existing.count(),
            "broken": kinds.get("dishonesty", 0),
            "kept": kinds.get("honour", 0),
            "counties": (rows := _by_county(today, counts)),
            "columns": 3 if (len(rows) - 1) % 3 == 0 else 4,  # the last row is the city's own
            "latest": latest.order_by("-publication__starts", "-id")[:6],
            "log": log,
            "is_signed": log is not None and _is_signed(log),
            "examples": _examples(existing),
            "levels": [(label, levels[value]) for value, label in Level.choices if levels.get(value)],
            "kinds": _kinds(existing),
            "ended": Body.objects.filter(ended__lte=today).count(),
            "unsure": existing.filter(sure=False).count(),
            "rules": len(list(book().rules())),
        },
    )


def _is_signed(log: reading.State) -> bool:
    """Whether the newest checkpoint bears the signature of the present key: what the panel says was checked, was."""
    try:
        return checkpoint.open_checkpoint(log.text, [note.Verifier.parse(log.key)]).size == log.size
    except note.NoteError:
        return False


def _kinds(existing: Any) -> list[tuple[Any, str, int]]:
    """Sorts of bodies with how many there are, most first."""
    counts = existing.order_by().values_list("kind").annotate(n=Count("id")).order_by("-n")
    labels = dict(BodyKind.choices)
    return [(labels[kind], kind, n) for kind, n in counts]


def _by_county(today: date, counts: cube.Cube) -> list[dict[str, Any]]:
    """Bodies and published records by county, townships counted with their county; the city's own bodies last."""
    place = {pk: county for county, members in counts.members.items() for pk in members}
    bodies: Counter[str] = Counter()
    for division, n in Body.objects.existing(today).order_by().values_list("division").annotate(n=Count("id")):
        bodies[place.get(division, cube.CITY)] += n
    rows = [
        {"name": name, "key": str(pk)}
        for pk, name in Division.objects.filter(level="county").order_by("-has_code", "code").values_list("pk", "name")
    ]
    rows.append({"name": "", "key": cube.CITY})
    return [
        {
            **row,
            "bodies": bodies[row["key"]],
            "broken": counts.total({"county": row["key"], "kind": "dishonesty"}),
            "kept": counts.total({"county": row["key"], "kind": "honour"}),
        }
        for row in rows
    ]


FEW = 3  # bodies found: with fewer, what else may be meant is offered
MEANT = 5


def search(request: HttpRequest) -> HttpResponse:
    """What contains the words: one, two or more characters, simplified or traditional. Bodies first, then records."""
    today = timezone.localdate()
    faults: list[Refused] = []
    q = asking.words(request, faults)
    rows = finding.matching(q, audience="public", on=today, kinds=list(KINDS))
    counts = dict(rows.order_by().values_list("kind").annotate(n=Count("id"))) if q else {}
    kind = request.GET.get("kind", "")
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    elif kind:
        faults.append(asking.unknown(_("Sort"), kind, KINDS.values()))
    page = asking.page(Paginator(rows.order_by("kind", F("day").desc(nulls_last=True), "-id"), 50), request, faults)
    context = {
        "q": q,
        "kind": kind,
        "kinds": [(value, title, counts[value]) for value, title in KINDS.items() if counts.get(value)],
        "page": page,
        "groups": _found(page.object_list),
        "total": sum(counts.values()),
        "examples": [] if q else _examples(Body.objects.existing(today)),
        "meant": _meant(q) if q and counts.get("body", 0) < FEW else [],
        "faults": faults,
    }
    return render(request, "portal/search.html", context)


def _meant(q: str) -> list[tuple[Body, Any]]:
    """Bodies that the words may mean though no text contains them: an old name, a usual short form, a slip."""
    cities = list(Division.objects.filter(level=Level.CITY)[:2])
    (answer,) = resolve([q], near=cities[0] if len(cities) == 1 else None)
    there = Body.objects.select_related("division").in_bulk([one.key for one in answer.candidates[:MEANT]])
    why = {one.key: REASONS[one.why[0]] for one in answer.candidates if one.why[0] not in REGISTERED}
    return [(there[key], reason) for key, reason in why.items() if key in there]


def _found(rows: Any) -> list[tuple[Any, list[Any]]]:
    """The things behind a page of hits, by sort; one that is gone since is left out."""
    refs = [str(row.ref).partition(":") for row in rows]
    ids = {kind: [int(number) for one, _colon, number in refs if one == kind] for kind in KINDS}
    things: dict[str, dict[int, Any]] = {
        "body": Body.objects.select_related("division").in_bulk(ids["body"]),
        "record": Record.objects.select_related("body", "publication").in_bulk(ids["record"]),
    }
    groups = [(kind, [things[kind][pk] for pk in ids[kind] if pk in things[kind]]) for kind in KINDS]
    return [group for group in groups if group[1]]


def _examples(existing: Any) -> list[str]:
    return list(existing.exclude(short_name="").values_list("short_name", flat=True)[:3])


def large(request: HttpRequest) -> HttpResponse:
    """Switch between normal and large type; works without JavaScript."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    if request.COOKIES.get("jn-large") == "1":
        response.delete_cookie("jn-large")
    else:
        response.set_cookie(
            "jn-large", "1", max_age=365 * 86400, httponly=True, samesite="Lax", secure=not settings.TRIAL
        )
    return response
