"""Asking the registry: ancestors, subtree, who answers, names of a day, the story of a body."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db import connection
from django.db.models import F, Q, QuerySet

from .kinds import NameKind, ParentKind
from .models import Assignment, Body, BodyName, Division, Heir, Parentage, Succession


def _current(on: date) -> QuerySet[Parentage]:
    return Parentage.objects.filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gt=on))


# One question for all levels, on both databases. UNION, not UNION ALL: whoever is met twice is not followed twice.
_UP = """
    WITH RECURSIVE walk(id) AS (
        SELECT CAST(%s AS bigint)
        UNION
        SELECT p.parent_id FROM registry_parentage p JOIN walk w ON p.body_id = w.id
        WHERE (p.since IS NULL OR p.since <= %s) AND (p.until IS NULL OR p.until > %s)
    )
    SELECT id FROM walk
"""
_DOWN = """
    WITH RECURSIVE walk(id) AS (
        SELECT CAST(%s AS bigint)
        UNION
        SELECT p.body_id FROM registry_parentage p JOIN walk w ON p.parent_id = w.id
        WHERE (p.since IS NULL OR p.since <= %s) AND (p.until IS NULL OR p.until > %s)
    )
    SELECT id FROM walk
    UNION
    SELECT h.origin_id FROM registry_heir h JOIN walk w ON h.holder_id = w.id
    WHERE (h.since IS NULL OR h.since <= %s) AND (h.until IS NULL OR h.until > %s)
"""


def ancestors(body_id: int, on: date) -> set[int]:
    """The body itself and all that lead it, or are competent for it, on this day."""
    return _walked(_UP, body_id, on)


def ancestry() -> Callable[[int, date], frozenset[int]]:
    """`ancestors` for many bodies and days: asked once for each body and each span in which no parentage changes."""
    since_until = Parentage.objects.values_list("since", "until").distinct()
    turns = sorted({day for pair in since_until for day in pair if day is not None})
    asked: dict[tuple[int, int], frozenset[int]] = {}

    def found(body_id: int, on: date) -> frozenset[int]:
        key = (body_id, bisect_right(turns, on))
        if key not in asked:
            asked[key] = frozenset(ancestors(body_id, on))
        return asked[key]

    return found


def subtree(body_id: int, on: date) -> set[int]:
    """The body itself and all below it on this day, with the ended bodies for which one of them answers."""
    return _walked(_DOWN, body_id, on)


def _walked(sql: str, body_id: int, on: date) -> set[int]:
    day = connection.ops.adapt_datefield_value(on)
    with connection.cursor() as cursor:
        cursor.execute(sql, [body_id, *[day] * (sql.count("%s") - 1)])
        return {row[0] for row in cursor.fetchall()}


def places_below(division_id: int) -> set[int]:
    """The division itself and all that lie in it; one question a level, of which there are five."""
    found, edge = {division_id}, {division_id}
    while edge:
        edge = set(Division.objects.filter(parent_id__in=edge).values_list("pk", flat=True)) - found
        found |= edge
    return found


def is_superior(upper_id: int, body_id: int, on: date) -> bool:
    """Whether `upper` leads, or is competent for, `body` on this day."""
    return upper_id != body_id and upper_id in ancestors(body_id, on)


def parents(body_id: int, on: date, kind: str = ParentKind.SUPERIOR) -> QuerySet[Body]:
    return Body.objects.filter(childhoods__in=_current(on).filter(body_id=body_id, kind=kind))


def children(body_id: int, on: date) -> QuerySet[Body]:
    return Body.objects.filter(parentages__in=_current(on).filter(parent_id=body_id)).existing(on)


def holder(body_id: int, on: date) -> int:
    """The body that answers on this day for what `body` took on, in general."""
    row = (
        Heir.objects.filter(origin_id=body_id)
        .filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gt=on))
        .values_list("holder_id", flat=True)
        .first()
    )
    return body_id if row is None else row


def holder_of(thing: str, body_id: int, on: date) -> int:
    """Who answers for one thing: an assignment wins over the general heir, and passes on by succession."""
    row = Assignment.objects.filter(thing=thing, on__lte=on).order_by("-on").first()
    return holder(row.to_body_id if row else body_id, on)


def holders_of(things: Mapping[str, int], on: date) -> dict[str, int]:
    """As holder_of, for many things at once: thing → the body that took it on; in two queries."""
    given: dict[str, int] = {}
    for thing, to in (
        Assignment.objects.filter(thing__in=things, on__lte=on).order_by("on").values_list("thing", "to_body_id")
    ):
        given[thing] = to
    first = {thing: given.get(thing, body_id) for thing, body_id in things.items()}
    holds = holders(set(first.values()), on)
    return {thing: holds[body_id] for thing, body_id in first.items()}


def holders(bodies: Collection[int], on: date) -> dict[int, int]:
    """As holder, for many bodies in one query."""
    rows = Heir.objects.filter(origin_id__in=bodies).filter(
        Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gt=on)
    )
    return {pk: pk for pk in bodies} | dict(rows.values_list("origin_id", "holder_id"))


def predecessors(body_id: int) -> list[int]:
    """All bodies whose inheritance this one ever held."""
    return list(
        Heir.objects.filter(holder_id=body_id).exclude(origin_id=body_id).values_list("origin_id", flat=True).distinct()
    )


Naming = Callable[[int, date], str]


def names_at(bodies: Collection[int] | None = None) -> Naming:
    """(body, day) → the full name that held on the day; today's where no date is known. Read once for these bodies, or
    for all.
    """
    spans: dict[int, list[tuple[date, int, date, str]]] = defaultdict(list)
    full, today = BodyName.objects.filter(kind=NameKind.FULL), Body.objects.all()
    if bodies is not None:
        full, today = full.filter(body__in=bodies), today.filter(pk__in=bodies)
    for body, since, pk, until, name in full.values_list("body_id", "since", "id", "until", "name"):
        spans[body].append((since or date.min, pk, until or date.max, name))
    for known in spans.values():
        known.sort()
    now: dict[int, str] = {}  # asked for by few, and then for all at once

    @cache
    def named(body: int, day: date) -> str:
        known = spans.get(body, [])
        for _since, _pk, until, name in reversed(known[: bisect_right(known, (day, 1 << 62))]):
            if until > day:
                return name
        now.update(now or today.values_list("pk", "name"))
        return now[body]

    return named


def name_on(body: Body, day: date) -> str:
    """The full name of one body that held on the day."""
    return names_at([body.pk])(body.pk, day)


def names_of(bodies: Iterable[Body]) -> dict[int, list[BodyName]]:
    """Names by body, in one query."""
    out: dict[int, list[BodyName]] = defaultdict(list)
    rows = BodyName.objects.filter(body__in=[body.pk for body in bodies])
    for row in rows.order_by(F("since").asc(nulls_first=True), "id"):
        out[row.body_id].append(row)
    return out


@dataclass(frozen=True)
class Story:
    """What the succession drawing and its table show: the bodies that flowed into this one, and where it went."""

    came_from: list[Succession]
    went_to: Succession | None
    handed: list[Assignment]


def story(body: Body) -> Story:
    origins = {body.pk, *predecessors(body.pk)}
    came = Succession.objects.filter(body_id__in=origins).exclude(body_id=body.pk).select_related("body", "heir")
    went = Succession.objects.filter(body=body).select_related("heir").prefetch_related("parts__body").first()
    return Story(list(came.order_by("on", "id")), went, list(Assignment.objects.filter(to_body=body).order_by("on")))
