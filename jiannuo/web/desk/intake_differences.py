"""Rows that say something else than what stands: was and now side by side, to be confirmed or declined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from jiannuo.exchange import actions
from jiannuo.exchange.models import Batch, Row
from jiannuo.exchange.reading import may_hand_in
from jiannuo.lifecycle.offered import data_sets
from jiannuo.lifecycle.refused import Refused
from jiannuo.tables import Fault
from jiannuo.web.middleware import status_of

from .intake import not_yours, set_named
from .intake_batch import opened_to_read
from .intake_faults import titles_of
from .intake_forms import ConfirmForm
from .intake_rows import leads_to
from .intake_state import shown_of
from .records import faults as faults_of

PER_PAGE = 50
AT_ONCE = 500  # rows of one decision: one transaction


@dataclass(frozen=True)
class Differing:
    """One row with what it would change."""

    row: Row
    name: str
    address: str
    lines: list[dict[str, Any]]
    ticked: bool
    faults: list[Fault]


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, number: str) -> HttpResponse:
    """The differences of a batch; a POST confirms or declines those that are ticked."""
    batch, actor, today = opened_to_read(request, number)
    may = may_hand_in(actor, batch.dataset, batch.provider_id, today)
    form = ConfirmForm(request.POST or None)
    ticked = {int(one) for one in request.POST.getlist("row") if one.isascii() and one.isdigit()}
    refused: list[Refused] = []
    status = 200
    if request.method == "POST":
        if not may:
            raise not_yours(set_named(batch.dataset).roles)
        status = 422
        chosen = _chosen(batch, ticked, everything=bool(request.POST.get("all")))
        verb = request.POST.get("do", "")
        if not chosen:
            refused = [_none_ticked()]
        elif verb == "decline" or form.is_valid():
            try:
                said = _decide(verb, chosen, form, by=actor, on=today)
            except Refused as fault:
                left = form.place(fault) if verb == "confirm" else fault
                refused = faults_of(left)
                status = status_of(left) if left else 422
            else:
                messages.success(request, said)
                left_over = Row.objects.filter(batch=batch, outcome=Row.Outcome.CHANGED).exists()
                there = "desk:batch_differences" if left_over else "desk:batch"
                return redirect(reverse(there, args=[number]))
    rows = Row.objects.filter(batch=batch, outcome=Row.Outcome.CHANGED).order_by("line")
    paged = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    dataset = data_sets().get(batch.dataset)
    context = {
        "section": "intake",
        "batch": batch,
        "shown": shown_of(batch),
        "page": paged,
        "rows": _differing(batch, list(paged), ticked, actor, today),
        "may": may,
        "fixed": dataset.fixed if dataset and dataset.amend is None else None,
        "form": form,
        "faults": refused,
        "is_all": bool(request.POST.get("all")),
        "at_once": AT_ONCE,
    }
    return render(request, "desk/intake/differences.html", context, status=status)


def _chosen(batch: Batch, ticked: set[int], *, everything: bool) -> list[Row]:
    rows = Row.objects.filter(batch=batch, outcome=Row.Outcome.CHANGED).order_by("line")
    return list(rows[:AT_ONCE] if everything else rows.filter(pk__in=list(ticked)[:AT_ONCE]))


def _decide(verb: str, rows: list[Row], form: ConfirmForm, **who: Any) -> str:
    n = len(rows)
    if verb == "decline":
        actions.decline(rows, **who)
        return ngettext(
            "%(n)s difference declined: what stands stays.", "%(n)s differences declined: what stands stays.", n
        ) % {"n": n}
    done = len(actions.confirm(rows, reason=form.cleaned_data["reason"], paper=form.cleaned_data["paper"], **who))
    said = ngettext("%(n)s difference confirmed and proposed.", "%(n)s differences confirmed and proposed.", done)
    said %= {"n": done}
    if done < n:
        left = ngettext(
            "%(n)s could not be: see what is said beside it.",
            "%(n)s could not be: see what is said beside them.",
            n - done,
        )
        said = f"{said} {left % {'n': n - done}}"
    return said


def _none_ticked() -> Refused:
    return Refused(
        "exchange.none_ticked",
        _("No row is ticked, so nothing was decided."),
        allowed=_("Tick the rows that you mean, or all of them, and press again. What you typed is still there."),
    )


def _differing(batch: Batch, rows: list[Row], ticked: set[int], actor: Any, on: Any) -> list[Differing]:
    dataset = data_sets().get(batch.dataset)
    titles = titles_of(dataset.table if dataset else None)
    ways = leads_to([row.ref for row in rows], actor, on)
    return [
        Differing(
            row,
            *ways.get(row.ref, (" · ".join(_key(row, batch)), "")),
            [{**one, "title": titles.get(one["column"], one["column"])} for one in row.difference],
            row.pk in ticked,
            [Fault.from_json(one) for one in row.faults],
        )
        for row in rows
    ]


def _key(row: Row, batch: Batch) -> list[str]:
    table = data_sets()[batch.dataset].table
    return [row.raw[name] for name in table.key if row.raw.get(name)]
