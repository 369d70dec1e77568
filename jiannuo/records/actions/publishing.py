"""Whether and when a record is public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.forgetting import forget
from jiannuo.lifecycle.machine import take
from jiannuo.lifecycle.refused import Refused
from jiannuo.rules import book

from ..models import Publication, Receipt, Record
from .common import Seen, call_back, document_refs, documents, put_in_search


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
    return take([publication], "release", by=by, on=on, seen=seen, data={"reason": reason}, note=reason)[0]


@transaction.atomic
def clear(
    publication: Publication, *, reviewed: bool, by: Actor, on: date, seen: Seen = None, receivers: Sequence[str] = ()
) -> Publication:
    """Cleared: public from today until its period ends by itself. Every document must have its redacted twin."""
    record = publication.record
    _needs_twins(record)
    change = {"starts": on, "ends": record.ends}
    publication = take([publication], "clear", by=by, on=on, seen=seen, data={"reviewed": reviewed}, change=change)[0]
    Receipt.objects.bulk_create([Receipt(publication=publication, receiver=name, sent=on) for name in receivers])
    put_in_search([publication.record], on)
    return publication


@transaction.atomic
def refuse(
    publication: Publication, *, exception: str, reason: str, by: Actor, on: date, seen: Seen = None
) -> Publication:
    """Not made public, on a stated ground. A state secret keeps neither text nor document: an internal stub stays."""
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
    publication = take(
        [publication],
        "refuse",
        by=by,
        on=on,
        seen=seen,
        data={"exception": exception, "reason": reason},
        change={"exception": exception, "reason": reason, "recheck": recheck},
    )[0]
    if book().exceptions[exception].stub:
        forget([publication.record.ref, *document_refs(publication.record)], basis=exception, by=by, on=on)
    return publication


@transaction.atomic
def withdraw(publication: Publication, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Publication:
    """Publicity ends; everyone who received it is told (practice §2.4)."""
    ends = (
        {"ends": min(on, publication.ends)}
        if publication.ends and publication.starts and on > publication.starts
        else {}
    )
    publication = take(
        [publication], "withdraw", by=by, on=on, seen=seen, data={"reason": reason}, change={"reason": reason, **ends}
    )[0]
    call_back([publication], on)
    put_in_search([publication.record], on)
    return publication


def _needs_twins(record: Record) -> None:
    filed = documents(record)
    twins = {document.twin_of_id for document in filed if document.twin_of_id}
    if missing := [d for d in filed if d.twin_of_id is None and d.pk not in twins]:
        raise Refused(
            "records.no_twin",
            _("A document has no redacted twin yet."),
            field="twin",
            found=missing[0].title,
            allowed=_("Attach the twin with names, prices and secrets masked."),
            article=_("Regulations on Open Government Information, article 17"),
        )
