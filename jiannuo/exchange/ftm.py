"""Bodies, posts and successions as entities of FollowTheMoney: one JSON object a line, always with the same ids.

Nobody who holds a post is in the open data (docs/decisions/0011). For one body at a time, with a purpose and noted as a
look, an operator gets who held its posts: see `held_by`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import role_title
from jiannuo.lifecycle.refused import Refused, listed
from jiannuo.registry.kinds import NameKind
from jiannuo.registry.models import Body, BodyName, Occupancy, Parentage, Post, Succession

FILE = "entities.ftm.json"
COUNTRY = "cn"
SEE = ("registry", "head")  # who sees on the desk who holds a post
Entity = dict[str, Any]


def write(path: Path, on: date) -> str:
    """Write the entities of everybody's facts; returns the file's name."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(line(entity) for entity in entities(on))
    return path.name


def line(entity: Entity) -> str:
    return json.dumps(entity, ensure_ascii=False, sort_keys=True) + "\n"


def entities(on: date) -> Iterator[Entity]:
    """Every body (PublicBody), its posts (Position), and how bodies passed on (Succession)."""
    names: dict[int, list[BodyName]] = defaultdict(list)
    for name in BodyName.objects.order_by("id"):
        names[name.body_id].append(name)
    leaders = dict(_leading(on))
    for body in Body.objects.select_related("division").order_by("id"):
        yield _body(body, names[body.pk], leaders.get(body.pk))
    for post in Post.objects.select_related("body__division").order_by("id"):
        yield _post(post)
    for succession in Succession.objects.prefetch_related("parts").order_by("id"):
        yield _succession(succession, succession.heir_id)
        for part in succession.parts.order_by("id"):
            yield _succession(succession, part.body_id)


@transaction.atomic
def held_by(body: Body, *, purpose: str, by: Actor, on: date) -> list[Entity]:
    """This body, its posts, and who held them (Person, Occupancy): internal. Each official is a look, with its purpose.

    For those who see them on the desk. Raises Refused for others, and without a purpose. There is no such list of more
    than one body (practice: no list of persons).
    """
    if not by.roles_on(body.pk, on) & set(SEE):
        raise Refused(
            "exchange.not_your_role",
            _("Names of officials are not for your post."),
            allowed=_("It is for: %(roles)s.") % {"roles": listed(role_title(role) for role in SEE)},
        )
    if not purpose.strip():
        raise Refused(
            "exchange.no_purpose",
            _("Names of officials are given out for a stated purpose only."),
            field="purpose",
            found=_("nothing"),
            allowed=_("Say what they are needed for: it is kept with the look."),
        )
    # Whoever was forgotten has no name any more, and with it no occupancy.
    held = (
        Occupancy.objects.filter(post__body=body)
        .exclude(official__name="")
        .select_related("post", "official")
        .order_by("id")
    )
    out = [_body(body, list(body.names.order_by("id")), dict(_leading(on)).get(body.pk))]
    out += [_post(post) for post in body.posts.select_related("body__division").order_by("id")]
    seen: set[int] = set()
    for one in held:
        if one.official_id not in seen:
            seen.add(one.official_id)
            ledger.look(by.ref, one.official.ref, "ftm", on=on, purpose=purpose.strip())
            out.append(_entity("Person", f"official:{one.official_id}", name=one.official.name))
        until = one.until
        out.append(
            _entity(
                "Occupancy",
                f"occupancy:{one.pk}",
                holder=id_of(f"official:{one.official_id}"),
                post=id_of(f"post:{one.post_id}"),
                startDate=one.since.isoformat(),
                endDate=until.isoformat() if until else "",
                status="current" if until is None or until > on else "ended",
            )
        )
    return out


def id_of(ref: str) -> str:
    """The id of a thing: the log's name and the ref, so that two cities do not meet."""
    return re.sub(r"[^A-Za-z0-9]+", "-", f"{settings.ORIGIN}-{ref}").strip("-")


def _entity(schema: str, ref: str, **properties: str | list[str] | None) -> Entity:
    """Empty properties are left out; each other one is a list, as the model wants it."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in properties.items() if value}
    return {"id": id_of(ref), "schema": schema, "properties": lists}


def _body(body: Body, names: list[BodyName], leader: int | None) -> Entity:
    known: dict[str, list[str]] = defaultdict(list)
    for one in names:
        if one.name not in (body.name, body.short_name, *known[one.kind]):
            known[one.kind].append(one.name)
    return _entity(
        "PublicBody",
        body.ref,
        name=body.name,
        abbreviation=body.short_name,
        previousName=known[NameKind.FULL],
        alias=[*known[NameKind.SHORT], *known[NameKind.ALIAS]],
        classification=body.kind,
        uscCode=(body.code or "") if body.code_confirmed else "",
        country=COUNTRY,
        jurisdiction=COUNTRY,
        incorporationDate=_day(body.founded),
        dissolutionDate=_day(body.ended),
        parent=id_of(f"body:{leader}") if leader else "",
    )


def _post(post: Post) -> Entity:
    return _entity(
        "Position",
        f"post:{post.pk}",
        name=f"{post.body.name}{post.title}",
        organization=id_of(post.body.ref),
        country=COUNTRY,
        subnationalArea=post.body.division.name,
        dissolutionDate=_day(post.body.ended),
    )


def _succession(one: Succession, successor: int) -> Entity:
    return _entity(
        "Succession",
        f"succession:{one.body_id}:{successor}",
        predecessor=id_of(f"body:{one.body_id}"),
        successor=id_of(f"body:{successor}"),
        date=one.on.isoformat(),
        role=one.kind,
        description=one.document,
    )


def _leading(on: date) -> Iterator[tuple[int, int]]:
    """Body → who leads it on this day."""
    for one in Parentage.objects.filter(kind="superior").order_by("id"):
        if (one.since is None or one.since <= on) and (one.until is None or one.until > on):
            yield one.body_id, one.parent_id


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
