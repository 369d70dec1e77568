"""Questions about what was handed in: who may hand in what for whom, and who may see what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from jiannuo.lifecycle.offered import DataSet, data_sets

from .models import Batch

# Who sees every batch of the bodies below the post, without handing in: who answers for the office, and who audits it.
# The auditor sees that it was handed in and what came of it, not what the rows say: they may be about officials.
WATCHING = ("head", "auditor")
READING = ("head",)


def providers(actor: Any, dataset: DataSet, on: date) -> frozenset[int]:
    """Ids of the bodies for which this actor may hand in this data set on this day."""
    return frozenset().union(*(actor.bodies_with(role, on) for role in dataset.roles))


def sets_of(actor: Any, on: date) -> list[DataSet]:
    """The data sets that this actor may hand in for some body, lowest room first."""
    held = actor.roles_on(None, on)
    return [one for one in data_sets().values() if held & set(one.roles)]


def watches(actor: Any, on: date) -> bool:
    """Whether the intake is this actor's to look at, on some body: he hands in, or answers for it, or audits it."""
    return bool(sets_of(actor, on)) or bool(actor.roles_on(None, on) & set(WATCHING))


def visible_to(actor: Any, on: date) -> QuerySet[Batch]:
    """The batches that this actor may see: of a set he may hand in for the provider, or below him if he watches."""
    watched = frozenset().union(*(actor.bodies_with(role, on) for role in WATCHING))
    rule = Q(provider__in=watched)
    for one in sets_of(actor, on):
        rule |= Q(dataset=one.table.name, provider__in=providers(actor, one, on))
    return Batch.objects.filter(rule)


def may_hand_in(actor: Any, dataset: str, provider: int, on: date) -> bool:
    """Whether this actor may hand in, confirm and decline this data set for this body."""
    one = data_sets().get(dataset)
    return one is not None and bool(actor.roles_on(provider, on) & set(one.roles))


def may_read(actor: Any, dataset: str, provider: int, on: date) -> bool:
    """Whether this actor may read what the rows say."""
    return bool(actor.roles_on(provider, on) & set(READING)) or may_hand_in(actor, dataset, provider, on)
