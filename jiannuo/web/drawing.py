"""The succession of a body as a drawing: plain SVG, with the same facts in a table beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jiannuo.registry.models import Body
from jiannuo.registry.reading import Story


@dataclass(frozen=True)
class Drawing:
    """Lines and labels in a 640 × height box; x is time."""

    height: int
    bars: list[dict[str, Any]]
    joins: list[dict[str, Any]]
    years: list[dict[str, Any]]


def succession(body: Body, story: Story) -> Drawing | None:
    """None where the body neither succeeded anyone nor was succeeded."""
    passings = [*story.came_from, *([story.went_to] if story.went_to else [])]
    if not passings:
        return None
    bodies: dict[int, Body] = {}
    for passing in passings:
        bodies.setdefault(passing.body_id, passing.body)
        bodies.setdefault(passing.heir_id, passing.heir)
    bodies.setdefault(body.pk, body)
    first = min((b.founded or p.on for p in passings for b in (p.body,)), default=passings[0].on).year - 1
    last = max(p.on for p in passings).year + 4

    def x(day: Any) -> float:
        return round(10 + 620 * ((day.year + (day.month - 1) / 12) - first) / max(1, last - first), 1)

    rows = sorted(bodies.values(), key=lambda b: (b.pk == body.pk, b.pk))
    place = {b.pk: 30 + 54 * n for n, b in enumerate(rows)}
    bars = [
        {
            "x1": x(b.founded) if b.founded else 10,
            "x2": x(b.ended) if b.ended else 630,
            "y": place[b.pk],
            "name": b.name,
            "is_self": b.pk == body.pk,
        }
        for b in rows
    ]
    joins = [{"x": x(p.on), "y1": place[p.body_id], "y2": place[p.heir_id]} for p in passings]
    step = max(1, (last - first) // 6)
    years = [{"x": round(10 + 620 * (year - first) / (last - first), 1), "year": year} for year in range(first, last, step)]
    return Drawing(30 + 54 * len(rows), bars, joins, years)
