"""The page of one body at the desk: what it is, what it answers for, and what its keeper may do."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiannuo.accounts.models import Role
from jiannuo.ledger.models import Entry
from jiannuo.records.models import Record
from jiannuo.registry import actions, reading
from jiannuo.registry.kinds import PARTNERS
from jiannuo.registry.models import Assignment, Body, Occupancy
from jiannuo.web.refs import named
from jiannuo.web.sentences import timeline

from .registry import GONE, body_of, history, who
from .registry_acts import ACTS
from .registry_ends import ENDINGS

ENDS = ("body.merged", "body.split", "body.abolished")


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One body on the desk: facts, names and parents over time, succession, what it answers for, what may be done."""
    actor, today = who(request)
    body = body_of(pk)
    may = actions.keeps(actions.Entering(actor, today), body.pk, today)
    story = reading.story(body)
    entries = Entry.objects.filter(
        Q(subject=body.ref)
        | Q(subject__in=[f"body:{one}" for one in reading.predecessors(body.pk)], verb__in=ENDS)
        | Q(verb="thing.assigned", body=body.ref)
    )
    exists = body.ended is None or body.ended > today
    context: dict[str, Any] = {
        "section": "bodies",
        "body": body,
        "exists": exists,
        "may": may,
        "acts": [(word, act) for word, act in {**ACTS, **ENDINGS}.items() if act.fits(body, exists)] if may else [],
        "may_name": may or Role.HEAD in actor.roles_on(body.pk, today),
        "is_partner": body.kind in PARTNERS,
        "names": body.names.all(),
        "parentages": body.parentages.select_related("parent").order_by("since", "id"),
        "children": reading.children(body.pk, today).distinct().order_by("id"),
        "posts": posts_held(body, today),
        "evaluates": Body.objects.filter(Q(evaluable_by=body) | Q(inspectable_by=body)).existing(today).distinct(),
        "lines": timeline(entries.order_by("on", "id")),
        **history(body, story, today),
        **answers(body, today),
    }
    return render(request, "desk/bodies/body.html", context)


def answers(body: Body, today: date) -> dict[str, Any]:
    """What it answers for today: how many records, of itself and of those it succeeded, and what passed elsewhere.

    Counts only: whose post it is to see a record finds it under “Records”. Internal ones about posts are not counted,
    for a small number points at someone.
    """
    origins = [body.pk, *reading.predecessors(body.pk)]
    given = Assignment.objects.filter(to_body__in=origins, thing__startswith="record:").values_list("thing", flat=True)
    handed = [int(thing.partition(":")[2]) for thing in given]
    rows = Record.objects.filter(Q(body_id__in=origins) | Q(pk__in=handed), personal=False).exclude(state__in=GONE)
    took_on = {f"record:{pk}": origin for pk, origin in rows.values_list("pk", "body_id")}
    holders = reading.holders_of(took_on, today)
    by_origin: dict[int, int] = {}
    elsewhere: dict[int, int] = {}
    for thing, holder in holders.items():
        if holder == body.pk:
            by_origin[took_on[thing]] = by_origin.get(took_on[thing], 0) + 1
        elif took_on[thing] == body.pk:
            elsewhere[holder] = elsewhere.get(holder, 0) + 1
    bodies = Body.objects.in_bulk({*by_origin, *elsewhere, *origins})
    today_of = reading.holders(origins, today)
    holds = [pk for pk in origins[1:] if today_of[pk] == body.pk]
    assigned = list(Assignment.objects.filter(to_body=body).order_by("on", "id"))
    calls = named(row.thing for row in assigned)
    return {
        "own": by_origin.get(body.pk, 0),
        "held": [(bodies[pk], by_origin.pop(pk, 0)) for pk in holds],
        "handed": [(bodies[pk], n) for pk, n in by_origin.items() if pk != body.pk],
        "elsewhere": [(bodies[pk], n) for pk, n in elsewhere.items()],
        "holder": Body.objects.get(pk=today_of[body.pk]),
        "assigned": [(row, calls.get(row.thing, (row.thing, ""))[0]) for row in assigned],
    }


def posts_held(body: Body, today: date) -> list[dict[str, Any]]:
    """The posts of the body and since when each is held: the post, never the name."""
    held = dict(
        Occupancy.objects.filter(Q(until__isnull=True) | Q(until__gt=today), post__body=body, since__lte=today)
        .order_by("since")
        .values_list("post_id", "since")
    )
    return [{"post": post, "since": held.get(post.pk)} for post in body.posts.order_by("-is_head", "id")]
