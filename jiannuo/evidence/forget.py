"""What evidence forgets: the files, their titles, numbers and digests. A digest could confirm a guess."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from django.db import transaction

from . import storage
from .models import Document, Service


def forget(refs: Sequence[str], *, basis: str, on: date, by: str) -> None:
    documents = list(Document.objects.filter(owner__in=refs, blanked=False))
    paths = [document.path for document in documents]
    Document.objects.filter(pk__in=[document.pk for document in documents]).update(
        title="", number="", digest="", redactions="", path="", dated=None, size=0, blanked=True
    )
    Service.objects.filter(subject__in=refs).update(receipt="")
    # Files go only when the rows have gone for good.
    for path in filter(None, paths):
        transaction.on_commit(partial(storage.remove, path))
