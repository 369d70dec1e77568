"""How a record ends: revoked, expired, deleted, sealed, archived; and what each end does (practice §2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.evidence import actions as evidence
from jiannuo.lifecycle.actor import SYSTEM, Actor
from jiannuo.lifecycle.forgetting import forget
from jiannuo.lifecycle.machine import take
from jiannuo.lifecycle.refused import Refused
from jiannuo.search import actions as search

from ..models import Publication, Record
from .common import Seen, call_back, document_refs, documents
from .publishing import withdraw


@transaction.atomic
def propose_revocation(record: Record, *, reason: str, by: Actor, on: date, seen: Seen = None) -> Record:
    """With the paper of the determining organ, or an annulment; a second person decides."""
    data = {"reason": reason}
    return take(
        [record], "propose_revocation", by=by, on=on, seen=seen, data=data, change={"end_reason": reason}, note=reason
    )[0]


@transaction.atomic
def revoke(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    """It was wrong: off every page and index; a sealed copy to the archive, then the text is erased (§2.6)."""
    basis = record.end_reason
    record = take([record], "revoke", by=by, on=on, seen=seen, change={"ended": on})[0]
    _forget(record, reason="revoked", basis=basis, by=by, on=on)
    return Record.objects.get(pk=record.pk)


@transaction.atomic
def delete_lawfully(record: Record, *, basis: str, by: Actor, on: date) -> Record:
    """A personal record whose purpose is over (个人信息保护法 47): erased, with no copy left."""
    if not record.personal:
        raise Refused("records.not_personal", _("Only personal records are deleted; others expire or are revoked."))
    if "archivist" not in by.roles_on(record.body_id, on):
        raise Refused("machine.not_your_role", _("Deletion is for the archivist."))
    forget([record.ref, *document_refs(record)], basis=basis, by=by, on=on)
    return Record.objects.get(pk=record.pk)


@transaction.atomic
def expire(records: Sequence[Record], *, on: date) -> list[Record]:
    """Write down that the longest period is over. What shows was already decided by the dates."""
    out = []
    for record in records:
        ends = record.ends
        record = take([record], "expire", by=SYSTEM, on=on, change={"ended": ends})[0]
        out.append(record)
    call_back(list(Publication.objects.filter(record__in=out, state="cleared")), on)
    search.drop([record.ref for record in out])
    return out


def seal(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    return take([record], "seal", by=by, on=on, seen=seen)[0]


def archive(record: Record, *, by: Actor, on: date, seen: Seen = None) -> Record:
    return take([record], "archive", by=by, on=on, seen=seen)[0]


def _forget(record: Record, *, reason: str, basis: str, by: Actor, on: date) -> None:
    publication = Publication.objects.filter(record=record).first()
    refs = [record.ref, *document_refs(record)]
    evidence.seal(record.ref, record.image(), documents=documents(record), reason=reason, basis=basis, by=by, on=on)
    if publication is not None:
        if publication.state != "withdrawn":
            withdraw(publication, reason=reason, by=SYSTEM, on=on)
        refs.append(publication.ref)
    forget(refs, basis=basis, by=by, on=on)
