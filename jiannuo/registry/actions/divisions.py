"""Divisions: each with the source of its code, below one of a higher level."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused, listed

from ..kinds import Level
from ..models import Division
from .common import may, may_in

LEVELS = list(Level.values)


@dataclass(frozen=True)
class NewDivision:
    """code may be "" for a zone without a code of its own; parent is the upper division's code.

    parent_source   the source of that code, where it is another than the row's own
    above           the upper division itself, where it is at hand or has no code
    """

    code: str
    name: str
    level: str
    parent: str = ""
    source: str = "city"
    has_code: bool = True
    parent_source: str = ""
    above: Division | None = None


@transaction.atomic
def add_divisions(rows: Sequence[NewDivision], *, by: Actor, on: date) -> list[Division]:
    """Register divisions, parents before children; one entry names how many and the source."""
    may(by, None, on)
    sources = {row.source for row in rows} | {row.parent_source for row in rows}
    known = {(d.source, d.code): d for d in Division.objects.filter(source__in=sources, has_code=True)}
    names: set[tuple[int | None, str]] = set(
        Division.objects.filter(name__in=[row.name.strip() for row in rows]).values_list("parent_id", "name")
    )
    made: list[Division] = []
    asked: set[int] = set()
    for row in rows:
        parent = row.above or (known.get((row.parent_source or row.source, row.parent)) if row.parent else None)
        if row.parent and parent is None:
            raise Refused(
                "registry.no_parent_division",
                _("The division above it is not registered."),
                field="parent",
                found=row.parent,
                allowed=_("Register the upper division first."),
            )
        if parent is not None and parent.pk not in asked:
            may_in(by, parent, on)
            asked.add(parent.pk)
        _check_division(row, parent, known, names)
        division = Division(
            code=row.code,
            name=row.name.strip(),
            level=row.level,
            parent=parent,
            source=row.source,
            has_code=row.has_code,
        )
        division.save()
        if row.has_code:
            known[row.source, row.code] = division
        names.add((division.parent_id, division.name))
        asked.add(division.pk)
        made.append(division)
    public = {"count": len(rows), "sources": sorted({row.source for row in rows})}
    ledger.append([ledger.Draft("division.added", "divisions", on, public=public, internal={"by": by.ref})])
    return made


def _check_division(
    row: NewDivision,
    parent: Division | None,
    known: Mapping[tuple[str, str], Division],
    names: set[tuple[int | None, str]],
) -> None:
    if not row.name.strip():
        raise Refused("registry.no_name", _("A division needs a name."), field="name", found=_("nothing"))
    if parent is not None and LEVELS.index(row.level) <= LEVELS.index(parent.level):
        raise Refused(
            "registry.division_level",
            _("A division lies in one of a higher level."),
            field="level",
            found=f"{Level(row.level).label} < {Level(parent.level).label}",
            allowed=listed(Level(level).label for level in LEVELS[LEVELS.index(parent.level) + 1 :]),
        )
    if row.has_code and not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", row.code):
        raise Refused(
            "registry.division_code",
            _("This is no code of a division."),
            field="code",
            found=row.code or _("nothing"),
            allowed=_("2, 4, 6, 9 or 12 digits; or say that it has no code of its own."),
            article="GB/T 2260-2007, GB/T 10114-2003",
        )
    if row.has_code and (there := known.get((row.source, row.code))):
        raise Refused(
            "registry.division_taken",
            _("Another division has this code in this source."),
            field="code",
            found=row.code,
            allowed=there.name,
        )
    if (parent.pk if parent else None, row.name.strip()) in names:
        raise Refused(
            "registry.division_taken",
            _("A division of this name lies there already."),
            field="name",
            found=row.name,
            allowed=_("Two divisions of one place differ in name."),
        )
