"""How many records show today, by every filter at once: exact, and counted once for each state of the ledger.

Every change of a record ends in a ledger entry, so the ledger says whether anything changed since the last count. This
is no cache of responses: a page asks the ledger first, and counts anew whenever one entry was added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import CharField, Count
from django.db.models.functions import Cast, Substr

from jiannuo.records.models import Record
from jiannuo.registry.models import Division

AXES = ("kind", "source", "severity", "county", "year")
CITY = "city"


@dataclass(frozen=True)
class Cube:
    """Cells: (kind, source, severity, county, year) → number of records. `members`: county → its divisions."""

    cells: Mapping[tuple[str, ...], int]
    members: Mapping[str, frozenset[int]]

    def total(self, chosen: Mapping[str, str]) -> int:
        """How many match all chosen values; an empty value matches everything."""
        return sum(n for cell, n in self.cells.items() if _matches(cell, chosen))

    def facets(self, chosen: Mapping[str, str]) -> dict[str, Counter[str]]:
        """For each axis, the count behind each of its values while all *other* filters stay as they are."""
        out: dict[str, Counter[str]] = {axis: Counter() for axis in AXES}
        for cell, n in self.cells.items():
            missed = [at for at, axis in enumerate(AXES) if chosen.get(axis) and chosen[axis] != cell[at]]
            for at, axis in enumerate(AXES):
                if not missed or missed == [at]:
                    out[axis][cell[at]] += n
        return out


def _matches(cell: tuple[str, ...], chosen: Mapping[str, str]) -> bool:
    return all(not chosen.get(axis) or chosen[axis] == cell[at] for at, axis in enumerate(AXES))


def showing(day: date) -> Cube:
    """The cube of the records that show on this day."""
    return _count(day, _edition())


# One statement, asked in every request: the newest root; how many entries wait for a number, and which came last.
EDITION = """
    SELECT (SELECT root FROM ledger_checkpoint ORDER BY epoch_id DESC, size DESC LIMIT 1),
           (SELECT count(*) FROM ledger_entry WHERE leaf IS NULL),
           (SELECT commitment FROM ledger_entry WHERE leaf IS NULL ORDER BY id DESC LIMIT 1)
"""


def _edition() -> tuple[Any, ...]:
    """What differs as soon as one entry is added, whatever order transactions commit in.

    A late commit on PostgreSQL may have a lower id than one before it, so the last alone would not tell.
    """
    with connection.cursor() as cursor:
        cursor.execute(EDITION)
        root, waiting, last = cursor.fetchone()
    return bytes(root or b""), waiting, bytes(last or b"")


@lru_cache(maxsize=4)
def _count(day: date, edition: tuple[Any, ...]) -> Cube:
    places = _counties()
    cells: Counter[tuple[str, ...]] = Counter()
    # The year as the first four characters of the day: Django's own extraction calls Python for each row on SQLite.
    rows = Record.objects.showing(day).order_by().annotate(year=Substr(Cast("effective", CharField()), 1, 4))
    by = rows.values_list("kind", "source", "severity", "body__division_id", "year").annotate(n=Count("id"))
    for kind, source, severity, division, year, n in by:
        cells[kind, source, severity, places.get(division, CITY), year] += n
    members: dict[str, set[int]] = {}
    for division, county in places.items():
        members.setdefault(county, set()).add(division)
    return Cube(dict(cells), {county: frozenset(ids) for county, ids in members.items()})


def _counties() -> dict[int, str]:
    """Every division → the county it lies in (its key), or the city."""
    rows = {pk: (parent, level) for pk, parent, level in Division.objects.values_list("pk", "parent_id", "level")}
    out = {}
    for pk in rows:
        at: int | None = pk
        while at is not None and at in rows and rows[at][1] != "county":
            at = rows[at][0]
        out[pk] = str(at) if at is not None and at in rows else CITY
    return out
