"""Home, search, and the switch of type size."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from jiannuo.ledger import reading
from jiannuo.records.models import Record
from jiannuo.registry.kinds import BodyKind, Level
from jiannuo.registry.models import Body, Division
from jiannuo.rules import book
from jiannuo.search import finding
from jiannuo.web.portal import cube


def home(request: HttpRequest) -> HttpResponse:
    """The city at a glance: who is in the registry, what is published now, how the log stands."""
    today = timezone.localdate()
    counts = cube.showing(today)
    kinds = counts.facets({})["kind"]
    latest = (
        Record.objects.showing(today).select_related("body", "publication") if counts.cells else Record.objects.none()
    )
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
            "counties": _by_county(today, counts),
            "latest": latest.order_by("-publication__starts", "-id")[:6],
            "log": reading.state(),
            "examples": list(existing.exclude(short_name="").values_list("short_name", flat=True)[:3]),
            "levels": [(label, levels[value]) for value, label in Level.choices if levels.get(value)],
            "kinds": _kinds(existing),
            "ended": Body.objects.filter(ended__lte=today).count(),
            "unsure": existing.filter(sure=False).count(),
            "rules": len(list(book().rules())),
        },
    )


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


def search(request: HttpRequest) -> HttpResponse:
    """What contains the words: one, two or more characters, simplified or traditional."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:100]
    today = timezone.localdate()
    rows = finding.matching(q, audience="public", on=today)
    hits = finding.hits(rows[:100])
    found = [{"hit": hit, "pk": hit.ref.partition(":")[2]} for hit in hits]
    slugs = dict(
        Record.objects.filter(pk__in=[f["pk"] for f in found if f["hit"].kind == "record"]).values_list("pk", "slug")  # type: ignore[attr-defined]
    )
    for one in found:
        one["slug"] = slugs.get(int(str(one["pk"])), "")
    groups = [(kind, [one for one in found if one["hit"].kind == kind]) for kind in ("body", "record")]  # type: ignore[attr-defined]
    context = {
        "q": q,
        "groups": [group for group in groups if group[1]],
        "total": rows.count() if q else 0,
        "examples": [],
    }
    return render(request, "portal/search.html", context)


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
