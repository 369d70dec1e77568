"""The rules we follow: each with its article and how sure we are; and a calculator that says why."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiannuo.registry.kinds import BodyKind
from jiannuo.rules import book
from jiannuo.rules.terms import NoValue

GROUPS = {
    "terms": gettext_lazy("Periods"),
    "principles": gettext_lazy("Counting and conduct"),
    "sources": gettext_lazy("Sources of records and who may decide"),
    "classes": gettext_lazy("Classes of dishonesty"),
    "exceptions": gettext_lazy("Grounds for not making public"),
    "remedies": gettext_lazy("Remedies"),
    "naming": gettext_lazy("How names are written"),
}
STATUSES = {
    "verified": gettext_lazy("verified: the full text was read"),
    "unverified": gettext_lazy("to be verified: seen in an excerpt, or general knowledge"),
    "proposal": gettext_lazy("default of this platform: no legal source"),
}
FIRST, LAST = date(2004, 1, 1), date(2100, 1, 1)


def listing(request: HttpRequest) -> HttpResponse:
    """Every rule, by group; filtered by how sure we are."""
    status = request.GET.get("status", "")
    listed = list(book().rules())
    counts = {name: sum(one.rule.status == name for one in listed) for name in STATUSES}
    if status in STATUSES:
        listed = [one for one in listed if one.rule.status == status]
    groups = [(group, title, [one for one in listed if one.group == group]) for group, title in GROUPS.items()]
    context = {
        "section": "rules",
        "groups": [group for group in groups if group[2]],
        "statuses": [(name, title, counts[name]) for name, title in STATUSES.items()],
        "status": status,
        "total": sum(counts.values()),
        "digest": book().digest,
    }
    return render(request, "portal/rules.html", context)


def page(request: HttpRequest, group: str, key: str) -> HttpResponse:
    """One rule: its values by date, its articles, its worked examples."""
    for one in book().rules():
        if (one.group, one.key) == (group, key):
            term = book().terms.get(key) if group == "terms" else None
            worked = [(e, term.deadline(e.start)) for e in term.row.examples] if term else []
            kinds = dict(BodyKind.choices)
            context = {
                "section": "rules",
                "one": one,
                "worked": worked,
                "group": GROUPS[group],
                "organs": [kinds.get(kind, kind) for kind in getattr(one.rule, "organs", ())],
            }
            return render(request, "portal/rule.html", context)
    raise Http404


def calculator(request: HttpRequest) -> HttpResponse:
    """From this date, under this rule: the last day, and why."""
    context: dict[str, Any] = {
        "section": "rules",
        "terms": list(book().terms.items()),
        "term": request.GET.get("term", "record.check"),
        "start": request.GET.get("start", ""),
        "today": timezone.localdate(),
    }
    if "start" in request.GET:
        fault, start = _start(context["start"])
        term = book().terms.get(context["term"])
        if term is None:
            context["term_fault"] = _("There is no such rule: %(found)s. Choose one of the list.") % {
                "found": context["term"]
            }
        elif fault:
            context["start_fault"] = fault
        elif start:
            try:
                context["answer"] = term.deadline(start)
                context["chosen"] = term
            except NoValue:
                context["start_fault"] = _("This rule has no value for that day.")
    return render(request, "portal/calculator.html", context)


def _start(text: str) -> tuple[str, date | None]:
    try:
        start = date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        return _("“%(found)s” is not a day. Write it as 2026-11-23.") % {"found": text}, None
    if not FIRST <= start <= LAST:
        return _("%(found)s lies outside the calendar, which reaches from %(first)s to %(last)s.") % {
            "found": start,
            "first": FIRST,
            "last": LAST,
        }, None
    return "", start
