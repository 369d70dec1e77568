"""Records: the list with filters that are links, and the page with its proof. Only what shows today."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property

from jiannuo.ledger.actions import public_part
from jiannuo.ledger.models import Entry
from jiannuo.ledger.reading import make_proof
from jiannuo.records.models import Record
from jiannuo.registry.models import Division
from jiannuo.rules import book
from jiannuo.tlog import proof as proofs
from jiannuo.web.sentences import timeline

PER_PAGE = 100
FILTERS = ("kind", "source", "severity", "county", "year")


class Counted(Paginator):
    """A paginator that was told the exact count by the query that also counts the filters."""

    def __init__(self, rows: Any, per_page: int, total: int) -> None:
        self._total = total
        super().__init__(rows, per_page)

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        return self._total


def listing(request: HttpRequest) -> HttpResponse:
    """Published records, newest first. Every filter is a link with its count; unknown values are passed over."""
    today = timezone.localdate()
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    rows = Record.objects.showing(today)
    conditions = {
        "kind": Q(kind=chosen["kind"]),
        "source": Q(source=chosen["source"]),
        "severity": Q(severity=chosen["severity"]),
        "county": Q(body__division_id=chosen["county"]) if chosen["county"].isdigit() else None,
        "year": Q(effective__year=chosen["year"]) if chosen["year"].isdigit() and len(chosen["year"]) == 4 else None,
    }
    for name in FILTERS:
        condition = conditions[name]
        if chosen[name] and condition is not None:
            rows = rows.filter(condition)
    # One grouped query gives the exact total and the counts behind all three code filters.
    groups = list(rows.order_by().values_list("kind", "source", "severity").annotate(n=Count("id")))
    total = sum(row[3] for row in groups)
    facets: dict[str, dict[str, int]] = {"kind": {}, "source": {}, "severity": {}}
    for kind, source, severity, count in groups:
        for name, value in (("kind", kind), ("source", source), ("severity", severity)):
            if value:
                facets[name][value] = facets[name].get(value, 0) + count
    page = Counted(
        rows.order_by("-effective", "-id").values_list(
            "slug", "title", "number", "kind", "source", "severity", "effective", "body_id", "body__name", "publication__ends"
        ),
        PER_PAGE,
        total,
    ).get_page(request.GET.get("page"))
    context = {
        "section": "records",
        "page": page,
        "total": total,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "facets": facets,
        "kinds": dict(Record.Kind.choices),
        "counties": Division.objects.filter(pk=chosen["county"]) if chosen["county"].isdigit() else [],
    }
    return render(request, "portal/records.html", context)


def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One record. What is not public today and what never was get the same page: the answer tells nothing."""
    today = timezone.localdate()
    record = (
        Record.objects.showing(today)
        .select_related("body", "organ", "publication")
        .filter(slug=slug)
        .first()
    )
    if record is None:
        return render(request, "portal/record_gone.html", {"section": "records"}, status=404)
    publication = record.publication
    entries = list(Entry.objects.filter(subject__in=[record.ref, publication.ref]).order_by("id"))
    cleared = next((e for e in reversed(entries) if e.verb == "publication.clear"), None)
    facts = public_part(cleared).get("facts") if cleared else None
    proof = make_proof(cleared) if cleared else None
    total = (publication.ends - publication.starts).days
    used = (today - publication.starts).days
    context = {
        "section": "records",
        "record": record,
        "publication": publication,
        "state": record.machine.state(record.state),
        "lines": timeline(entries),
        "cleared": cleared,
        "facts": facts,
        "is_as_logged": facts == publication.after_image(today).get("facts"),
        "proof": proof,
        "tree": tree(proof) if proof else None,
        "media_type": proofs.MEDIA_TYPE,
        "days_left": (publication.ends - today).days,
        "used": round(100 * used / total) if total else 100,
        "repair_from": record.repair_from,
        "severity_rule": book().classes.get(record.severity),
        "source_rule": book().sources[record.source],
        "term": record.class_term,
        "receivers": publication.receipts.filter(withdrawn__isnull=True).count(),
    }
    return render(request, "portal/record.html", context)


def tree(proof: proofs.Proof) -> dict[str, Any]:
    """The way from the leaf to the root, for a drawing: at each level ours and the hash that the proof gives."""
    levels = []
    index = proof.index
    for height, _hash in enumerate(proof.path[:6]):
        levels.append({"height": height, "is_right": bool(index >> height & 1)})
    return {"levels": levels, "more": max(0, len(proof.path) - 6), "count": len(proof.path)}

