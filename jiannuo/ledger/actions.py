"""Appending to the ledger, erasing from it, and noting who looked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from jiannuo.tlog import leaf

from . import withdrawn
from .inserting import insert
from .models import Access, Entry

_PLAIN = (str, int, bool, type(None))


@dataclass(frozen=True)
class Draft:
    """What happened, before it is an entry.

    public    facts for the public part, beside verb, subject, body and day; "facts" holds the whole after-image
    internal  actor and notes
    quiet     sequenced once a day in random order, with the day only (complaints, looks, personal records)
    """

    verb: str
    subject: str
    on: date
    body: str | None = None
    public: Mapping[str, Any] = field(default_factory=dict)
    internal: Mapping[str, Any] = field(default_factory=dict)
    quiet: bool = False


def plain(value: Any) -> Any:
    """Decimals, dates and lazy texts as strings, so that the value has a canonical form."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value if type(value) is not str and not isinstance(value, str) else str(value)
    return str(value)


@transaction.atomic
def append(drafts: Sequence[Draft], *, at: datetime | None = None) -> list[Entry]:
    """Append entries, in order; called last in an action, in its transaction. The sequencer gives them their leaves.

    A quiet one keeps the day it came on and no hour.
    """
    now = at or timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    entries = []
    for draft in drafts:
        public = leaf.canonical(
            plain({**draft.public, "verb": draft.verb, "subject": draft.subject, "body": draft.body, "on": draft.on})
        )
        internal = leaf.canonical(plain(draft.internal))
        salts = leaf.new_salt(), leaf.new_salt()
        entries.append(
            Entry(
                at=midnight if draft.quiet else now,
                on=draft.on,
                verb=draft.verb,
                subject=draft.subject,
                body=draft.body,
                quiet=draft.quiet,
                public=public,
                public_salt=salts[0],
                internal=internal,
                internal_salt=salts[1],
                commitment=leaf.make_leaf(
                    leaf.commitment("public", salts[0], public), leaf.commitment("internal", salts[1], internal)
                ),
            )
        )
    insert(entries)
    return entries


@transaction.atomic
def erase(subjects: Sequence[str], *, basis: str, on: date, by: str) -> list[int]:
    """Blank both parts and salts of every entry about these subjects; returns the leaves, which stay.

    The list beside the database is written first: if the transaction then fails, the list names leaves whose text still
    stands, and the next replay blanks them; the other way round a restored backup would bring the text back for good.
    One entry says which leaves were withdrawn and on what basis, and nothing else.
    """
    rows = list(Entry.objects.filter(subject__in=subjects).exclude(verb="ledger.withdrawn"))
    leaves = [row.leaf for row in rows if row.leaf is not None]
    withdrawn.add(
        [
            withdrawn.Line(
                subject, tuple(r.leaf for r in rows if r.subject == subject and r.leaf is not None), on, basis
            )
            for subject in subjects
        ]
    )
    blank(subjects)
    append(
        [
            Draft(
                verb="ledger.withdrawn",
                subject="ledger",
                on=on,
                public={"leaves": leaves, "basis": basis},
                internal={"by": by},
            )
        ]
    )
    return leaves


def blank(subjects: Sequence[str]) -> int:
    """Take texts and salts out of the entries about these subjects, and the purpose of each look at them.

    The subject itself is only a number.
    """
    Access.objects.filter(subject__in=subjects).update(purpose="", salt=None)
    return Entry.objects.filter(subject__in=subjects).update(
        public=None, public_salt=None, internal=None, internal_salt=None
    )


def look(actor: str, subject: str, what: str, *, on: date, purpose: str = "") -> None:
    """Note a look at something sensitive."""
    Access.objects.create(actor=actor, subject=subject, what=what, on=on, purpose=purpose, salt=leaf.new_salt())


def looks_of(day: date) -> list[list[str | None]]:
    """The looks of a day as its entry states them: actor, subject, what, when, and the purpose's digest.

    The digest is None once purpose and salt were erased.
    """
    return [
        [
            row.actor,
            row.subject,
            row.what,
            row.at.isoformat(),
            leaf.commitment("internal", bytes(row.salt), row.purpose).hex() if row.salt else None,
        ]
        for row in Access.objects.filter(on=day).order_by("id")
    ]


@transaction.atomic
def digest_looks(*, before: date) -> list[Entry]:
    """One quiet entry for each past day that commits to all looks of it; also for days on which no worker ran."""
    done = set(Entry.objects.filter(verb="ledger.looks").values_list("on", flat=True))
    days = Access.objects.filter(on__lt=before).exclude(on__in=done).order_by("on").values_list("on", flat=True)
    drafts = []
    for day in days.distinct():
        looks = looks_of(day)
        drafts.append(
            Draft(
                verb="ledger.looks",
                subject="ledger",
                on=day,
                public={"count": len(looks)},
                internal={"looks": looks},
                quiet=True,
            )
        )
    return append(drafts)


def public_part(entry: Entry) -> dict[str, Any]:
    """The public part as data; {} once it is erased."""
    return json.loads(entry.public) if entry.public else {}
