"""Records: the list with filters that are links, and the page with its proof. Only what shows today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from jiannuo.ledger import reading
from jiannuo.ledger.actions import public_part
from jiannuo.ledger.models import Entry
from jiannuo.ledger.reading import make_proof
from jiannuo.lifecycle.refused import Refused
from jiannuo.records.models import Record
from jiannuo.registry import reading as registry
from jiannuo.registry.models import Body, Division
from jiannuo.rules import book
from jiannuo.tlog import proof as proofs
from jiannuo.web.portal import asking, cube
from jiannuo.web.portal.clocks import with_days_used
from jiannuo.web.sentences import timeline
from jiannuo.web.templatetags.jn import cited, text

LIST = (
    "slug",
    "title",
    "number",
    "kind",
    "source",
    "severity",
    "effective",
    "body_id",
    "body__name",
    "publication__ends",
)


TITLES = {
    "kind": gettext_lazy("Kind"),
    "source": gettext_lazy("Source"),
    "severity": gettext_lazy("Class"),
    "county": gettext_lazy("County"),
    "year": gettext_lazy("Year"),
}


PER_PAGE = 100
FIELDS = ("url", "title", "number", "source", "day", "body", "body_name", "ends")  # of a line of the list


class Counted(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """A paginator that was told the exact count."""

    def __init__(self, rows: Any, per_page: int, total: int) -> None:
        self._total = total
        super().__init__(rows, per_page)

    @cached_property
    def count(self) -> int:
        return self._total


def listing(request: HttpRequest) -> HttpResponse:
    """Published records, newest first. Every filter is a link with its count; an unknown value is said to be one."""
    found = asked(request)
    total, rows = found.total, found.rows
    size = 50 if request.GET.get("size") == "50" else PER_PAGE
    faults = list(found.faults)
    page = asking.page(Counted(rows.values_list(*LIST), size, total), request, faults)
    broken, kept = found.by_kind
    context = {
        "section": "records",
        "page": page,
        "rows": _rows(page.object_list),
        "total": total,
        "as_workbook": total <= asking.MOST_XLSX,
        "all": found.counts.total({}),
        "broken": broken,
        "kept": kept,
        "faults": faults,
        "is_filtered": any(found.chosen.values()),
        "filters": found.filters,
        "size": size,
    }
    return render(request, "portal/records.html", context)


@dataclass(frozen=True)
class Asked:
    """What the filters of the list choose: rows newest first, their exact number, and what does not fit."""

    rows: Any
    total: int
    counts: cube.Cube
    chosen: Mapping[str, str]
    filters: list[dict[str, Any]]
    faults: list[Refused]

    @property
    def by_kind(self) -> list[int]:
        """Dishonesty and honour among what is listed.

        A filter does not narrow its own counts, so its other values are left out.
        """
        kinds, kind = self.counts.facets(self.chosen)["kind"], self.chosen["kind"]
        return [kinds.get(name, 0) if kind in ("", name) else 0 for name in ("dishonesty", "honour")]


def asked(request: HttpRequest) -> Asked:
    """The records that a request chooses: for the page, and for the download of the same list."""
    today = timezone.localdate()
    counts = cube.showing(today)
    chosen = {name: request.GET.get(name, "").replace("\0", "")[:40] for name in cube.AXES}
    filters = _filters(counts.facets(chosen), chosen)
    faults = _unknown(counts.facets({}), chosen, filters)
    total = counts.total(chosen)
    rows = Record.objects.showing(today)
    for name in ("kind", "source", "severity"):
        if chosen[name]:
            rows = rows.filter(**{name: chosen[name]})
    if chosen["county"]:
        rows = _of_county(rows, counts, chosen)
    if chosen["year"].isascii() and chosen["year"].isdigit() and 1 <= int(chosen["year"]) <= 9999:
        rows = rows.filter(effective__year=int(chosen["year"]))
    rows = rows.order_by("-effective", "-id") if total else Record.objects.none()
    return Asked(rows, total, counts, chosen, filters, faults)


def _of_county(rows: Any, counts: cube.Cube, chosen: Mapping[str, str]) -> Any:
    """Records of the bodies of the chosen county, by the shorter of two ways.

    Through these bodies a database reads all they have and sorts it; through the index of the newest it reads until a
    page is full. Which is shorter depends on how many match: the table of counts knows, the database does not.
    """
    divisions = counts.members.get(chosen["county"], frozenset())
    bodies = list(Body.objects.filter(division_id__in=divisions).values_list("pk", flat=True))
    until_full = PER_PAGE * counts.total({}) / max(1, counts.total(chosen))
    if counts.total({"county": chosen["county"]}) < until_full:
        return rows.filter(body_id__in=bodies)
    return rows.alias(holder=F("body_id") + 0).filter(holder__in=bodies)  # + 0: no index on this


def _rows(rows: Any) -> SafeString:
    """The lines of the list: a hundred are filled in, every value escaped, in a tenth of the time of rendering each."""
    at_record, at_body = reverse("portal:record", args=["0"])[:-2], reverse("portal:body", args=[0])[:-2]
    sources, severities = texts(book().sources), texts(book().classes)
    lines = _lines(get_language() or "zh")
    filled = [
        lines[kind].format(
            url=escape(f"{at_record}{slug}/"),
            title=escape(title),
            number=escape(number),
            source=escape(" · ".join(part for part in (sources.get(source, source), severities.get(severity)) if part)),
            day=effective.isoformat(),
            body=f"{at_body}{body}/",
            body_name=escape(name),
            ends=ends.isoformat(),
        )
        for slug, title, number, kind, source, severity, effective, body, name, ends in rows
    ]
    return SafeString("\n".join(filled))


@lru_cache(maxsize=8)
def _lines(language: str) -> dict[str, str]:
    """For each kind of record, the template of a line with the names of its fields where their values go."""
    blank = {name: SafeString("{" + name + "}") for name in FIELDS}
    return {
        kind: render_to_string("parts/record_row.html", {"r": blank, "is_kept": kind == "honour"})
        for kind in Record.Kind.values
    }


def texts(rows: Mapping[str, Any]) -> dict[str, str]:
    """Titles of rulebook rows in the reader's language."""
    language = get_language() or "zh"
    return {key: row.title.get(language) for key, row in rows.items()}


def _unknown(
    known: Mapping[str, Mapping[str, int]], chosen: Mapping[str, str], filters: list[dict[str, Any]]
) -> list[Refused]:
    """Values that no filter has, each with those it has."""
    shown = {one["name"]: one for one in filters}
    return [
        asking.unknown(
            TITLES[name], value, [option["label"] for option in shown[name]["options"]] if name in shown else []
        )
        for name, value in chosen.items()
        if value and value not in known[name] and not _exists(name, value)
    ]


def _exists(name: str, value: str) -> bool:
    """Whether a filter's value is one that could match, though nothing does today."""
    if name == "county":
        return value == cube.CITY or (
            value.isascii() and value.isdigit() and Division.objects.filter(pk=value, level="county").exists()
        )
    if name == "year":
        return value.isdigit() and len(value) == 4
    known: dict[str, Any] = {"kind": dict(Record.Kind.choices), "source": book().sources, "severity": book().classes}
    return value in known[name]


def _filters(facets: Mapping[str, Mapping[str, int]], chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """The filters as the page shows them: title, and for each value its label, count and whether it is chosen."""
    counties = {
        str(pk): name
        for pk, name in Division.objects.filter(pk__in=[k for k in facets["county"] if k.isdigit()]).values_list(
            "pk", "name"
        )
    }
    years = sorted(facets["year"], reverse=True)
    labels: dict[str, dict[str, Any]] = {
        "kind": dict(Record.Kind.choices),
        "source": texts(book().sources),
        "severity": texts(book().classes),
        "county": {**counties, cube.CITY: _("City level")},
        "year": {year: year for year in years},
    }
    out = []
    for name, values in labels.items():
        counts = facets[name]
        options = [
            {"value": value, "label": label, "count": counts.get(value, 0), "is_chosen": chosen[name] == value}
            for value, label in values.items()
            if counts.get(value) or chosen[name] == value
        ]
        if options:
            out.append({"name": name, "title": TITLES[name], "chosen": chosen[name], "options": options})
    return out


def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One record. What is not public today and what never was get the same page: the answer tells nothing."""
    today = timezone.localdate()
    record = Record.objects.showing(today).select_related("body", "organ", "publication").filter(slug=slug).first()
    if record is None:
        return render(request, "portal/record_gone.html", {"section": "records"}, status=404)
    publication = record.publication
    entries = list(Entry.objects.filter(subject__in=[record.ref, publication.ref]).order_by("id"))
    cleared = next((e for e in reversed(entries) if e.verb == "publication.clear"), None)
    facts = publication.after_image(today)["facts"]
    logged = public_part(cleared).get("facts") if cleared else None
    starts, ends = publication.starts or today, publication.ends or today  # a cleared one has both (constraint)
    total, used = (ends - starts).days, (today - starts).days
    repair = record.repair_from
    severity = book().classes.get(record.severity)
    holder = registry.holder(record.body_id, today)
    context = {
        "section": "records",
        "record": record,
        "holder": None if holder == record.body_id else Body.objects.get(pk=holder),
        "publication": publication,
        "lines": with_days_used(timeline(entries), {"record.statement": record.noticed} if record.noticed else {}),
        "coming": _coming(record, publication, today),
        "leaves": [e.leaf for e in entries if e.leaf is not None],
        "cleared": cleared,
        "page_facts": {"ref": publication.ref, "facts": facts},
        "is_as_logged": facts == logged,
        "proof": make_proof(cleared) if cleared and facts == logged else None,
        "media_type": proofs.MEDIA_TYPE,
        "days_left": (ends - today).days,
        "used": round(100 * used / total, 1) if total else 100,
        "repair_at": round(100 * (repair - starts).days / total, 1)
        if repair and total and starts < repair < ends
        else None,
        "repair_from": repair,
        "severity_rule": severity,
        "source_rule": book().sources[record.source],
        "basis": _basis(record),
        "term": record.class_term,
        "receivers": publication.receipts.filter(withdrawn__isnull=True).count(),
        "remedy": book().remedy(record.body.kind),
        "log": reading.state(),
    }
    context["tree"] = tree(context["proof"]) if context["proof"] else None
    response = render(request, "portal/record.html", context)
    # A record is found here, not through a general search engine (practice §4): nobody can call those copies back.
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response


def _basis(record: Record) -> list[dict[str, Any]]:
    """The articles that the determination rests on; with the rule of the rulebook that cites the same, if one does."""
    language = get_language() or "zh"
    known = {(cite.instrument, cite.article): one for one in book().rules() for cite in one.rule.cite if cite.article}
    out: list[dict[str, Any]] = []
    for one in record.basis:
        key, article = one.get("instrument", ""), one.get("article", "")
        instrument = book().instruments.get(key)
        if instrument is not None:
            out.append(
                {
                    "title": instrument.title.get(language),
                    "number": instrument.number,
                    "article": article,
                    "used_for": one.get("used_for", ""),
                    "rule": known.get((key, article)),
                }
            )
    return out


def _coming(record: Record, publication: Any, today: date) -> list[tuple[date, str, str, Any]]:
    """What the future holds, as hollow nodes: the day from which a repair may be asked for, and the end."""
    severity = book().classes.get(record.severity)
    out = []
    if record.repair_from and record.repair_from > today and severity:
        minimum = book().terms[severity.min_term]
        what = _("Least time of publicity over: a repair may be asked for")
        out.append((record.repair_from, what, _ruled(minimum), minimum.status))
    if publication.ends > today and record.class_term:
        term = record.class_term
        out.append((publication.ends, _("Publicity ends by itself"), _ruled(term), term.status))
    return out


def _ruled(term: Any) -> str:
    return f"{text(term.title)} · {cited(term.cite)}" if term.cite else text(term.title)


def tree(proof: proofs.Proof) -> dict[str, Any]:
    """The way from the leaf to the root as a drawing of at most four levels: ours filled, given hashes crossed."""
    shown = min(3, len(proof.path))
    nodes, lines = [], []
    ours = proof.index & ((1 << shown) - 1) if len(proof.path) == shown else proof.index % (1 << shown)
    for height in range(shown + 1):
        count = 1 << (shown - height)
        for at in range(count):
            x, y = round(320 * (at + 0.5) / count, 1), 128 - 37 * height
            place = ours >> height
            is_ours = at == place
            nodes.append({"x": x, "y": y, "is_ours": is_ours, "is_given": height < shown and at == place ^ 1})
            if height < shown:
                up = round(320 * (at // 2 + 0.5) / (count // 2), 1)
                lines.append({"x1": x, "y1": y, "x2": up, "y2": y - 37, "is_ours": is_ours})
    return {
        "lines": sorted(lines, key=lambda one: one["is_ours"]),
        "nodes": nodes,
        "top": 128 - 37 * shown - 18,
        "hidden": len(proof.path) - shown,
        "count": len(proof.path),
    }
