"""Erasure is one action: every room blanks what it held, the ledger last, then the files are rewritten."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from jiannuo.ledger import actions as ledger
from jiannuo.ledger import erasing

from .actor import Actor
from .rooms import offers


@transaction.atomic
def forget(refs: Sequence[str], *, basis: str, by: Actor, on: date) -> list[int]:
    """Blank the text of these things everywhere it is held, and the entries about them; returns the leaves withdrawn.

    basis   the legal basis, as text; it alone stays in the withdrawal's entry
    What must be kept by the archive law is sealed before this is called (evidence.actions.seal).
    After the commit the worker rewrites the files, so that no page of them still holds the text.
    """
    subjects = list(refs)
    for room in offers("forget"):
        # A room names further subjects whose entries say something of these things: a file that brought them.
        subjects += room.forget(refs, basis=basis, on=on, by=by.ref) or ()
    leaves = ledger.erase(subjects, basis=basis, on=on, by=by.ref)
    transaction.on_commit(erasing.want)
    return leaves


@transaction.atomic
def replay(refs: Sequence[str], *, basis: str, on: date) -> None:
    """Forget again what a restored backup brought back: no new entry is written."""
    for room in offers("forget"):
        room.forget(refs, basis=basis, on=on, by="system:replay")
    transaction.on_commit(erasing.want)
