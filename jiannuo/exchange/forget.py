"""What exchange forgets about a thing: the text of every row that brought it or was about it, and the file it came in.

The file holds other rows too, but nothing can be taken out of a file whose digest is known; what became of them stays
in their rows. The digest could confirm a guess, so it goes as well: from the batch, from its receipt, and from the
ledger's entry about the batch, whose leaf stays. Refused rows have no ref: those of the same files and of the files
that these mend go too, and those of the same natural key wherever they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from jiannuo.lifecycle.offered import data_sets

from . import handover, opendata, storage
from .models import Batch, Row


def forget(refs: Sequence[str], *, basis: str, on: date, by: str) -> list[str]:
    """Returns the batches and packages concerned, whose entries are to be erased with the things."""
    opendata.drop()  # now, and once more when it is certain: a package may be made between
    transaction.on_commit(opendata.drop)
    rows = Row.objects.filter(ref__in=refs)
    ids = {int(ref.removeprefix("batch:")) for ref in refs if ref.startswith("batch:")}
    ids |= set(rows.values_list("batch", flat=True)) | _refused_alike(rows)
    found = {batch.pk: batch for batch in _with_mended(ids)}
    gone = Q(ref__in=refs) | Q(batch__in=found, outcome=Row.Outcome.REFUSED)
    Row.objects.filter(gone).update(raw={}, difference=[], faults=[])
    for batch in found.values():
        if batch.stored:
            transaction.on_commit(partial(storage.remove, batch.stored))
    packages = handover.forget(refs, [batch.number for batch in found.values()])
    Batch.objects.filter(pk__in=found).update(
        stored="", file_name="", digest="", sheet="", receipt="", faults=[], forgotten=on
    )
    return [*(batch.ref for batch in found.values()), *packages]


def _with_mended(ids: set[int]) -> list[Batch]:
    """These batches, those that they mend, and those that mend them."""
    while True:
        found = list(Batch.objects.filter(Q(pk__in=ids) | Q(mended__in=ids) | Q(mends__in=ids)).distinct())
        if {batch.pk for batch in found} <= ids:
            return found
        ids |= {batch.pk for batch in found}


def _refused_alike(rows: QuerySet[Row]) -> set[int]:
    """Batches with a refused row of the same natural key, as it was written."""
    out: set[int] = set()
    for row in rows.select_related("batch"):
        key = {name: row.raw[name] for name in data_sets()[row.batch.dataset].table.key if row.raw.get(name)}
        alike = Row.objects.filter(batch__dataset=row.batch.dataset, outcome=Row.Outcome.REFUSED)
        if key:
            same = {f"raw__{name}": text for name, text in key.items()}
            out |= set(alike.filter(**same).values_list("batch", flat=True))
    return out
