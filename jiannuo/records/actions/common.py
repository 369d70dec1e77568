"""What the actions of records share: documents, search, telling receivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.evidence.models import Document
from jiannuo.lifecycle.refused import Stands
from jiannuo.notices.actions import Note, post
from jiannuo.rules import book
from jiannuo.search import actions as search

from ..models import Publication, Receipt, Record
from .checking import NewRecord, tidy

KEY = "record_once_per_decision"


@contextmanager
def once(rows: Sequence[NewRecord]) -> Iterator[None]:
    """Write these; raises Stands if one of their decisions has its record already. The database says so, for two
    clerks may enter the same at once."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if KEY not in str(error) and "document_number" not in str(error):
            raise
        met = [_met(row) for row in rows]
        found = next((one for one in met if one is not None), None)
        raise Stands(
            "records.stands",
            _("This decision has its record already."),
            field="document_number",
            found=found.number if found else rows[0].document_number,
            allowed=_("Open that record: what is wrong there is changed or corrected there."),
        ) from error


def _met(row: NewRecord) -> Record | None:
    """The record of the same decision about the same body."""
    number = tidy(row.document_number)
    return Record.objects.standing().filter(organ=row.organ, document_number=number, body=row.body).first()


# Primary key → the version that the person saw.
Seen = Mapping[int, int] | None


def documents(record: Record) -> list[Document]:
    return list(Document.objects.filter(owner=record.ref))


def document_refs(record: Record) -> list[str]:
    return [document.ref for document in documents(record)]


def publication_of(record: Record) -> Publication | None:
    return Publication.objects.filter(record=record).first()


def call_back(publications: Sequence[Publication], on: date, *, kind: str = "publication.withdrawn") -> None:
    """Tell everyone who received it; the withdrawal feed is read from the same rows."""
    open_receipts = Receipt.objects.filter(publication__in=publications, withdrawn__isnull=True)
    due = book().terms["publication.withdraw"].deadline(on).last_day
    told = Publication.objects.filter(pk__in=open_receipts.values("publication")).select_related("record")
    post(
        [
            Note(kind, one.ref, on, to_body=one.record.body_id, to_role="registrar", number=one.record.number, due=due)
            for one in told
        ]
    )
    open_receipts.update(withdrawn=on)


def put_in_search(records: Sequence[Record], on: date) -> None:
    """What may be found about these records, by whom, and until when."""
    publications = {one.record_id: one for one in Publication.objects.filter(record__in=records)}
    items = []
    for record in records:
        if record.personal:
            continue
        publication = publications.get(record.pk)
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
