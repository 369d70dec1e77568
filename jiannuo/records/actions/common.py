"""What the actions of records share: documents, search, telling receivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from jiannuo.evidence.models import Document
from jiannuo.notices.actions import Note, post
from jiannuo.rules import book
from jiannuo.search import actions as search

from ..models import Publication, Receipt, Record

# Primary key → the version that the person saw.
Seen = Mapping[int, int] | None


def documents(record: Record) -> list[Document]:
    return list(Document.objects.filter(owner=record.ref))


def document_refs(record: Record) -> list[str]:
    return [document.ref for document in documents(record)]


def call_back(publications: Sequence[Publication], on: date) -> None:
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


def put_in_search(records: Sequence[Record], on: date) -> None:
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
