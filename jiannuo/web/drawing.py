"""The succession of a body as a drawing: plain SVG, with the same facts in a table beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from jiannuo.registry.models import Body
from jiannuo.registry.reading import Story

WIDTH, LEFT, RIGHT, ROW, BEND = 640, 10, 630, 50, 26


@dataclass(frozen=True)
class Drawing:
    """Lines and labels in a 640 × height box; x is time. `axis`, `tick` and `foot` are heights of the years below."""

    height: int
    axis: int
    tick: int
    foot: int
    bars: list[dict[str, Any]]
    joins: list[dict[str, Any]]
    years: list[dict[str, Any]]


def succession(body: Body, story: Story, today: date) -> Drawing | None:
    """None where the body neither succeeded anyone nor was succeeded."""
    passings = [*story.came_from, *([story.went_to] if story.went_to else [])]
    if not passings:
        return None
    bodies: dict[int, Body] = {body.pk: body}
    for passing in passings:
        bodies.setdefault(passing.body_id, passing.body)
        bodies.setdefault(passing.heir_id, passing.heir)
    if story.went_to:
        for part in story.went_to.parts.all():
            bodies.setdefault(part.body_id, part.body)
    marks = [one.on for one in passings] + [b.founded for b in bodies.values() if b.founded]
    first = min(marks).year - 1
    last = today.year + 1 + (today.year - first) // 8  # room at the right for an heir that is young

    def x(day: date) -> float:
        share = (day.year + (day.timetuple().tm_yday - 1) / 365 - first) / max(1, last - first)
        return round(LEFT + (RIGHT - LEFT) * min(max(share, 0), 1), 1)

    # The heir lies between those that flow into it, so that lines do not cross.
    ended = [b for b in bodies.values() if b.ended]
    lasting = [b for b in bodies.values() if not b.ended]
    half = (len(ended) + 1) // 2
    rows = [*ended[:half], *lasting, *ended[half:]]
    place = {b.pk: 34 + ROW * n for n, b in enumerate(rows)}
    # A bend near the right edge still ends on the heir's line.
    joined = {one.body_id: min(x(one.on), RIGHT - BEND / 2) for one in passings}
    bars = []
    for b in rows:
        start = x(b.founded) if b.founded else LEFT
        end = joined.get(b.pk, x(b.ended) if b.ended else RIGHT)
        inside = end if start > 400 else start
        bars.append(
            {
                "x1": start,
                "x2": max(end - BEND / 2, start + 2) if b.pk in joined else end,
                "y": place[b.pk],
                "name": b.name,
                "is_self": b.pk == body.pk,
                "is_known": b.founded is not None,
                "tx": inside,
                "ty": place[b.pk] - 13,
                "anchor": "end" if start > 400 else "start",
            }
        )
    joins = []
    for one in passings:
        at, low, high = joined[one.body_id], place[one.body_id], place[one.heir_id]
        left, right = round(at - BEND / 2, 1), round(at + BEND / 2, 1)
        joins.append({"path": f"M{left} {low}C{at + 6} {low} {at - 6} {high} {right} {high}"})
    step = max(1, -(-(last - first) // 8))
    years = [
        {"x": x(date(year, 1, 1)), "year": year, "anchor": "start" if year == first else "middle"}
        for year in range(first, today.year + 1, step)
    ]
    axis = 34 + ROW * len(rows) - 12
    return Drawing(axis + 26, axis, axis + 6, axis + 22, bars, joins, years)
