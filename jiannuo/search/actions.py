"""Putting and dropping what can be found. A working table: its writes are not entries of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jiannuo.ledger.inserting import insert

from .finding import Audience, normalise
from .models import Text


@dataclass(frozen=True)
class Item:
    """What can be found about one thing.

    texts     everything it should be found by; joined with a mark that no query contains, so nothing matches across two
    until     the public finds it only before this day
    """

    ref: str
    kind: str
    title: str
    texts: Sequence[str]
    audience: Audience
    body: str = ""
    day: date | None = None
    until: date | None = None


@transaction.atomic
def put(items: Sequence[Item]) -> None:
    """Make these things findable as given; a thing put again replaces what was put before."""
    insert(
        [
            Text(
                ref=item.ref,
                kind=item.kind,
                title=item.title,
                text="\n".join(normalise(text) for text in (item.title, *item.texts) if text),
                audience=item.audience,
                body=item.body,
                day=item.day,
                until=item.until,
            )
            for item in items
        ],
        replacing="ref",
    )


def drop(refs: Sequence[str]) -> None:
    """Forget these things."""
    Text.objects.filter(ref__in=refs).delete()
