"""From a ref to the thing, and whether the public may see what it says today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from jiannuo.records.models import Publication, Record
from jiannuo.registry.models import Body


def open_refs(subjects: Iterable[str], on: date) -> set[str]:
    """Those of these subjects whose public part may be opened on this day.

    A body's acts are public. A record's are while it is published; after that only the leaf stays.
    """
    wanted = set(subjects)
    out = {ref for ref in wanted if ref.startswith(("body:", "division", "ledger", "rulebook", "opendata"))}
    record_ids = {int(ref.partition(":")[2]) for ref in wanted if ref.startswith("record:")}
    publication_ids = {int(ref.partition(":")[2]) for ref in wanted if ref.startswith("publication:")}
    showing = Record.objects.showing(on)
    out |= {f"record:{pk}" for pk in showing.filter(pk__in=record_ids).values_list("pk", flat=True)}
    rows = Publication.objects.filter(pk__in=publication_ids, record__in=showing).values_list("pk", flat=True)
    return out | {f"publication:{pk}" for pk in rows}


def is_open(subject: str, on: date) -> bool:
    return subject in open_refs([subject], on)


def named(subjects: Iterable[str]) -> dict[str, tuple[str, str]]:
    """For subjects that are public: what to call each, and the address of its page."""
    by_kind: dict[str, set[int]] = {}
    for ref in subjects:
        kind, _colon, number = ref.partition(":")
        if number.isdigit():
            by_kind.setdefault(kind, set()).add(int(number))
    out: dict[str, tuple[str, str]] = {}
    for pk, name in Body.objects.filter(pk__in=by_kind.get("body", ())).values_list("pk", "name"):
        out[f"body:{pk}"] = (name, reverse("portal:body", args=[pk]))
    for pk, title, slug in Record.objects.filter(pk__in=by_kind.get("record", ())).values_list("pk", "title", "slug"):
        out[f"record:{pk}"] = (title, reverse("portal:record", args=[slug]))
    rows = Publication.objects.filter(pk__in=by_kind.get("publication", ()))
    for pk, title, slug in rows.values_list("pk", "record__title", "record__slug"):
        out[f"publication:{pk}"] = (title, reverse("portal:record", args=[slug]))
    return out
