"""Bodies: the list with filters that are links, and the page that tells the whole story of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.offered import Published, data_sets
from jiannuo.lifecycle.refused import Refused
from jiannuo.records.models import Record
from jiannuo.records.reading import personal_count
from jiannuo.registry import reading
from jiannuo.registry.kinds import PARTNERS, BodyKind, ParentKind
from jiannuo.registry.models import Assignment, Body, Division, Occupancy
from jiannuo.rules import book
from jiannuo.search import finding
from jiannuo.web import drawing
from jiannuo.web.portal import asking
from jiannuo.web.sentences import timeline

PER_PAGE = 50
ENDS = ("body.merged", "body.split", "body.abolished")


@dataclass(frozen=True)
class Asked:
    """What the filters of the list choose: rows in their order, how the page shows the filters, what does not fit."""

    rows: Any
    filters: dict[str, Any]
    faults: list[Refused]


def listing(request: HttpRequest) -> HttpResponse:
    """All bodies, by sort, county and whether they still exist."""
    found = asked(request)
    faults = list(found.faults)
    page = asking.page(Paginator(found.rows, PER_PAGE), request, faults)
    context = {
        "section": "bodies",
        "page": page,
        "faults": faults,
        "is_published": published() is not None,
        "as_workbook": page.paginator.count <= asking.MOST_XLSX,
        **found.filters,
    }
    return render(request, "portal/bodies.html", context)


def asked(request: HttpRequest) -> Asked:
    """The bodies that a request chooses: for the page, and for the download of the same list."""
    today = timezone.localdate()
    rows = Body.objects.select_related("division", "succession__heir")
    rows = rows.order_by("-division__has_code", "division__code", "id")  # a zone without a code of its own comes last
    faults: list[Refused] = []
    q = asking.words(request, faults)
    if q:
        refs = finding.matching(q, audience="public", on=today, kinds=["body"]).values_list("ref", flat=True)
        rows = rows.filter(pk__in=[int(ref.partition(":")[2]) for ref in refs[:2000]])
    county = request.GET.get("county", "")
    counties = list(Division.objects.filter(level="county").order_by("-has_code", "code"))
    if county in {str(one.pk) for one in counties}:
        rows = rows.filter(division_id__in=_below(int(county)))
    elif county == "city":
        rows = rows.filter(division__level="city")
    elif county:
        faults.append(asking.unknown(_("County"), county, [_("City level"), *(one.name for one in counties)]))
        rows = rows.none()
    state = request.GET.get("state", "existing")
    if state == "ended":
        rows = rows.filter(ended__lte=today)
    elif state != "all":
        if state not in ("existing", ""):
            faults.append(asking.unknown(_("State"), state, [_("existing"), _("ended"), _("all")]))
        state = "existing"
        rows = rows.existing(today)
    counts = dict(rows.order_by().values_list("kind").annotate(n=Count("id")))
    kinds = [(value, label, counts[value]) for value, label in BodyKind.choices if counts.get(value)]
    kind = request.GET.get("kind", "")
    if kind in BodyKind.values:
        rows = rows.filter(kind=kind)
    elif kind:
        faults.append(asking.unknown(_("Sort"), kind, [label for _value, label, _count in kinds]))
        rows = rows.none()
    filters = {
        "kinds": kinds,
        "kind": kind,
        "state": state,
        "county": county,
        "q": q,
        "total": sum(counts.values()),
        "counties": counties,
    }
    return Asked(rows, filters, faults)


def published() -> Published | None:
    """Bodies as everybody may have them; None where no room offers them."""
    one = data_sets().get("bodies")
    return one.published if one else None


def _below(pk: int) -> set[int]:
    found, edge = {pk}, {pk}
    while edge:
        edge = set(Division.objects.filter(parent_id__in=edge).values_list("pk", flat=True)) - found
        found |= edge
    return found


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One body: what was found about it and about those it succeeded, its names, its place, its story."""
    body = get_object_or_404(Body.objects.select_related("division", "evaluable_by", "inspectable_by"), pk=pk)
    today = timezone.localdate()
    story = reading.story(body)
    origins = reading.predecessors(body.pk)
    rows = _answered_for(body, origins, today)
    # How its predecessors ended is part of its own story.
    ends = Q(subject__in=[f"body:{pk}" for pk in origins], verb__in=ENDS)
    entries = list(Entry.objects.filter(Q(subject=body.ref) | ends).order_by("on", "id"))
    holder = reading.holder(body.pk, today)
    context: dict[str, Any] = {
        "section": "bodies",
        "body": body,
        "went": story.went_to,
        "parts": story.went_to.parts.all() if story.went_to else [],
        "holder": body if holder == body.pk else Body.objects.get(pk=holder),
        "passings": [*story.came_from, *([story.went_to] if story.went_to else [])],
        "handed": story.handed,
        "drawing": drawing.succession(body, story, today),
        "origins": Body.objects.filter(pk__in=origins),
        "rows": rows,
        "broken": sum(row.kind == "dishonesty" for row in rows),
        "kept": sum(row.kind == "honour" for row in rows),
        "inherited": sum(row.body_id != body.pk for row in rows if row.kind == "dishonesty"),
        "names": body.names.all(),
        "parents": reading.parents(body.pk, today),
        "competent": reading.parents(body.pk, today, ParentKind.COMPETENT),
        "children": reading.children(body.pk, today).distinct(),
        "posts": _posts(body, today),
        "lines": timeline(entries),
        "leaves": [e.leaf for e in entries if e.leaf is not None],
        "is_partner": body.kind in PARTNERS,
        "personal": personal_count(body),
        "grounds": _grounds(body),
    }
    context["held_back"] = sum(n for _title, n in context["grounds"])
    return render(request, "portal/body.html", context)


def _answered_for(body: Body, origins: list[int], today: date) -> list[Record]:
    """Records that show today: its own, those it answers for by succession, and those handed to it by a document."""
    handed = Assignment.objects.filter(to_body__in=[body.pk, *origins], thing__startswith="record:")
    numbers = [int(thing.partition(":")[2]) for thing in handed.values_list("thing", flat=True)]
    shown = Record.objects.showing(today).filter(Q(body_id__in=[body.pk, *origins]) | Q(pk__in=numbers))
    rows = list(shown.select_related("body", "publication").order_by("-effective", "-id"))
    answers = reading.holders_of({row.ref: row.body_id for row in rows}, today)
    return [row for row in rows if row.body_id == body.pk or answers[row.ref] == body.pk]


def _grounds(body: Body) -> list[tuple[str, int]]:
    """On which grounds records of this body are kept from the public. A state secret is not counted by body."""
    rows = Record.objects.filter(body=body, personal=False, publication__state="refused")
    counts = dict(rows.order_by().values_list("publication__exception").annotate(n=Count("id")))
    language = get_language() or "zh"
    known = book().exceptions
    return [(known[key].title.get(language), n) for key, n in counts.items() if key in known and not known[key].stub]


def _posts(body: Body, today: Any) -> list[tuple[str, Any]]:
    """Posts and since when each is held: the post, never the name."""
    held = Occupancy.objects.filter(Q(until__isnull=True) | Q(until__gt=today), post__body=body, since__lte=today)
    return list(held.order_by("-post__is_head", "post__title").values_list("post__title", "since"))
