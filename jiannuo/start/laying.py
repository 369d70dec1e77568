"""Whether a starting set is laid, as the ledger tells: begun in one transaction, laid in the last one."""

from datetime import date

from jiannuo.ledger import actions as ledger
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import SYSTEM

BEGUN, LAID = "start.begun", "start.laid"


def mark(verb: str, name: str, *, on: date) -> None:
    """Write down how far the set is; called last in the transaction that it speaks of."""
    ledger.append([ledger.Draft(verb, "start", on, public={"set": name}, internal={"by": SYSTEM.ref})])


def marked(verb: str) -> str | None:
    """The name of the set that was begun, or laid; None if none was."""
    entry = Entry.objects.filter(verb=verb).order_by("id").first()
    return ledger.public_part(entry)["set"] if entry else None
