"""Asking the records: what an actor may see, what ended wrongly, counts that give nobody away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from jiannuo.lifecycle.actor import Actor
from jiannuo.registry.models import Body
from jiannuo.rules import book

from .models import Publication, Record, RecordQuerySet

# Who sees which records of the bodies on which the role is held; what no row names nobody sees, as what is deleted.
# A reporting clerk sees what those bodies handed in, about whomever.
WORKING = ("draft", "returned", "checked", "noticed", "in_force", "expired")
KNOWN_TO_THE_BODY = ("noticed", "in_force", "expired")
ENDED = ("revoked", "sealed", "archived")
SEES: dict[str, tuple[str, ...]] = {
    "registrar": WORKING,
    "reviewer": WORKING,
    "head": WORKING + ENDED,
    "disclosure": WORKING,
    "legal": WORKING,
    "determiner": WORKING,
    "auditor": WORKING,
    "archivist": ("expired", *ENDED),
    "reporter": WORKING,
    "liaison": KNOWN_TO_THE_BODY,
    "chief": KNOWN_TO_THE_BODY,
}
# Records about officials are read only by those who handle them (个人信息保护法 6; practice §2.3).
SEES_PERSONAL = ("registrar", "reviewer", "head", "archivist")
# Who handles records, and so reads the originals of their documents; the body itself reads the redacted twins.
STAFF = tuple(role for role in SEES if role not in ("liaison", "chief"))
SMALL = 3


def visible_to(actor: Any, on: date) -> RecordQuerySet:
    """The records that this actor may see on this day."""
    rule = Q(pk__in=[])
    for role, states in SEES.items():
        bodies = actor.bodies_with(role, on)
        if bodies:
            where = "provider_id__in" if role == "reporter" else "body_id__in"
            mine = Q(**{where: bodies}, state__in=states)
            rule |= mine if role in SEES_PERSONAL else mine & Q(personal=False)
    return Record.objects.filter(rule)


def may_see(record: Record, actor: Actor, on: date) -> bool:
    """Whether the actor may see this one: the same rule as `visible_to`, of one row."""
    roles = record.roles_of(actor, on) & SEES.keys()
    return any(record.state in SEES[role] and (not record.personal or role in SEES_PERSONAL) for role in roles)


@dataclass(frozen=True)
class Retraction:
    """更正公告: a record that was shown and was wrong. Which and when, never what it said."""

    number: str
    body: Body
    shown_from: date
    shown_until: date
    on: date


def retractions() -> list[Retraction]:
    """All of them, newest first."""
    rows = Publication.objects.filter(record__state="revoked", starts__isnull=False).select_related("record__body")
    out = []
    for row in rows.order_by("-record__ended", "-pk"):
        ended = row.record.ended
        if row.starts is not None and ended is not None:
            until = min(row.ends or ended, ended)
            out.append(Retraction(row.record.number, row.record.body, row.starts, until, ended))
    return out


def personal_count(body: Body) -> str:
    """How many internal records a body has; under three it is not said, for a small number points at someone."""
    count = Record.objects.filter(body=body, personal=True).exclude(state__in=("revoked", "deleted")).count()
    return "0" if count == 0 else str(count) if count >= SMALL else f"< {SMALL}"


def exceptions_by_ground() -> dict[str, int]:
    """How many records are kept from the public, by ground: a public figure (practice §4).

    A state secret is not counted: even its stub is internal (practice §2.3).
    """
    out: dict[str, int] = {}
    for ground in Publication.objects.filter(state="refused").values_list("exception", flat=True):
        known = book().exceptions.get(ground)
        if known is None or not known.stub:
            out[ground] = out.get(ground, 0) + 1
    return out
