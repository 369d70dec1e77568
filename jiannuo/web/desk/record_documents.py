"""Documents of a record: put on file, redacted, and downloaded through the record's page alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jiannuo.evidence import storage
from jiannuo.evidence.models import Document
from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.refused import Refused
from jiannuo.records import actions
from jiannuo.records.models import Record
from jiannuo.web.middleware import status_of

from .record_forms import DocumentForm, TwinForm
from .record_view import papers_of
from .records import faults, opened, record_page, version_of

SUFFIX = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument": ".docx",
}


@require_GET
def download(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A document of this record, for whoever may see both; a look at a personal record's paper is noted."""
    record, actor, today = opened(request, slug)
    seen = {paper.pk: paper for paper in papers_of(record, by=actor, on=today)}
    for paper in list(seen.values()):
        if twin := getattr(paper, "redacted", None):
            seen[twin.pk] = twin
    found = seen.get(pk)
    if found is None or found.blanked:
        raise Http404
    if record.personal:
        ledger.look(actor.ref, found.ref, "document", on=today)
    response = HttpResponse(storage.read(found.path), content_type=found.media_type)
    name = f"{found.title}{SUFFIX.get(found.media_type, '')}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a further document on file."""
    form = DocumentForm(request.POST, request.FILES)

    def act(record: Record, who: dict[str, Any]) -> None:
        actions.attach(record, [form.row(record)], **who)

    return _do(request, slug, form, {"document_form": form, "open_form": "document"}, act)


@require_POST
def twin(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Put the redacted twin of a document on file, saying what was masked."""
    form = TwinForm(request.POST, request.FILES, mark=f"-{pk}")

    def act(record: Record, who: dict[str, Any]) -> None:
        document = Document.objects.filter(pk=pk, owner=record.ref, twin_of__isnull=True).first()
        if document is None:
            raise Http404
        typed = form.cleaned_data
        actions.redact(record, document, typed["twin"].read(), redactions=typed["redactions"], **who)

    return _do(request, slug, form, {"twin_form": form, "open_form": pk}, act)


def _do(
    request: HttpRequest,
    slug: str,
    form: Any,
    more: dict[str, Any],
    act: Callable[[Record, dict[str, Any]], None],
) -> HttpResponse:
    record, actor, today = opened(request, slug)
    refused, status = None, 422
    if form.is_valid():
        try:
            act(record, {"by": actor, "on": today, "seen": {record.pk: version_of(request)}})
            messages.success(request, _("The document is on file."))
            return redirect("desk:record", slug)
        except Refused as fault:
            refused = form.place(fault)
            status = status_of(refused) if refused else 422
    return record_page(request, record, actor, today, status=status, faults=faults(refused), **more)
