"""Every write of records and their publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.evidence import actions as evidence
from jiannuo.evidence.models import Document
from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import SYSTEM, Actor
from jiannuo.lifecycle.forgetting import forget
from jiannuo.lifecycle.machine import take
from jiannuo.lifecycle.numbers import take_numbers
from jiannuo.lifecycle.refused import Refused, RefusedMany
from jiannuo.notices.actions import Note, post
from jiannuo.registry import reading as registry
from jiannuo.registry.models import Body, Post
from jiannuo.rules import book
from jiannuo.rules.competence import may_determine
from jiannuo.search import actions as search

from .kinds import machine_of
from .models import Publication, Receipt, Record

SERIES = "云信录"
Seen = Mapping[int, int] | None


@dataclass(frozen=True)
class NewRecord:
    """What is entered about one decision. Dates are days; loss is yuan to the cent; impact is none, local, wide or grave."""

    kind: str
    source: str
    body: Body
    organ: Body
    title: str
    finding: str
    document_number: str
    decided: date
    served: date
    finality: str = "final"
    final_on: date | None = None
    loss: Decimal | None = None
    impact: str = "none"
    basis: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    personal: bool = False
    post: Post | None = None
    provider: Body | None = None


IMPACTS = {
    "none": _("No effect on others"),
    "local": _("Felt in one place or trade"),
    "wide": _("Felt across the county or city"),
    "grave": _("Grave: safety, livelihood, stability"),
}


@transaction.atomic
def enter(rows: Sequence[NewRecord], *, by: Actor, on: date) -> list[Record]:
    """Enter records as drafts; each waits for a second person. All rows are entered or none."""
    for row in rows:
        _check(row, by=by, on=on)
    numbers = take_numbers(SERIES, on, len(rows))
    due = book().terms["record.check"].deadline(on).last_day
    records = []
    for row, number in zip(rows, numbers, strict=True):
        record = Record(
            **_columns(row),
            number=f"{SERIES}〔{on.year}〕{number:04} 号",
            slug=f"{on.year}-{number:04}",
            state="draft",
            since=on,
            due=due,
            due_term="record.check",
            entered_by_id=by.person_id,
        )
        records.append(record)
    Record.objects.bulk_create(records)
    _put_in_search(records, on)
    ledger.append(
        [
            ledger.Draft(
                f"{machine_of(record).name}.enter",
                record.ref,
                on,
                body=record.body.ref,
                internal={"by": by.ref, "image": record.image()},
                quiet=record.personal,
            )
            for record in records
        ]
    )
    return records


@transaction.atomic
def edit(record: Record, row: NewRecord, *, by: Actor, on: date, seen: Seen = None) -> Record:
    """Change what was entered, before the check. The version moves: whoever had opened it must read it again."""
    _check(row, by=by, on=on)
    change = {name: value for name, value in _columns(row).items()}
    record = _take([record], "edit", by=by, on=on, seen=seen, change=change)[0]
    _put_in_search([record], on)
    return record


def check(records: Sequence[Record], *, by: Actor, on: date, seen: Seen = None, note: str = "") -> list[Record]:
    """The second person: authentic, competent, final, in scope."""
    return _take(records, "check", by=by, on=on, seen=seen, note=note)


@transaction.atomic
def return_(record: Record, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """Back to whoever entered it, with the reason."""
    return _take([record], "return", by=by, on=on, seen=seen, data={"reason": reason}, note=reason)[0]


def resubmit(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    return _take([record], "resubmit", by=by, on=on, seen=seen)[0]


@transaction.atomic
def notify(
    record: Record, *, served: date, method: str, receipt: str = "", by: Actor, on: date, seen: Seen = None
) -> Record:
    """Notice and repair guide, served together (两书同达); the body's time for a statement runs from service."""
    data = {"served": served, "method": method}
    record = _take([record], "notify", by=by, on=on, seen=seen, data=data, change={"noticed": served})[0]
    evidence.serve(record.ref, record.body, what="record.notice", method=method, receipt=receipt, by=by, on=served)
    post(
        [
            Note(
                "record.noticed",
                record.ref,
                on,
                to_body=record.body_id,
                to_role="liaison",
                number=record.number,
                due=record.due,
            )
        ]
    )
    return record


def hear(record: Record, *, statement: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """What the body says, kept with the record."""
    data = {"statement": statement}
    return _take([record], "hear", by=by, on=on, seen=seen, data=data, change={"statement": statement})[0]


@transaction.atomic
def effect(record: Record, *, by: Actor, on: date, heard: bool = False, seen: Seen = None) -> Record:
    """In force from `on`. Publication is proposed at once, unless the record is personal or its class is not published."""
    record = _take([record], "effect", by=by, on=on, seen=seen, data={"heard": heard}, change={"effective": on})[0]
    source, severity = book().sources[record.source], book().classes.get(record.severity)
    if not record.personal and source.public and (severity is None or severity.published):
        propose(record, by=by, on=on)
    return record


@transaction.atomic
def stay(record: Record, *, ground: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """Suspend showing and use, on the stay of a review organ or court. A flag: the life of the record goes on."""
    change = {"stayed": on, "stay_ground": ground}
    record = _take([record], "stay", by=by, on=on, seen=seen, data={"ground": ground}, change=change)[0]
    _put_in_search([record], on)
    return record


@transaction.atomic
def lift_stay(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    record = _take([record], "lift_stay", by=by, on=on, seen=seen, change={"stayed": None, "stay_ground": ""})[0]
    _put_in_search([record], on)
    return record


@transaction.atomic
def propose(record: Record, *, by: Actor, on: date) -> Publication:
    """Propose to make a record public; a disclosure reviewer decides."""
    if record.personal:
        raise Refused(
            "records.personal",
            _("Records about officials are internal."),
            allowed=_("They are counted, and never shown."),
            article=_("Regulations on Open Government Information, article 16"),
        )
    due = book().terms["publication.review"].deadline(on).last_day
    publication = Publication.objects.create(
        record=record, state="proposed", since=on, due=due, due_term="publication.review", proposed_by_id=by.person_id
    )
    ledger.append(
        [ledger.Draft("publication.propose", publication.ref, on, body=record.body.ref, internal={"by": by.ref})]
    )
    return publication


def release(publication: Publication, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Publication:
    """The legal reviewer has read the source of an unverified rule and lets this one out."""
    return _take([publication], "release", by=by, on=on, seen=seen, data={"reason": reason}, note=reason)[0]


@transaction.atomic
def clear(
    publication: Publication, *, reviewed: bool, by: Actor, on: date, seen: Seen = None, receivers: Sequence[str] = ()
) -> Publication:
    """Cleared: public from today until its period ends by itself. Every document must have its redacted twin."""
    record = publication.record
    _needs_twins(record)
    change = {"starts": on, "ends": record.ends}
    publication = _take([publication], "clear", by=by, on=on, seen=seen, data={"reviewed": reviewed}, change=change)[0]
    Receipt.objects.bulk_create([Receipt(publication=publication, receiver=name, sent=on) for name in receivers])
    _put_in_search([publication.record], on)
    return publication


@transaction.atomic
def refuse(
    publication: Publication, *, exception: str, reason: str, by: Actor, on: date, seen: Seen = None
) -> Publication:
    """Not made public, on a stated ground. A state secret keeps neither text nor document: a stub stays, internal too."""
    if exception not in book().exceptions:
        raise Refused(
            "records.exception",
            _("There is no such ground."),
            field="exception",
            found=exception,
            allowed="、".join(row.title.zh for row in book().exceptions.values()),
            article=_("Regulations on Open Government Information, articles 14 to 16"),
        )
    recheck = book().terms["exception.recheck"].deadline(on).last_day
    publication = _take(
        [publication],
        "refuse",
        by=by,
        on=on,
        seen=seen,
        data={"exception": exception, "reason": reason},
        change={"exception": exception, "reason": reason, "recheck": recheck},
    )[0]
    if book().exceptions[exception].stub:
        forget([publication.record.ref, *_document_refs(publication.record)], basis=exception, by=by, on=on)
    return publication


@transaction.atomic
def withdraw(publication: Publication, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Publication:
    """Publicity ends; everyone who received it is told (practice §2.4)."""
    ends = (
        {"ends": min(on, publication.ends)}
        if publication.ends and publication.starts and on > publication.starts
        else {}
    )
    publication = _take(
        [publication], "withdraw", by=by, on=on, seen=seen, data={"reason": reason}, change={"reason": reason, **ends}
    )[0]
    _call_back([publication], on)
    _put_in_search([publication.record], on)
    return publication


@transaction.atomic
def propose_revocation(record: Record, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """With the paper of the determining organ, or an annulment; a second person decides."""
    data = {"reason": reason}
    return _take(
        [record], "propose_revocation", by=by, on=on, seen=seen, data=data, change={"end_reason": reason}, note=reason
    )[0]


@transaction.atomic
def revoke(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    """It was wrong: off every page, out of every index; a sealed copy to the archive, then the text is erased (§2.6)."""
    basis = record.end_reason
    record = _take([record], "revoke", by=by, on=on, seen=seen, change={"ended": on})[0]
    _forget(record, reason="revoked", basis=basis, by=by, on=on)
    return Record.objects.get(pk=record.pk)


@transaction.atomic
def delete_lawfully(record: Record, *, basis: str, by: Actor, on: date) -> Record:
    """A personal record whose purpose is over (个人信息保护法 47): erased, with no copy unless the schedule demands one."""
    if not record.personal:
        raise Refused("records.not_personal", _("Only personal records are deleted; others expire or are revoked."))
    if "archivist" not in by.roles_on(record.body_id, on):
        raise Refused("machine.not_your_role", _("Deletion is for the archivist."))
    forget([record.ref, *_document_refs(record)], basis=basis, by=by, on=on)
    return Record.objects.get(pk=record.pk)


@transaction.atomic
def expire(records: Sequence[Record], *, on: date) -> list[Record]:
    """Write down that the longest period is over. What shows was already decided by the dates."""
    out = []
    for record in records:
        ends = record.ends
        record = _take([record], "expire", by=SYSTEM, on=on, change={"ended": ends})[0]
        out.append(record)
    _call_back(list(Publication.objects.filter(record__in=out, state="cleared")), on)
    search.drop([record.ref for record in out])
    return out


def seal(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    return _take([record], "seal", by=by, on=on, seen=seen)[0]


def archive(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    return _take([record], "archive", by=by, on=on, seen=seen)[0]


# What the actions share


def _take(things: Sequence[Any], verb: str, **rest: Any) -> list[Any]:
    return take(list(things), verb, **rest)


def _columns(row: NewRecord) -> dict[str, Any]:
    values = {item.name: getattr(row, item.name) for item in fields(row)}
    values["basis"] = [dict(one) for one in row.basis]
    values["severity"] = "" if row.kind == "honour" else book().severity(row.loss, row.impact)
    return values


def _check(row: NewRecord, *, by: Actor, on: date) -> None:
    """All that is wrong with a row, at once."""
    faults = list(_faults(row, by, on))
    if faults:
        raise RefusedMany(faults)


def _faults(row: NewRecord, by: Actor, on: date) -> Any:
    if not {"registrar", "system"} & by.roles_on(row.body.pk, on):
        yield Refused(
            "machine.not_your_role",
            _("Entering records about this body is not for your post."),
            field="body",
            found=row.body.name,
        )
    for name in ("title", "document_number"):
        if not getattr(row, name).strip():
            yield Refused("machine.missing", _("This must be filled in."), field=name, found=_("nothing"))
    for name, most in (("title", 120), ("document_number", 80)):
        if len(getattr(row, name)) > most:
            yield Refused(
                "records.too_long",
                _("This is too long."),
                field=name,
                found=_("%(count)s characters") % {"count": len(getattr(row, name))},
                allowed=_("at most %(count)s characters") % {"count": most},
            )
    source = book().sources.get(row.source)
    if source is None or source.kind != row.kind:
        yield Refused(
            "records.source",
            _("There is no such source of this kind of record."),
            field="source",
            found=row.source,
            allowed="、".join(s.title.zh for s in book().sources.values() if s.kind == row.kind),
        )
        return
    yield from _date_faults(row, on)
    if row.body.evaluable_by_id is None:
        yield Refused(
            "records.partner",
            _("This body may not be evaluated by the city: no record may be kept about it."),
            field="body",
            found=row.body.name,
            allowed=_(
                "It is in the registry as a partner, or nobody has entered who may evaluate it and on what basis."
            ),
            article=_("Regulations on Government Inspection Work, article 5"),
        )
    relation = "self" if row.organ == row.body else "other"
    if registry.is_superior(row.organ.pk, row.body.pk, row.decided):
        relation = "superior"
    answer = may_determine(source, row.organ.kind, relation)  # type: ignore[arg-type]
    if not answer.allowed:
        yield Refused(
            f"records.competence_{answer.fault}",
            _("This organ may not decide this.")
            if answer.fault == "organ"
            else _("It must be decided by the superior or competent body."),
            field="organ",
            found=row.organ.name,
            allowed=source.title.zh,
            article="、".join(book().instruments[c.instrument].title.zh for c in source.cite),
        )
    if source.personal_only and not row.personal:
        yield Refused(
            "records.personal_only",
            _("Such a decision concerns a person: enter it as an internal record."),
            field="personal",
        )
    if row.personal and (row.post is None or row.post.body_id != row.body.pk):
        yield Refused(
            "records.no_post", _("An internal record names the post."), field="post", found=row.post or _("nothing")
        )
    if row.loss is not None and row.loss < 0:
        yield Refused("records.loss", _("A loss is not negative."), field="loss", found=row.loss, allowed="≥ 0.00")
    if row.impact not in IMPACTS:
        yield Refused(
            "records.impact",
            _("There is no such degree."),
            field="impact",
            found=row.impact,
            allowed="、".join(map(str, IMPACTS.values())),
        )
    for one in row.basis:
        if one.get("instrument") not in book().instruments:
            yield Refused(
                "records.basis",
                _("This instrument is not in the rulebook."),
                field="basis",
                found=one.get("instrument"),
            )


def _date_faults(row: NewRecord, on: date) -> Any:
    if row.decided > on:
        yield Refused(
            "records.future",
            _("A decision of the future cannot be entered."),
            field="decided",
            found=row.decided,
            allowed=_("at the latest %(day)s") % {"day": on},
        )
    if row.served < row.decided:
        yield Refused(
            "records.served_before",
            _("A decision cannot be served before it is made."),
            field="served",
            found=row.served,
            allowed=_("%(day)s or later") % {"day": row.decided},
        )
    if row.served > on:
        yield Refused(
            "records.future",
            _("It cannot have been served in the future."),
            field="served",
            found=row.served,
            allowed=_("at the latest %(day)s") % {"day": on},
        )
    if row.finality not in Record.Finality.values:
        yield Refused(
            "records.finality",
            _("It is final, or a review or lawsuit is running."),
            field="finality",
            found=row.finality,
        )
    for body, name in ((row.body, "body"), (row.organ, "organ")):
        if (body.founded and body.founded > row.decided) or (body.ended and body.ended <= row.decided):
            yield Refused(
                "records.not_existing",
                _("%(name)s did not exist on the day of the decision.") % {"name": body.name},
                field=name,
                found=row.decided,
                allowed=f"{body.founded or '…'} – {body.ended or '…'}",
            )


def _documents(record: Record) -> list[Document]:
    return list(Document.objects.filter(owner=record.ref))


def _document_refs(record: Record) -> list[str]:
    return [document.ref for document in _documents(record)]


def _needs_twins(record: Record) -> None:
    documents = _documents(record)
    twins = {document.twin_of_id for document in documents if document.twin_of_id}
    if missing := [d for d in documents if d.twin_of_id is None and d.pk not in twins]:
        raise Refused(
            "records.no_twin",
            _("A document has no redacted twin yet."),
            field="twin",
            found=missing[0].title,
            allowed=_("Attach the twin with names, prices and secrets masked."),
            article=_("Regulations on Open Government Information, article 17"),
        )


def _call_back(publications: Sequence[Publication], on: date) -> None:
    """Tell everyone who received it; the withdrawal feed is read from the same rows."""
    open_receipts = Receipt.objects.filter(publication__in=publications, withdrawn__isnull=True)
    due = book().terms["publication.withdraw"].deadline(on).last_day
    post(
        [
            Note("publication.withdrawn", f"publication:{pk}", on, to_role="registrar", due=due)
            for pk in open_receipts.values_list("publication_id", flat=True).distinct()
        ]
    )
    open_receipts.update(withdrawn=on)


def _put_in_search(records: Sequence[Record], on: date) -> None:
    items = []
    for record in records:
        if record.personal:
            continue
        publication = Publication.objects.filter(record=record).first()
        public = publication is not None and publication.showing(on)
        items.append(
            search.Item(
                ref=record.ref,
                kind="record",
                title=record.title,
                texts=[record.number, record.finding, record.document_number],
                audience="public" if public else "staff",
                body=f"body:{record.body_id}",
                day=record.effective or record.since,
                until=publication.ends if public and publication else None,
            )
        )
    search.put(items)


def _forget(record: Record, *, reason: str, basis: str, by: Actor, on: date) -> None:
    publication = Publication.objects.filter(record=record).first()
    refs = [record.ref, *_document_refs(record)]
    evidence.seal(record.ref, record.image(), documents=_documents(record), reason=reason, basis=basis, by=by, on=on)
    if publication is not None:
        if publication.state != "withdrawn":
            withdraw(publication, reason=reason, by=SYSTEM, on=on)
        refs.append(publication.ref)
    forget(refs, basis=basis, by=by, on=on)


def as_row(record: Record) -> dict[str, Any]:
    """A record as what was entered, to fill a form."""
    return {item.name: getattr(record, item.name) for item in fields(NewRecord)}
