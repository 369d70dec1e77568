"""The receipt of a batch: a signed note with digest, counts, and its place in the log; what `jiannuo verify` reads.

Only the worker may read the log's key, so the worker signs it, once, as soon as the batch has its leaves.
"""

from __future__ import annotations

from django.db.models import Exists, Max, Min, OuterRef
from django.utils import timezone

from jiannuo.ledger import keys
from jiannuo.ledger.actions import public_part
from jiannuo.ledger.models import Checkpoint, Entry
from jiannuo.tlog.receipt import HEADER, Receipt, sign

from .models import Batch

AT_ONCE = 100  # receipts signed in one round of the sweep


def receipt(batch: Batch) -> str:
    """The signed note; before the batch has its leaves, a text that says so, which no key has signed."""
    if batch.receipt:
        return batch.receipt
    state = "withdrawn by law" if batch.forgotten else "leaves awaited" if batch.finished else "not done yet"
    return f"{HEADER}\n\nbatch {batch.number}\n{state}: not signed\n"


def sign_waiting() -> int:
    """Sign the receipts of all batches that got their leaves; returns how many."""
    numbered = Entry.objects.filter(pk=OuterRef("taken"), leaf__isnull=False, public__isnull=False)
    waiting = Batch.objects.filter(stage=Batch.Stage.DONE, receipt="", forgotten=None).filter(Exists(numbered))
    batches = list(waiting.select_related("provider").order_by("pk")[:AT_ONCE])
    for batch in batches:
        Batch.objects.filter(pk=batch.pk, forgotten=None).update(receipt=_signed(batch))
    return len(batches)


def _signed(batch: Batch) -> str:
    assert batch.taken is not None
    assert batch.finished is not None
    entry = Entry.objects.select_related("epoch").get(pk=batch.taken)
    assert entry.epoch is not None
    about = Entry.objects.filter(
        epoch=entry.epoch, pk__gte=batch.first_entry or entry.pk, pk__lte=entry.pk, quiet=False
    )
    leaves = about.filter(leaf__isnull=False).aggregate(first=Min("leaf"), last=Max("leaf"))
    head = Checkpoint.objects.filter(epoch=entry.epoch, size__gt=leaves["last"]).order_by("size").first()
    assert head is not None
    made = Receipt(
        origin=entry.epoch.origin,
        batch=batch.number,
        dataset=batch.dataset,
        provider=f"{batch.provider.ref} {batch.provider.name}",
        handed_in=batch.on.isoformat(),
        finished=timezone.localtime(batch.finished).isoformat(timespec="seconds"),
        digest=batch.digest,
        length=batch.size,
        rows=batch.total,
        counts=public_part(entry)["counts"],
        leaves=(leaves["first"], leaves["last"]),
        size=head.size,
        root=bytes(head.root),
    )
    return sign(made, keys.signers(entry.epoch.origin, last=head.text))
