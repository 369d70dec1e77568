"""What the desk shows of one record: its facts, hands, papers, clock, buttons and story. Page and pane alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiannuo.accounts.models import User
from jiannuo.evidence.models import Document, Service
from jiannuo.ledger import actions as ledger
from jiannuo.ledger.models import Entry
from jiannuo.ledger.reading import timeline
from jiannuo.lifecycle.actor import Actor
from jiannuo.records import actions
from jiannuo.records.actions import IMPACTS
from jiannuo.records.models import Publication, Record
from jiannuo.records.reading import STAFF
from jiannuo.rules import book
from jiannuo.rules.schema import Unit
from jiannuo.web import sentences
from jiannuo.web.templatetags.jn import article, cited, instrument, listed, source, text, yuan

from .intake_rows import origin_of
from .record_acts import acts, others
from .record_forms import RecordForm
from .waiting import WAITING_FOR, Clock, awaited, clock_of

HANDS = (
    ("entered_by", gettext_lazy("Entered by")),
    ("checked_by", gettext_lazy("Checked by")),
    ("final_by", gettext_lazy("Finality entered by")),
    ("effected_by", gettext_lazy("Brought into force by")),
    ("correction_by", gettext_lazy("Correction proposed by")),
    ("corrected_by", gettext_lazy("Correction decided by")),
    ("revocation_by", gettext_lazy("Revocation proposed by")),
    ("revoked_by", gettext_lazy("Revoked by")),
    ("deletion_by", gettext_lazy("Deletion proposed by")),
)


def shown(record: Record, *, by: Actor, on: date) -> dict[str, Any]:
    """Everything the page of a record needs. A look at a personal record is noted."""
    if record.personal:
        ledger.look(by.ref, record.ref, "record", on=on)
    publication: Publication | None = getattr(record, "publication", None)
    papers = papers_of(record, by=by, on=on)
    entries = list(timeline([record.ref, *([publication.ref] if publication else [])]))
    is_staff = bool(set(STAFF) & by.roles_on(record.body_id, on))
    clock = clock_of(record, on)
    severity = book().classes.get(record.severity)
    return {
        "record": record,
        "publication": publication,
        "state": record.machine.state(record.state),
        "source_rule": book().sources.get(record.source),
        "severity_rule": severity,
        "impact": IMPACTS.get(record.impact, ""),
        "hands": hands(record) if is_staff else [],
        "origin": origin_of(record.ref, by, on),
        "papers": papers,
        "is_staff": is_staff,
        "services": list(Service.objects.filter(subject=record.ref).order_by("on", "id")),
        "acts": acts(record, by=by, on=on),
        "others": others(record, by=by, on=on),
        "clock": dial(clock, on) if clock else None,
        "disputed": disputed(record) if is_staff else [],
        "lines": story(entries) if is_staff else sentences.timeline(entries),
        "coming": coming(record, clock, on),
        "is_erased": not record.title,
    }


def of_publication(publication: Publication, *, by: Actor, on: date) -> dict[str, Any]:
    """The panel of the publication: state, clock, buttons, receivers, and what the public sees or would see."""
    clock = clock_of(publication, on)
    exception = book().exceptions.get(publication.exception)
    return {
        "p_state": publication.machine.state(publication.state),
        "p_acts": acts(publication, by=by, on=on),
        "p_others": others(publication, by=by, on=on),
        "p_clock": dial(clock, on) if clock and awaited(publication, on) else None,
        "p_showing": publication.showing(on),
        "p_hands": [
            (label, getattr(publication, column).post_title)
            for column, label in (
                ("proposed_by", _("Proposed by")),
                ("released_by", _("Released by")),
                ("reviewed_by", _("Reviewed by")),
            )
            if getattr(publication, column)
        ],
        "receipts": list(publication.receipts.order_by("id")),
        "exception": exception,
        "term": publication.record.class_term,
    }


def disputed(record: Record) -> list[dict[str, Any]]:
    """For a proposed correction: each datum, as it stands and as it would."""
    if not record.correction:
        return []
    before, after = actions.as_row(record), vars(actions.proposed_version(record))
    return [
        {"label": _label(name), "was": said(name, before[name]), "fix": said(name, after[name])}
        for name in record.correction.get("values", {})
    ]


def _label(name: str) -> str:
    field = RecordForm.base_fields.get(name)
    return str(field.label) if field is not None else _("Basis")


def said(name: str, value: Any) -> str:
    """A datum of a record in words."""
    if value in (None, "", [], ()):
        return _("nothing")
    if name == "source":
        return source(value)
    if name == "loss":
        return yuan(value)
    if name == "impact":
        return str(IMPACTS.get(value, value))
    if name == "finality":
        return str(Record.Finality(value).label)
    if name == "basis":
        numbers = [article(one["article"]) if one.get("article") else "" for one in value]
        names = [instrument(one["instrument"]) for one in value]
        return listed([f"{one} {number}".strip() for one, number in zip(names, numbers, strict=True)])
    return str(value)


def papers_of(record: Record, *, by: Actor, on: date) -> list[Document]:
    """Its documents, each with its twin. Who is not staff of the record sees the redacted twins alone."""
    rows = list(Document.objects.filter(owner=record.ref).order_by("id"))
    twins = {row.twin_of_id: row for row in rows if row.twin_of_id}
    if not set(STAFF) & by.roles_on(record.body_id, on):
        return list(twins.values())
    originals = [row for row in rows if row.twin_of_id is None]
    for row in originals:
        row.redacted = twins.get(row.pk)  # type: ignore[attr-defined]
    return originals


def hands(record: Record) -> list[tuple[str, str]]:
    """Which post did what; never a name."""
    return [(str(label), getattr(record, column).post_title) for column, label in HANDS if getattr(record, column)]


def story(entries: Iterable[Entry]) -> list[sentences.Line]:
    """The ledger in prose, with the post that acted and the reason it gave."""
    told = list(entries)
    inner = [entry_internal(entry) for entry in told]
    posts = titles({str(one.get("by", "")) for one in inner})
    lines = sentences.timeline(told)
    out = []
    for line, one in zip(lines, inner, strict=True):
        detail = " · ".join(part for part in (line.detail, str(one.get("note", ""))) if part)
        out.append(replace(line, detail=detail, law=posts.get(str(one.get("by", "")), "")))
    return out


def entry_internal(entry: Entry) -> Mapping[str, Any]:
    return json.loads(entry.internal) if entry.internal else {}


def titles(refs: Iterable[str]) -> dict[str, str]:
    """Post titles by ref of the account."""
    ids = [int(ref.partition(":")[2]) for ref in refs if ref.startswith("account:")]
    rows = User.objects.filter(pk__in=ids).values_list("pk", "person__post_title")
    return {f"account:{pk}": title for pk, title in rows}


def dial(clock: Clock, on: date) -> dict[str, Any]:
    """A deadline as the clock component shows it: days left, share used, the term and its article."""
    term = book().terms.get(clock.term)
    calendar = book().calendar
    left = calendar.workdays_between(on, clock.due)
    in_workdays = term is not None and term.value(clock.start).unit is Unit.WORKDAYS
    if in_workdays:
        total, gone = calendar.workdays_between(clock.start, clock.due), calendar.workdays_between(clock.start, on)
    else:
        total, gone = (clock.due - clock.start).days, (on - clock.start).days
    over = on > clock.due
    used = min(100, 100 * max(gone, 0) / total) if total else 100
    return {
        "start": clock.start,
        "due": clock.due,
        "term": term,
        "key": clock.term,
        "left": abs(left),
        "over": over,
        "tone": "broken" if over else "due" if left <= 2 else "",
        "used": round(used, 1),
        "end": round(100 * total / gone, 1) if over and gone else 100,
        "gone": max(gone, 0),
        "in_workdays": in_workdays,
        "amount": term.value(clock.start) if term else None,
    }


def coming(record: Record, clock: Clock | None, on: date) -> list[tuple[date, str, str, Any]]:
    """What the future holds, hollow: the present deadline, then the end of the longest period."""
    out = []
    step = awaited(record, on)
    if clock is not None:
        what = WAITING_FOR[step.verb] if step else record.machine.state(record.state).label
        term = book().terms.get(clock.term)
        law = f"{text(term.title)} · {cited(term.cite)}" if term and term.cite else text(term.title) if term else ""
        out.append((clock.due, _("By then: %(what)s") % {"what": what}, law, term.status if term else None))
    if record.state == "in_force" and record.ends and record.class_term:
        term = record.class_term
        out.append((record.ends, _("It expires by itself"), text(term.title), term.status))
    return out


def changes_since(record: Record | Publication, version: int) -> list[sentences.Line]:
    """What happened to it after this version was seen: told to whoever comes second."""
    later = [e for e in timeline([record.ref]) if int(entry_internal(e).get("version", 0)) > version]
    return story(later)
