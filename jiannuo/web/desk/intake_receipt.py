"""The receipt of a batch: what was handed in, what was taken, where the ledger has it; as a page and as a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from jiannuo.exchange import actions
from jiannuo.exchange.models import Batch
from jiannuo.ledger.models import Entry

from .intake_batch import opened
from .intake_state import shown_of
from .record_view import titles


@require_GET
def page(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt to be read and printed, and how anybody checks it."""
    batch, _actor, _today = opened(request, number)
    shown = shown_of(batch)
    taken, first, last = (_leaf(pk) for pk in (batch.taken, batch.first_entry, batch.last_entry))
    context = {
        "section": "intake",
        "batch": batch,
        "shown": shown,
        "by": titles([batch.by]).get(batch.by, ""),
        "awaited": batch.stage == Batch.Stage.DONE and not batch.receipt and batch.forgotten is None,
        "taken": taken,
        "first": first,
        "last": last,
        "note": batch.receipt,
    }
    return render(request, "desk/intake/receipt.html", context)


def _leaf(entry: int | None) -> Entry | None:
    """The entry, once it has its leaf."""
    return Entry.objects.filter(pk=entry, leaf__isnull=False).first() if entry else None


@require_GET
def note(request: HttpRequest, number: str) -> HttpResponse:
    """The signed note alone: what `jiannuo verify` reads."""
    batch, _actor, _today = opened(request, number)
    if batch.stage != Batch.Stage.DONE:
        raise Http404
    response = HttpResponse(actions.receipt(batch), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"receipt-{batch.number}.txt") or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
