"""Where the head of a table stands in a sheet, and which of its cells heads which column.

A head is a column's Chinese title, its English title or its name, folded; a cell may hold several, one a line, and a
remark in brackets. It may lie under title rows, and over one to three rows: group heads above, a second language below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..describing import Column, Table
from ..folding import fold
from ..rows import Cell, said

DEPTH = 30  # the head lies in the first so many rows
_REMARK = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")


@dataclass
class Head:
    """What was found.

    places   name of the column → place of its cells, from 0
    first    index of the first data row among the rows looked at
    unknown  place → text of a head that is none of ours
    twice    name of the column → places, where several cells claim it
    """

    places: dict[str, int] = field(default_factory=dict)
    first: int = 0
    unknown: dict[int, str] = field(default_factory=dict)
    twice: dict[str, list[int]] = field(default_factory=dict)


def names_of(table: Table) -> dict[str, str]:
    """Folded head → name of the column. The titles win over the names of other columns."""
    found = {fold(column.name): column.name for column in table.columns}
    found |= {fold(column.title.en): column.name for column in table.columns}
    return found | {fold(column.title.zh): column.name for column in table.columns}


def named(cell: Cell, names: Mapping[str, str]) -> str:
    """Name of the column that this cell heads, or ""."""
    text = said(cell)
    if not text or len(text) > 300:
        return ""
    for part in (text, _REMARK.sub("", text), *text.splitlines(), *_REMARK.sub("", text).splitlines()):
        if found := names.get(fold(part)):
            return found
    return ""


def find(table: Table, rows: Sequence[Sequence[Cell]]) -> Head:
    """The head among the first rows of a sheet; no places if there is none."""
    names = names_of(table)
    named_rows = [
        {place: name for place, cell in enumerate(row) if (name := named(cell, names))} for row in rows[:DEPTH]
    ]
    counts = [len(set(one.values())) for one in named_rows]
    most = max(counts, default=0)
    if most < min(2, len(table.columns)):
        return Head()
    at = counts.index(most)
    head = Head()
    claims: dict[str, list[int]] = {}
    texts: dict[int, str] = {}

    def take(index: int, spare: bool) -> None:
        for place, cell in enumerate(rows[index]):
            text = said(cell).strip()
            if not text or (spare and place in texts):
                continue
            texts[place] = text
            if (name := named_rows[index].get(place)) and place not in claims.get(name, []):
                claims.setdefault(name, []).append(place)

    take(at, spare=False)
    last = at
    for below in range(at + 1, min(at + 3, len(named_rows))):
        filled = {place for place, cell in enumerate(rows[below]) if said(cell).strip()}
        if not filled or not filled <= named_rows[below].keys():
            break
        for place, name in named_rows[below].items():  # the other language of the same head, or the head under a group
            if place not in claims.get(name, []):
                if any(place in places for places in claims.values()):
                    continue
                claims.setdefault(name, []).append(place)
                texts[place] = said(rows[below][place])
        last = below
    for above in range(at - 1, max(at - 3, -1), -1):  # heads merged downwards stand in the row of the group heads
        if not named_rows[above]:
            break
        take(above, spare=True)
    head.places = {name: places[0] for name, places in claims.items()}
    head.twice = {name: places for name, places in claims.items() if len(places) > 1}
    taken = set(head.places.values()) | {place for places in head.twice.values() for place in places}
    head.unknown = {place: text for place, text in texts.items() if place not in taken}
    head.first = last + 1
    return head


def missing(table: Table, head: Head) -> list[Column]:
    """Required columns that the sheet lacks."""
    return [column for column in table.columns if column.required and column.name not in head.places]
