"""Asking the records: what an actor may see, counts that give nobody away."""

from __future__ import annotations

from datetime import date
from typing import Any

from jiannuo.lifecycle.actor import Actor
from jiannuo.registry.models import Body

from .models import Publication, Record, RecordQuerySet

STAFF = ("registrar", "reviewer", "head", "disclosure", "legal", "determiner", "auditor")
SMALL = 3


def visible_to(actor: Any, on: date) -> RecordQuerySet:
    """Staff see the records of bodies they hold a role on, until sealing; revoked ones only head and archivist."""
    seen: set[int] = set()
    for role in STAFF:
        seen |= set(actor.bodies_with(role, on))
    archive = set(actor.bodies_with("archivist", on)) | set(actor.bodies_with("head", on))
    rows = Record.objects.filter(body_id__in=seen).exclude(state__in=("revoked", "sealed", "archived"))
    return (rows | Record.objects.filter(body_id__in=archive, state__in=("revoked", "sealed", "archived"))).distinct()


def may_see(record: Record, actor: Actor, on: date) -> bool:
    roles = actor.roles_on(record.body_id, on)
    if record.state in ("revoked", "sealed", "archived"):
        return bool({"archivist", "head"} & roles)
    return bool(set(STAFF) & roles)


def personal_count(body: Body) -> str:
    """How many internal records a body has; under three it is not said, for a small number points at someone."""
    count = Record.objects.filter(body=body, personal=True).exclude(state="revoked").count()
    return "0" if count == 0 else str(count) if count >= SMALL else f"< {SMALL}"


def exceptions_by_ground() -> dict[str, int]:
    """How many records are kept from the public, by ground: a public figure (practice §4)."""
    out: dict[str, int] = {}
    for ground in Publication.objects.filter(state="refused").values_list("exception", flat=True):
        out[ground] = out.get(ground, 0) + 1
    return out
