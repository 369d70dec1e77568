"""Divisions with the sources of their codes, and outside parties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from jiannuo.accounts.models import Role
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry import actions, codes
from jiannuo.registry.kinds import PartyKind
from jiannuo.registry.models import Body, Division, OutsideParty
from jiannuo.web.middleware import status_of
from jiannuo.web.portal import asking

from .registry import datalists, keeper, who
from .registry_forms import DivisionForm, PartyForm

PER_PAGE = 50


def _handed_in(request: HttpRequest, form: Any, act: Callable[[], Any]) -> tuple[Refused | None, int]:
    """Act on a valid form. (fault that belongs to no field, status); status 302 when it was done."""
    if not form.is_valid():
        return None, 422
    try:
        act()
    except Refused as refused:
        return form.place(refused), status_of(refused)
    return None, 302


@require_http_methods(["GET", "POST"])
def divisions(request: HttpRequest) -> HttpResponse:
    """The tree by county, to the village; a further division with the source “city”."""
    actor, today = who(request)
    fault, status, form = None, 200, DivisionForm(today=today)
    if request.method == "POST":
        by, _today = keeper(request)
        form = DivisionForm(request.POST, today=today)

        def act() -> None:
            typed = form.cleaned_data
            has_code = not typed["no_code"]
            code = typed["code"] if has_code else ""
            row = actions.NewDivision(code, typed["name"], typed["level"], has_code=has_code, above=typed["parent"])
            actions.add_divisions([row], by=by, on=today)

        fault, status = _handed_in(request, form, act)
        if status == 302:
            return redirect("desk:divisions")
    rows = list(Division.objects.order_by("-has_code", "code", "id"))
    below: dict[int | None, list[Division]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)
    bodies = dict(Body.objects.existing(today).order_by().values_list("division").annotate(n=Count("id")))

    def branch(row: Division) -> dict[str, Any]:
        inner = [branch(one) for one in below[row.pk]]
        lying = bodies.get(row.pk, 0)
        return {
            "row": row,
            "inner": inner,
            "bodies": lying + sum(one["bodies"] for one in inner),
            "all": 1 + sum(one["all"] for one in inner),
        }

    known = {row.pk for row in rows}
    sources = dict(Division.objects.order_by().values_list("source").annotate(n=Count("id")))
    facts = {
        "section": "bodies",
        "roots": [branch(row) for row in rows if row.parent_id not in known],
        "total": len(rows),
        "sources": sorted(sources.items()),
        "without": sum(not row.has_code for row in rows),
        "form": form,
        "fault": fault,
        "may": actor.can(Role.REGISTRY, today),
        "is_open": form.is_bound,
        **datalists(),
    }
    return render(request, "desk/bodies/divisions.html", facts, status=status)


@require_http_methods(["GET", "POST"])
def parties(request: HttpRequest) -> HttpResponse:
    """Firms, bidding agencies, evaluators; a code that fails its check is a warning to confirm."""
    actor, today = who(request)
    fault, status, form = None, 200, PartyForm(today=today)
    if request.method == "POST":
        by, _today = keeper(request)
        form = PartyForm(request.POST, today=today)

        def act() -> None:
            actions.add_parties([form.party()], by=by, on=today, confirm_code=form.cleaned_data["confirm_code"])

        fault, status = _handed_in(request, form, act)
        if status == 302:
            return redirect("desk:parties")
    faults: list[Refused] = []
    q = asking.words(request, faults)
    kind = request.GET.get("kind", "")
    rows = OutsideParty.objects.exclude(name="").exclude(kind=PartyKind.PERSON).order_by("kind", "name", "pk")
    if q:
        rows = rows.filter(Q(name__contains=q) | Q(code__contains=q))
    counts = dict(rows.order_by().values_list("kind").annotate(n=Count("id")))
    if kind in PartyKind.values:
        rows = rows.filter(kind=kind)
    elif kind:
        faults.append(asking.unknown(_("Sort"), kind, [PartyKind(one).label for one in counts]))
        rows = rows.none()
    page = asking.page(Paginator(rows, PER_PAGE), request, faults)
    facts = {
        "section": "bodies",
        "page": page,
        "rows": [(row, bool(row.code) and codes.fault(row.code) is not None) for row in page],
        "kinds": [(one, PartyKind(one).label, counts[one]) for one in PartyKind.values if counts.get(one)],
        "kind": kind,
        "q": q,
        "total": sum(counts.values()),
        "faults": faults,
        "form": form,
        "fault": fault,
        "may": actor.can(Role.REGISTRY, today),
        "is_open": form.is_bound,
    }
    return render(request, "desk/bodies/parties.html", facts, status=status)
