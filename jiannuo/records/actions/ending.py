"""How a record ends: revoked, expired, deleted, sealed, archived; and what each end does (practice §2.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from jiannuo.evidence import actions as evidence
from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import SYSTEM, Actor
from jiannuo.lifecycle.forgetting import forget
from jiannuo.lifecycle.machine import take
from jiannuo.rules import book
from jiannuo.search import actions as search

from ..models import Publication, Record
from .common import Seen, call_back, document_refs, documents, publication_of
from .publishing import withdraw

WAITS_FOR_NOTHING = ("in_force", "expired")


def propose_revocation(record: Record, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """With the paper of the determining organ, or an annulment; a second person decides.

    `reason` becomes the basis in the public list of withdrawn entries: it names the paper, never the contents.
    """
    data, change = {"reason": reason}, {"end_reason": reason, **_due(record, "record.correct", on)}
    return take([record], "propose_revocation", by=by, on=on, seen=seen, data=data, change=change, note=reason)[0]


@transaction.atomic
def revoke(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    """It was wrong: off every page and index; a sealed copy to the archive, then the text is erased (§2.6)."""
    basis = record.end_reason
    record = take([record], "revoke", by=by, on=on, seen=seen, change={"ended": on})[0]
    evidence.seal(record.ref, record.file(), documents=documents(record), reason="revoked", basis=basis, by=by, on=on)
    _announce(record, basis=basis, by=by, on=on)
    _forget(record, reason="revoked", basis=basis, by=by, on=on)
    return Record.objects.get(pk=record.pk)


def propose_deletion(record: Record, *, basis: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """A personal record whose purpose is over (个人信息保护法 47): with the legal basis; the archivist decides."""
    data, change = {"basis": basis}, {"end_reason": basis, **_due(record, "record.delete", on)}
    return take([record], "propose_deletion", by=by, on=on, seen=seen, data=data, change=change, note=basis)[0]


@transaction.atomic
def delete_lawfully(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    """Erased everywhere, with no copy left; the register of destruction (销毁清册) keeps number and basis."""
    basis, proposed_by = record.end_reason, record.deletion_by
    record = take([record], "delete_lawfully", by=by, on=on, seen=seen, change={"ended": on})[0]
    evidence.note_destruction(
        record.ref,
        number=record.number,
        documents=len(documents(record)),
        basis=basis,
        proposed_by=proposed_by.ref if proposed_by else "",
        by=by,
        on=on,
    )
    _forget(record, reason="deleted", basis=basis, by=by, on=on)
    return Record.objects.get(pk=record.pk)


def drop_proposal(record: Record, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """What was proposed, a correction, the revocation or the deletion, is not done, for this reason."""
    change: dict[str, Any] = {
        "correction": {}, "correction_by": None, "revocation_by": None, "deletion_by": None, "end_reason": "",
    }  # fmt: skip
    if record.state in WAITS_FOR_NOTHING:
        change |= {"due": None, "due_term": ""}
    data = {"reason": reason}
    return take([record], "drop_proposal", by=by, on=on, seen=seen, data=data, change=change, note=reason)[0]


@transaction.atomic
def expire(records: Sequence[Record], *, on: date) -> list[Record]:
    """Write down that the longest period is over. What shows was already decided by the dates.

    A personal record is then to be deleted: its clock starts.
    """
    groups: dict[tuple[date | None, bool], list[Record]] = defaultdict(list)
    for record in records:
        groups[record.ends, record.personal].append(record)
    out = []
    for (ends, personal), members in groups.items():
        change: dict[str, Any] = {"ended": ends}
        if personal and ends is not None:
            change |= {"due": book().terms["record.delete"].deadline(ends).last_day, "due_term": "record.delete"}
        out += take(members, "expire", by=SYSTEM, on=on, change=change)
    call_back(list(Publication.objects.filter(record__in=out, state="cleared")), on)
    search.drop([record.ref for record in out])
    return out


@transaction.atomic
def seal(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    """From now on only the archivist and the head of the office read the file."""
    record = take([record], "seal", by=by, on=on, seen=seen)[0]
    search.drop([record.ref])
    return record


@transaction.atomic
def archive(record: Record, *, schedule: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """To the archive: an encrypted copy of the whole file, kept for the time of its schedule (档案法 14, 21)."""
    record = take([record], "archive", by=by, on=on, seen=seen, data={"schedule": schedule}, note=schedule)[0]
    evidence.seal(
        record.ref, record.file(), documents=documents(record), reason="archived", basis=schedule, by=by, on=on
    )
    return record


def _due(record: Record, term: str, on: date) -> dict[str, Any]:
    """The clock of a proposal, where no other clock of the record runs."""
    if record.state not in WAITS_FOR_NOTHING or record.due is not None:
        return {}
    return {"due": book().terms[term].deadline(on).last_day, "due_term": term}


def _announce(record: Record, *, basis: str, by: Actor, on: date) -> None:
    """更正公告 where it had been seen: an act of the body's own page, which says what ended and repeats no content."""
    publication = publication_of(record)
    if publication is None or publication.starts is None:
        return
    ledger.append(
        [
            ledger.Draft(
                "body.retracted",
                record.body.ref,
                on,
                body=record.body.ref,
                public={
                    "number": record.number,
                    "from": publication.starts,
                    "until": min(on, publication.ends) if publication.ends else on,
                    "basis": basis,
                },
                internal={"by": by.ref, "record": record.ref},
            )
        ]
    )


def _forget(record: Record, *, reason: str, basis: str, by: Actor, on: date) -> None:
    refs = [record.ref, *document_refs(record)]
    publication = publication_of(record)
    if publication is not None:
        if publication.state != "withdrawn":
            withdraw(publication, reason=reason, by=SYSTEM, on=on)
        refs.append(publication.ref)
    forget(refs, basis=basis, by=by, on=on)
