"""Which edition of the rulebook is in force: the ledger says so, whenever it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jiannuo.ledger.actions import Draft, append, public_part
from jiannuo.ledger.models import Entry
from jiannuo.rules import book

VERB = "rulebook.adopted"


@dataclass(frozen=True)
class Adopted:
    """The edition last adopted: its digest, the day, and where the entry stands (leaf None until it is sequenced)."""

    digest: str
    on: date
    epoch: int | None
    leaf: int | None

    @property
    def is_in_use(self) -> bool:
        """Whether it is the edition that this process reads."""
        return self.digest == book().digest


def adopted() -> Adopted | None:
    """The edition last adopted, for the public page of the rules; None before the first."""
    entry = Entry.objects.filter(verb=VERB).order_by("id").last()
    if entry is None:
        return None
    return Adopted(str(public_part(entry).get("digest", "")), entry.on, entry.epoch_id, entry.leaf)


@transaction.atomic
def adopt(on: date) -> bool:
    """Write the digest of the rulebook in use, if it is not the one last adopted; returns whether it was written."""
    last = adopted()
    if last is not None and last.is_in_use:
        return False
    public = {"digest": book().digest, "before": last.digest if last else None}
    append([Draft(VERB, "rulebook", on, public=public, internal={"by": "system:worker"})])
    return True
