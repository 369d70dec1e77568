"""The page of one batch: how far it is, what was taken, every bad cell, and the mended file back again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jiannuo.accounts.acting import UserActor
from jiannuo.exchange import actions
from jiannuo.exchange.models import Batch, Row
from jiannuo.exchange.reading import may_hand_in, may_read, visible_to
from jiannuo.lifecycle.refused import Refused

from . import intake_faults
from .intake import most_mb, not_yours, receive, set_named, told
from .intake_forms import HandInForm
from .intake_rows import leads_to, sheet_around
from .intake_state import LOOKS, Shown, shown_of
from .record_view import titles
from .records import faults as faults_of
from .records import who

PER_PAGE = 50


def opened(request: HttpRequest, number: str) -> tuple[Batch, UserActor, date]:
    """The batch of this number, if this actor may see it: what may not be seen is not there."""
    actor, today = who(request)
    batch = get_object_or_404(visible_to(actor, today).select_related("provider", "mends"), number=number)
    return batch, actor, today


def opened_to_read(request: HttpRequest, number: str) -> tuple[Batch, UserActor, date]:
    """As `opened`, for pages that say what the rows say."""
    batch, actor, today = opened(request, number)
    if not may_read(actor, batch.dataset, batch.provider_id, today):
        raise Http404
    return batch, actor, today


@require_GET
def page(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one batch on one page."""
    batch, actor, today = opened(request, number)
    return batch_page(request, batch, actor, today)


def batch_page(
    request: HttpRequest, batch: Batch, actor: UserActor, today: date, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page, with what a refused form on it brings along."""
    shown = shown_of(batch)
    may = may_hand_in(actor, batch.dataset, batch.provider_id, today)
    context = {
        "section": "intake",
        "batch": batch,
        "shown": shown,
        "may": may,
        "may_read": may_read(actor, batch.dataset, batch.provider_id, today),
        "by": titles([batch.by]).get(batch.by, ""),
        "form": mending_form(batch) if may and not shown.is_erased else None,
        "faults": [],
        "here": request.path,
        **(_bad_cells(request, batch, shown) if not shown.is_running else {}),
    }
    return render(request, "desk/intake/batch.html", context | more, status=status)


def mending_form(batch: Batch, *typed: Any) -> HandInForm:
    return HandInForm(*typed, bodies=[batch.provider], most=most_mb(), mark="-again")


def _bad_cells(request: HttpRequest, batch: Batch, shown: Shown) -> dict[str, Any]:
    """The bad cells of the page asked for, the kinds of fault to choose from, and one place of the sheet."""
    everything = intake_faults.of_batch(batch, shown.table) if shown.bad else []
    groups = intake_faults.groups(everything)
    key = request.GET.get("fault", "")
    group = next((one for one in groups if one.key == key), None)
    order = {one.key: place for place, one in enumerate(groups)}
    chosen = [one for one in everything if one.key == key] if group else everything
    chosen.sort(key=lambda one: (order[one.key], one.line))
    cells = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    line = request.GET.get("line", "")
    first = cells[0].line if len(cells) else None
    return {
        "groups": groups,
        "group": group,
        "cells": cells,
        "written": intake_faults.as_written(batch, cells),
        "n_cells": len(everything),
        "sheet": sheet_around(batch, shown.table, int(line) if line.isdigit() and len(line) < 9 else first),
    }


@require_GET
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """How far it is, to be put into the page again and again; once it is done, the browser opens the page anew."""
    batch, _actor, _today = opened(request, number)
    shown = shown_of(batch)
    if "HX-Request" not in request.headers:
        return redirect("desk:batch", number)
    response = render(request, "desk/intake/_progress.html", {"batch": batch, "shown": shown})
    if not shown.is_running:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def again(request: HttpRequest, number: str) -> HttpResponse:
    """Take the mended file, or the same file with the sheet that is meant."""
    batch, actor, today = opened(request, number)
    dataset = set_named(batch.dataset)
    if not may_hand_in(actor, batch.dataset, batch.provider_id, today):
        raise not_yours(dataset.roles)
    if sheet := request.POST.get("sheet", ""):
        try:
            return redirect("desk:batch", actions.read_sheet(batch, sheet[:120], by=actor, on=today).number)
        except Refused as fault:
            return batch_page(request, batch, actor, today, status=422, faults=faults_of(fault))
    form = mending_form(batch, request.POST, request.FILES)
    if not form.is_valid():
        return batch_page(request, batch, actor, today, status=422, form=form)
    taken, refused = receive(form.cleaned_data["file"], dataset, batch.provider, by=actor, on=today, mends=batch)
    if refused:
        told(request, taken)
        return batch_page(request, batch, actor, today, status=422, faults=refused)
    told(request, taken[1:])
    return redirect("desk:batch", taken[0].number)


@require_GET
def errors(request: HttpRequest, number: str) -> HttpResponse:
    """The workbook that was handed in with a comment on each bad cell; of a long one, the bad rows alone."""
    batch, _actor, _today = opened_to_read(request, number)
    if batch.forgotten or not Row.objects.filter(batch=batch, outcome=Row.Outcome.REFUSED).exists():
        raise Http404
    content = actions.errors_file(batch)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(content, content_type=kind)
    stem = batch.file_name.rpartition(".")[0] or batch.number
    name = _("%(file)s - to be mended") % {"file": stem}
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def rows(request: HttpRequest, number: str) -> HttpResponse:
    """Every row of the batch and what became of it, with a way to what it is now."""
    batch, actor, today = opened_to_read(request, number)
    shown = shown_of(batch)
    outcome = request.GET.get("outcome", "")
    found = Row.objects.filter(batch=batch).order_by("line")
    if outcome in Row.Outcome.values:
        found = found.filter(outcome=outcome)
    number_of_page = request.GET.get("page") or _page_of(found, request.GET.get("line", ""))
    page = Paginator(found.defer("faults", "difference"), PER_PAGE).get_page(number_of_page)
    ways = leads_to([row.ref for row in page if row.ref], actor, today)
    context = {
        "section": "intake",
        "batch": batch,
        "shown": shown,
        "page": page,
        "outcome": outcome,
        "outcomes": [(value, label, shown.n(value)) for value, label in Row.Outcome.choices if shown.n(value)],
        "rows": [(row, *LOOKS[row.outcome], _gist(row, shown), *ways.get(row.ref, ("", ""))) for row in page],
    }
    return render(request, "desk/intake/rows.html", context)


def _page_of(rows: QuerySet[Row], line: str) -> int:
    """The page on which this line stands: what it became links back to it."""
    return rows.filter(line__lt=int(line)).count() // PER_PAGE + 1 if line.isdigit() and len(line) < 9 else 1


def _gist(row: Row, shown: Shown) -> list[str]:
    """What tells the row apart: its natural key as it was written, else its first cells."""
    key = [row.raw[name] for name in shown.table.key if row.raw.get(name)] if shown.table else []
    return key or list(row.raw.values())[:3]
