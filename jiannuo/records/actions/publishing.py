"""Whether and when a record is public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.evidence import actions as evidence
from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.forgetting import forget
from jiannuo.lifecycle.machine import take
from jiannuo.lifecycle.refused import Refused, Stale, listed, said
from jiannuo.rules import book

from ..models import Publication, Receipt, Record
from .common import Seen, call_back, document_refs, documents, publication_of, put_in_search

# Stands in the public list of what was withdrawn, so it names the review and never the ground.
STUB_BASIS = "政府信息公开条例第十七条"


def should_be_public(record: Record) -> bool:
    """Open is the rule: all but personal records, sources that are internal, and classes that are not published."""
    severity = book().classes.get(record.severity)
    return not record.personal and book().sources[record.source].public and (severity is None or severity.published)


@transaction.atomic
def propose(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Publication:
    """Propose to make a record public; a disclosure reviewer decides."""
    if not {"registrar", "head", "reviewer", "system"} & by.roles_on(record.body_id, on):
        raise Refused("machine.not_your_role", _("Proposing publication is not for your post."))
    if seen is not None and seen.get(record.pk) != record.version:
        raise Stale("machine.stale", _("It was changed after you opened it; nothing was written."))
    if record.personal:
        raise Refused(
            "records.personal",
            _("Records about officials are internal."),
            allowed=_("They are counted, and never shown."),
            article=_("Regulations on Open Government Information, article 16"),
        )
    if record.state != "in_force":
        raise Refused(
            "records.not_in_force", _("The record is not in force."), found=record.machine.state(record.state).label
        )
    if publication_of(record) is not None:
        raise Refused("records.proposed", _("Its publication has been proposed."))
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
def consult(
    publication: Publication, *, third_party: str, served: date, method: str, by: Actor, on: date, seen: Seen = None
) -> Publication:
    """Ask a third party whose secrets or privacy may be touched; it has its time from service (信息公开条例 32)."""
    data = {"third_party": third_party, "served": served, "method": method}
    change = {"third_party": third_party, "opinion": "", "opinion_text": ""}
    evidence.check_method(method)
    return take(
        [publication],
        "consult",
        by=by,
        on=on,
        seen=seen,
        data=data,
        change=change,
        note=f"{third_party}; {method}; {served}",
    )[0]


def opinion(
    publication: Publication, *, opinion: str, statement: str = "", by: Actor, on: date, seen: Seen = None
) -> Publication:
    """The third party's answer: "agrees" or "objects", and in its words why."""
    data = {"opinion": opinion}
    change = {"opinion": opinion, "opinion_text": statement}
    return take([publication], "opinion", by=by, on=on, seen=seen, data=data, change=change)[0]


def no_opinion(publication: Publication, *, by: Actor, on: date, seen: Seen = None) -> Publication:
    """Its time passed without an answer."""
    return take([publication], "no_opinion", by=by, on=on, seen=seen)[0]


@transaction.atomic
def clear(
    publication: Publication,
    *,
    reviewed: bool,
    public_interest: str = "",
    by: Actor,
    on: date,
    seen: Seen = None,
    receivers: Sequence[str] = (),
) -> Publication:
    """Cleared: public from today until its period ends by itself. Every document must have its redacted twin.

    public_interest   why it is made public against a third party's objection, where there is one
    """
    record = publication.record
    _needs_twins(record)
    publication = take(
        [publication],
        "clear",
        by=by,
        on=on,
        seen=seen,
        data={"reviewed": reviewed, "public_interest": public_interest},
        change={"starts": on, "ends": record.ends, "reason": public_interest, "exception": "", "recheck": None},
        note=public_interest,
    )[0]
    # Whoever was given a wrong version is given the right one, without being asked for again (practice §5.1).
    earlier: list[str] = []
    if record.corrected is not None:
        earlier = list(publication.receipts.filter(withdrawn=record.corrected).values_list("receiver", flat=True))
    Receipt.objects.bulk_create(
        [Receipt(publication=publication, receiver=name, sent=on) for name in dict.fromkeys([*earlier, *receivers])]
    )
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
            allowed=listed(said(row.title) for row in book().exceptions.values()),
            article=_("Regulations on Open Government Information, articles 14 to 16"),
        )
    publication = take(
        [publication],
        "refuse",
        by=by,
        on=on,
        seen=seen,
        data={"exception": exception, "reason": reason},
        change={"exception": exception, "reason": reason, "recheck": _recheck(on)},
    )[0]
    if book().exceptions[exception].stub:
        record = publication.record
        refs = [record.ref, *document_refs(record)]
        evidence.note_destruction(
            record.ref, number=record.number, documents=len(refs) - 1, basis=exception, proposed_by="", by=by, on=on
        )
        # The list of what was withdrawn is public, and even the stub of a secret is internal (practice §2.3).
        forget(refs, basis=STUB_BASIS, by=by, on=on)
    return publication


def recheck(publication: Publication, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Publication:
    """The exception was looked at again and still holds; the next look is a year away."""
    change = {"reason": reason, "recheck": _recheck(on)}
    return take([publication], "recheck", by=by, on=on, seen=seen, data={"reason": reason}, change=change)[0]


def propose_again(publication: Publication, *, by: Actor, on: date, seen: Seen = None) -> Publication:
    """The ground on which it was not public has fallen away: the review begins anew."""
    change = {"exception": "", "recheck": None, "reason": "", "reviewed_by": None, "starts": None, "ends": None}
    return take([publication], "propose_again", by=by, on=on, seen=seen, change=change)[0]


def review_again(publication: Publication, *, keep_release: bool, by: Actor, on: date) -> Publication:
    """The record was corrected: off at once, all who have it are told, and the new version is reviewed."""
    change = {"proposed_by": by.person_id, "reviewed_by": None, "starts": None, "ends": None}
    if not keep_release:
        change["released_by"] = None
    publication = take([publication], "correct", by=by, on=on, change=change)[0]
    call_back([publication], on, kind="publication.corrected")
    return publication


@transaction.atomic
def withdraw(publication: Publication, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Publication:
    """Publicity ends; everyone who received it is told (practice §2.4)."""
    change: dict[str, object] = {"reason": reason}
    if publication.starts and publication.ends and on > publication.starts:
        change["ends"] = min(on, publication.ends)
    publication = take([publication], "withdraw", by=by, on=on, seen=seen, data={"reason": reason}, change=change)[0]
    call_back([publication], on)
    put_in_search([publication.record], on)
    return publication


@transaction.atomic
def confirm_receipt(receipt: Receipt, *, by: Actor, on: date) -> Receipt:
    """A receiver has confirmed that it took the record down, or replaced the wrong version."""
    publication = receipt.publication
    if not {"registrar", "head"} & by.roles_on(publication.body_id, on):
        raise Refused("machine.not_your_role", _("Noting a receiver's answer is not for your post."))
    if receipt.withdrawn is None or receipt.withdrawn > on:
        raise Refused("records.not_told", _("This receiver has not been told of an end yet."), found=receipt.receiver)
    receipt.confirmed = on
    receipt.save(update_fields=["confirmed"])
    ledger.append(
        [
            ledger.Draft(
                "publication.confirmed",
                publication.ref,
                on,
                body=publication.record.body.ref,
                internal={"by": by.ref, "receiver": receipt.receiver},
            )
        ]
    )
    return receipt


def _recheck(on: date) -> date:
    return book().terms["exception.recheck"].deadline(on).last_day


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
