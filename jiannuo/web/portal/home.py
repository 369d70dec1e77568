"""Home, search, and the switch of type size."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from jiannuo.ledger import reading
from jiannuo.records.models import Record
from jiannuo.registry.models import Body, Division
from jiannuo.search import finding

EXAMPLES = ("发改", "财政局", "人民政府")


def home(request: HttpRequest) -> HttpResponse:
    """The city at a glance: who is in the registry, what is published now, how the log stands."""
    today = timezone.localdate()
    showing = Record.objects.showing(today)
    by_kind = dict(showing.values_list("kind").annotate(n=Count("id")).order_by())
    counties = list(Division.objects.filter(level="county").order_by("code"))
    per_county = _by_county(today, counties)
    latest = showing.select_related("body").order_by("-publication__starts", "-id")[:6]
    return render(
        request,
        "portal/home.html",
        {
            "section": "home",
            "bodies": Body.objects.existing(today).count(),
            "broken": by_kind.get("dishonesty", 0),
            "kept": by_kind.get("honour", 0),
            "counties": per_county,
            "latest": latest,
            "log": reading.state(),
            "examples": EXAMPLES,
            "divisions": Division.objects.count(),
        },
    )


def _by_county(today: object, counties: list[Division]) -> list[dict[str, object]]:
    """Bodies and published records by county, townships counted with their county; the city's own bodies last."""
    parents = dict(Division.objects.exclude(level__in=("village",)).values_list("pk", "parent_id"))
    ids = {county.pk for county in counties}

    def county_of(division: int | None) -> int | None:
        while division is not None and division not in ids:
            division = parents.get(division)
        return division

    bodies: dict[int | None, int] = {}
    for division, count in Body.objects.existing(today).values_list("division").annotate(n=Count("id")).order_by():  # type: ignore[arg-type]
        place = county_of(division)
        bodies[place] = bodies.get(place, 0) + count
    records: dict[int | None, int] = {}
    rows = Record.objects.showing(today).filter(kind="dishonesty").values_list("body__division")  # type: ignore[arg-type]
    for division, count in rows.annotate(n=Count("id")).order_by():
        place = county_of(division)
        records[place] = records.get(place, 0) + count
    out: list[dict[str, object]] = [
        {"name": c.name, "pk": c.pk, "bodies": bodies.get(c.pk, 0), "records": records.get(c.pk, 0)} for c in counties
    ]
    return [*out, {"name": "", "pk": "city", "bodies": bodies.get(None, 0), "records": records.get(None, 0)}]


def search(request: HttpRequest) -> HttpResponse:
    """What contains the words: one, two or more characters, simplified or traditional."""
    q = request.GET.get("q", "").strip()[:100]
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
    context = {"q": q, "groups": [group for group in groups if group[1]], "total": rows.count() if q else 0, "examples": EXAMPLES}
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
        response.set_cookie("jn-large", "1", max_age=365 * 86400, httponly=True, samesite="Lax", secure=not settings.TRIAL)
    return response
