"""Writing to the outbox, and sending from it. A notice carries a number, never content (practice §3, 4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from django.db import transaction

from .models import Notice

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Note:
    """What somebody must know.

    to_body   the body addressed; its holders of `to_role` see it on the desk
    kind      "record.served", …: names the sentence that the desk shows
    subject   ref of the thing it is about
    """

    kind: str
    subject: str
    on: date
    to_body: int | None = None
    to_role: str = ""
    number: str = ""
    due: date | None = None
    channel: str = "desk"


def post(notes: Sequence[Note]) -> None:
    """Put notes in the outbox, inside the caller's transaction: what is rolled back is never sent."""
    Notice.objects.bulk_create([Notice(**vars(note)) for note in notes])


Sender = Callable[[Notice], None]


def _to_desk(notice: Notice) -> None:
    """The desk shows its notices from the table itself: there is nothing further to send."""


# A channel is a function that delivers one notice or raises. SMS and webhooks add themselves here when a city has them.
CHANNELS: dict[str, Sender] = {"desk": _to_desk}


@transaction.atomic
def send_waiting(now: datetime, limit: int = 500) -> int:
    """Send what waits, oldest first; a channel that fails leaves its notice for the next round. Returns how many."""
    sent = []
    for notice in Notice.objects.filter(sent__isnull=True).order_by("id")[:limit]:
        try:
            CHANNELS[notice.channel](notice)
        except Exception:  # whatever a channel raises, the others go on
            log.exception("notice.not_sent", notice=notice.pk, channel=notice.channel)
        else:
            sent.append(notice.pk)
    Notice.objects.filter(pk__in=sent).update(sent=now)
    return len(sent)


def read(notices: Sequence[int], *, at: datetime) -> None:
    """Mark notices as read."""
    Notice.objects.filter(pk__in=notices, read__isnull=True).update(read=at)
