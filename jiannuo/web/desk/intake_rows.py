"""From rows to what they became, from what stands to the row it came from, and how a row lies in its sheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse

from jiannuo.exchange.models import Batch, Row
from jiannuo.exchange.reading import may_read
from jiannuo.records.models import Record
from jiannuo.records.reading import visible_to as records_visible_to
from jiannuo.registry.models import Body, Post
from jiannuo.tables import Table

from .intake_faults import titles_of

ACROSS = 5  # columns of the sheet that are drawn
Way = tuple[str, str]  # what it is called, and the address of its page


def leads_to(refs: Iterable[str], actor: Any, on: date) -> dict[str, Way]:
    """For each ref that has a page this actor may open: its name and address."""
    by_kind: dict[str, set[int]] = {}
    for ref in refs:
        kind, _colon, number = ref.partition(":")
        if number.isdigit():
            by_kind.setdefault(kind, set()).add(int(number))
    out: dict[str, Way] = {}
    records = Record.objects.filter(pk__in=by_kind.get("record", ())) & records_visible_to(actor, on)
    for pk, number, slug in records.values_list("pk", "number", "slug") if by_kind.get("record") else ():
        out[f"record:{pk}"] = (number, reverse("desk:record", args=[slug]))
    for pk, name in Body.objects.filter(pk__in=by_kind.get("body", ())).values_list("pk", "name"):
        out[f"body:{pk}"] = (name, reverse("desk:body", args=[pk]))
    posts = Post.objects.filter(pk__in=by_kind.get("post", ())).values_list("pk", "title", "body")
    for pk, title, body in posts:
        out[f"post:{pk}"] = (title, reverse("desk:body", args=[body]))
    return out


def origin_of(ref: str, actor: Any, on: date) -> Row | None:
    """The row by which this thing came in, if the actor may read it."""
    rows = Row.objects.filter(ref=ref, outcome__in=(Row.Outcome.NEW, Row.Outcome.AMENDED))
    row = rows.select_related("batch").order_by("-id").first()
    return row if row and may_read(actor, row.batch.dataset, row.batch.provider_id, on) else None


def sheet_around(batch: Batch, table: Table | None, line: int | None) -> dict[str, Any] | None:
    """Three lines of the sheet, the bad one between, as the spreadsheet shows them; None where nothing is bad there."""
    if line is None or table is None or not batch.columns:
        return None
    rows = {row.line: row for row in Row.objects.filter(batch=batch, line__range=(line - 1, line + 1))}
    if line not in rows or not rows[line].faults:
        return None
    names = sorted(batch.columns, key=lambda name: (len(batch.columns[name]), batch.columns[name]))
    bad = {fault.get("column", "") for fault in rows[line].faults}
    places = [place for place, name in enumerate(names) if name in bad]
    first = max(0, min((places or [0])[0] - 1, len(names) - ACROSS))
    chosen = names[first : first + ACROSS]
    titles = titles_of(table)
    return {
        "line": line,
        "letters": [batch.columns[name] for name in chosen],
        "titles": [titles.get(name, name) for name in chosen],
        "rows": [
            (n, [(rows[n].raw.get(name, ""), n == line and name in bad) for name in chosen]) for n in sorted(rows)
        ],
    }
