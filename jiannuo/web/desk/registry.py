"""Registry work: the list of bodies, a new one, and the page of one with all that may be done to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from jiannuo.accounts.acting import UserActor, actor_of
from jiannuo.accounts.models import Role
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry import actions, reading
from jiannuo.registry.kinds import BodyKind
from jiannuo.registry.models import Body, Division
from jiannuo.search import finding
from jiannuo.web import drawing
from jiannuo.web.middleware import status_of
from jiannuo.web.portal import asking

from .naming import offered
from .registry_forms import NewBodyForm

PER_PAGE = 50
# Records that no longer speak: what passes over are those that still count or may yet.
GONE = ("revoked", "sealed", "archived")


def who(request: HttpRequest) -> tuple[UserActor, date]:
    actor: Any = actor_of(request.user)
    return actor, timezone.localdate()


def keeper(request: HttpRequest, body: Body | None = None) -> tuple[actions.Entering, date]:
    """The keeper of the registry (of this body), as the actions take him; refused to everybody else."""
    actor, today = who(request)
    by = actions.Entering(actor, today)
    actions.may(by, body.pk if body else None, today)
    return by, today


def body_of(pk: int) -> Body:
    return get_object_or_404(Body.objects.select_related("division__parent", "evaluable_by", "inspectable_by"), pk=pk)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """All bodies: by name, alias or code; by sort, county, whether they exist and whether a fact is to be checked."""
    actor, today = who(request)
    rows: QuerySet[Body] = Body.objects.select_related("division", "succession__heir")
    rows = rows.order_by("-division__has_code", "division__code", "id")
    faults: list[Refused] = []
    q = asking.words(request, faults)
    if q:
        rows = _found(rows, q, today)
    county = request.GET.get("county", "")
    counties = list(Division.objects.filter(level="county").order_by("-has_code", "code"))
    if county in {str(one.pk) for one in counties}:
        rows = rows.filter(division_id__in=reading.places_below(int(county)))
    elif county == "city":
        rows = rows.filter(division__level="city")
    elif county:
        faults.append(asking.unknown(_("County"), county, [_("City level"), *counties]))
        rows = rows.none()
    check = Q(sure=False) | Q(code_confirmed=False)
    existing = Q(pk__in=Body.objects.existing(today).values("pk"))
    states = {
        "existing": (_("existing"), existing),
        "check": (_("to be checked"), existing & check),
        "ended": (_("ended"), Q(ended__lte=today)),
        "all": (_("all"), Q()),
    }
    sums = rows.order_by().aggregate(
        **{name: Count("pk", filter=rule) for name, (_label, rule) in states.items() if rule}
    )
    sums["all"] = rows.count()
    state = request.GET.get("state") or "existing"
    if state in states:
        rows = rows.filter(states[state][1])
    else:
        faults.append(asking.unknown(_("State"), state, [label for label, _rule in states.values()]))
        rows = rows.none()
    counts = dict(rows.order_by().values_list("kind").annotate(n=Count("id")))
    kind = request.GET.get("kind", "")
    if kind in BodyKind.values:
        rows = rows.filter(kind=kind)
    elif kind:
        faults.append(asking.unknown(_("Sort"), kind, BodyKind.labels))
        rows = rows.none()
    context = {
        "section": "bodies",
        "page": asking.page(Paginator(rows, PER_PAGE), request, faults),
        "kinds": [(value, label, counts[value]) for value, label in BodyKind.choices if counts.get(value)],
        "kind": kind,
        "states": [(name, label, sums[name]) for name, (label, _rule) in states.items()],
        "state": state,
        "county": county,
        "counties": counties,
        "q": q,
        "total": sum(counts.values()),
        "faults": faults,
        "may": actor.can(Role.REGISTRY, today),
    }
    return render(request, "desk/bodies/list.html", context)


def _found(rows: QuerySet[Body], q: str, today: date) -> QuerySet[Body]:
    """Those whose names, aliases or code contain `q`, in one question however many there are."""
    refs = finding.matching(q, audience="staff", on=today, kinds=["body"]).order_by().values("ref")
    return rows.alias(as_ref=Concat(Value("body:"), Cast("pk", CharField()))).filter(as_ref__in=refs)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register a body."""
    by, today = keeper(request)
    form = NewBodyForm(request.POST or None, today=today)
    fault, status = None, 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        typed = {name: value for name, value in form.cleaned_data.items() if name not in ("seen", "unsure")}
        row = actions.NewBody(**typed, sure=not form.cleaned_data["unsure"])
        try:
            (body,) = actions.found([row], by=by, on=today)
            return redirect("desk:body", body.pk)
        except Refused as refused:
            fault, status = form.place(refused), status_of(refused)
    facts = {"section": "bodies", "form": form, "fault": fault, **datalists()}
    return render(request, "desk/bodies/new.html", facts, status=status)


def datalists() -> dict[str, Any]:
    """What is offered while a body or a place is typed."""
    places = Division.objects.exclude(level="village").order_by("code").values_list("name", flat=True)
    return {
        "offered": offered(Body.objects.filter(ended__isnull=True)),
        "places": list(dict.fromkeys(places[:600])),
    }


def history(body: Body, story: reading.Story, today: date) -> dict[str, Any]:
    """The succession: drawing and table."""
    return {
        "drawing": drawing.succession(body, story, today),
        "passings": [*story.came_from, *([story.went_to] if story.went_to else [])],
        "went": story.went_to,
        "parts": list(story.went_to.parts.all()) if story.went_to else [],
    }
