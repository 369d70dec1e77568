"""My work: what waits for this actor, by deadline, with the chosen thing beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jiannuo.exchange.models import Batch
from jiannuo.exchange.reading import may_read
from jiannuo.exchange.reporting import Answer
from jiannuo.notices import actions as notices
from jiannuo.notices.models import Notice
from jiannuo.records.models import Publication, Record
from jiannuo.records.reading import may_see
from jiannuo.rules import book
from jiannuo.search.finding import normalise

from . import record_view
from .intake_state import Shown
from .quality import title_of
from .records import WITH, who
from .waiting import Item, notices_for, waiting

FIRST = 6  # so many of a group are shown until more are asked for
COLUMNS = 15  # working days of the chart
HEIGHT = 4  # squares in a column; where more fall due, the columns are drawn to scale
ONE_DAY = timedelta(days=1)


@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """The queue and the chosen item. Everything stands in the address: scope, filters, item, opened group."""
    actor, today = who(request)
    everything = waiting(actor, today)
    mine = [item for item in everything if item.mine]
    scope = "all" if request.GET.get("scope") == "all" else "mine"
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in ("kind", "county", "q")}
    pool = everything if scope == "all" else mine
    items = [item for item in pool if _matches(item, chosen)]
    key = request.GET.get("item", "")
    item = next((one for one in everything if one.key == key), None) or next(iter(items), None)
    overdue, soon = _soon(mine, today)
    context = {
        "section": "work",
        "here": request.get_full_path(),
        "scope": scope,
        "n_mine": len(mine),
        "n_all": len(everything),
        "n_overdue": overdue,
        "n_soon": soon,
        "groups": groups(items, today, request.GET.get("open", ""), item),
        "n_shown": len(items),
        "is_filtered": any(chosen.values()),
        "chosen": chosen,
        "kinds": _kinds(everything),
        "counties": sorted({one.county for one in everything if one.county}),
        "chart": chart(items, today),
        "item": item,
        # An item that was asked for is a page of its own on a phone; one that is only first in the list is not.
        "is_asked": bool(key) and item is not None and item.key == key,
        "is_gone": bool(key) and (item is None or item.key != key),
    }
    if item is not None:
        context |= _chosen(item, actor, today)
    return render(request, "desk/work.html", context)


@require_POST
def noted(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read by whom it is addressed to."""
    actor, today = who(request)
    if pk not in {notice.pk for notice in notices_for(actor, today)}:
        raise Http404
    notices.read([pk], at=timezone.now())
    return redirect("desk:work")


def _matches(item: Item, chosen: dict[str, str]) -> bool:
    if chosen["kind"] and item.kind != chosen["kind"]:
        return False
    if chosen["county"] and item.county != chosen["county"] and not (chosen["county"] == "city" and not item.county):
        return False
    if chosen["q"] and item.body:
        text = normalise(" ".join((item.number, item.gist, item.body.name, item.body.short_name)))
        return all(normalise(word) in text for word in chosen["q"].split())
    return True


def _kinds(items: Sequence[Item]) -> list[tuple[str, Any]]:
    labels = {**dict(Record.Kind.choices), "publication": _("Publication"), "notice": _("Notice"), "batch": _("Batch")}
    labels["duty"] = _("Reporting duty")
    there = {item.kind for item in items}
    return [(kind, label) for kind, label in labels.items() if kind in there]


def _soon(items: Sequence[Item], today: date) -> tuple[int, int]:
    """How many are overdue, how many are due today or on the next working day."""
    tomorrow = book().calendar.next_workday(today + ONE_DAY)
    dues = [item.due for item in items if item.due]
    return sum(due < today for due in dues), sum(today <= due <= tomorrow for due in dues)


def groups(items: Sequence[Item], today: date, wide: str, chosen: Item | None) -> list[dict[str, Any]]:
    """The queue by deadline. A long group is cut, unless asked for (`wide`) or holding the chosen item further down."""
    tomorrow = book().calendar.next_workday(today + ONE_DAY)
    sunday = max(today + timedelta(days=6 - today.weekday()), tomorrow)
    titles = {
        "overdue": _("Overdue"),
        "soon": _("Today and tomorrow"),
        "week": _("This week"),
        "later": _("Later"),
        "open": _("Without a deadline"),
    }
    parts: dict[str, list[Item]] = {name: [] for name in titles}
    for item in items:
        due = item.due
        if due is None:
            parts["open"].append(item)
        elif due < today:
            parts["overdue"].append(item)
        else:
            parts["soon" if due <= tomorrow else "week" if due <= sunday else "later"].append(item)
    out = []
    for name, members in parts.items():
        if members:
            cut = FIRST if wide != name and (chosen is None or chosen not in members[FIRST:]) else len(members)
            more = len(members) - cut
            out.append(
                {"name": name, "title": titles[name], "n": len(members), "rows": members[:cut], "more": max(more, 0)}
            )
    return out


def chart(items: Sequence[Item], today: date) -> dict[str, Any] | None:
    """How many fall due on each of the next working days, as rectangles in percent across and pixels down."""
    days = [book().calendar.next_workday(today)]
    while len(days) < COLUMNS:
        days.append(book().calendar.next_workday(days[-1] + ONE_DAY))
    count: Counter[date | None] = Counter()
    for item in items:
        if item.due is None or item.due > days[-1]:
            continue
        count[None if item.due < today else next(day for day in days if day >= item.due)] += 1
    if not count:
        return None
    scale = 17 if max(count.values()) <= HEIGHT else 17 * HEIGHT / max(count.values())
    columns = []
    for place, day in enumerate((None, *days)):
        n, x = count[day], 0 if place == 0 else round(9 + 6.07 * (place - 1), 2)
        tone = "broken" if day is None else "due" if place <= 2 else "ink"
        boxes = [{"y": round(73 - scale * (k + 1), 1), "h": round(scale - 2, 1)} for k in range(n)]
        if scale < 17:
            boxes = [{"y": round(73 - scale * n, 1), "h": round(scale * n, 1)}] if n else []
        columns.append({"day": day, "n": n, "x": x, "mid": round(x + 2.45, 2), "tone": tone, "boxes": boxes})
        columns[-1]["label_y"] = boxes[0]["y"] - 4 if boxes else 0
        if day is not None:
            first = place == 1 or day.month != days[place - 2].month
            columns[-1] |= {"label": f"{day.month}-{day.day}" if first else str(day.day), "is_first": first}
            columns[-1] |= {"is_today": day == today, "is_end": place in (1, 8, COLUMNS)}
    return {"columns": columns, "is_to_scale": scale < 17, "most": max(count.values())}


def _chosen(item: Item, actor: Any, today: date) -> dict[str, Any]:
    """The pane of the chosen item: the same facts, clock, buttons and story as on the record's page."""
    record = item.record
    if isinstance(item.thing, Notice) and record is None:
        # Kind of a notice → the page of what it is about.
        pages = {"hook.given_up": ("desk:hooks", _("Webhooks"), _("Look at its address, and enter it anew."))}
        return {"page": pages.get(item.thing.kind), "unseen": True}
    if isinstance(item.thing, Batch):
        readable = may_read(actor, item.thing.dataset, item.thing.provider_id, today)
        return {"batch": Shown(item.thing), "may_read": readable, "unseen": True}
    if isinstance(item.thing, Answer):
        may_sign = "chief" in actor.roles_on(item.thing.duty.body_id, today)
        context = {"owed": item.thing, "owed_title": title_of(item.thing.duty.dataset), "may_sign": may_sign}
        return context | {"clock": record_view.dial(item.clock, today) if item.clock else None, "unseen": True}
    if record is None or not may_see(record, actor, today):
        return {"clock": record_view.dial(item.clock, today) if item.clock else None, "unseen": True}
    record = Record.objects.select_related(
        *WITH, "publication__proposed_by", "publication__reviewed_by", "publication__released_by"
    ).get(pk=record.pk)
    out = record_view.shown(record, by=actor, on=today)
    if isinstance(item.thing, Publication) and out["publication"]:
        panel = record_view.of_publication(out["publication"], by=actor, on=today)
        out |= panel
        out |= {"state": panel["p_state"], "acts": panel["p_acts"], "others": panel["p_others"]}
    out["clock"] = record_view.dial(item.clock, today) if item.clock else None
    out["remedy"] = book().remedy(record.body.kind)
    return out
