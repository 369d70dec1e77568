"""Posts of bodies and who held them when. Names of officials are for work alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.offered import DataSet, Known, Published, Values
from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.tables import Column, Kind, Table, both

from .. import actions
from ..models import Body, Occupancy, Post
from .common import KEEPERS, each, found

DEFAULTS = {"is_head": False}

_OPEN = (
    Column(
        "body",
        both("机构", "Body"),
        Kind.NAME,
        both("名称或统一社会信用代码。", "Name or unified social credit code."),
        example="云川市城市建设管理局",
        required=True,
        names="body",
    ),
    Column(
        "title",
        both("职务", "Post"),
        Kind.TEXT,
        both("同一机构内不重名，如 副局长（分管市政）。", "One of its name in a body: 副局长（分管市政）."),
        example="局长",
        required=True,
        most=80,
    ),
    Column(
        "is_head",
        both("主要负责人", "Head of the body"),
        Kind.YES_NO,
        both("留空为“否”。", "Empty: no."),
        example="是",
    ),
)
TABLE = Table(
    "posts",
    both("职务与任职", "Posts and who held them"),
    both(
        "只登记职务的，姓名和任职日期留空。姓名只供办理，不公开。",
        "For the post alone leave name and days empty. Names are for work and never published.",
    ),
    (
        *_OPEN,
        Column(
            "official",
            both("任职人姓名", "Name of the official"),
            Kind.TEXT,
            both("只供办理使用，不公开、不能检索。", "For work alone: neither published nor found by search."),
            example="云川演员五",
            most=40,
        ),
        Column(
            "since",
            both("任职日期", "In office since"),
            Kind.DAY,
            both("填了姓名的必填。", "Required with a name."),
            example="2026-03-02",
        ),
        Column(
            "until",
            both("免职日期", "Until before"),
            Kind.DAY,
            both("不再任职的第一天；在任的留空。", "First day no longer in office; empty while in office."),
            example="2026-10-09",
        ),
        Column(
            "document",
            both("任免文件", "Document"),
            Kind.TEXT,
            both("文号。", "Its number."),
            example="云人任〔2026〕5号",
            most=200,
        ),
    ),
    key=("body", "title", "since"),
)
PUBLIC = Table(
    "posts",
    both("职务", "Posts"),
    both("各机构设有的职务；不含任职人。", "The posts that bodies have; not who holds them."),
    _OPEN,
    key=("body", "title"),
)


def known(rows: Sequence[Values]) -> list[Known | None]:
    """A post by body and title; who held it by the day since when."""
    posts = {
        (one.body_id, one.title): one
        for one in Post.objects.filter(
            body__in={row["body"].pk for row in rows}, title__in={row["title"] for row in rows}
        )
    }
    held = {
        (one.post_id, one.since): one
        for one in Occupancy.objects.filter(post__in=[one.pk for one in posts.values()]).select_related("official")
    }
    return [_known(row, posts.get((row["body"].pk, row["title"])), held) for row in rows]


def _known(row: Values, post: Post | None, held: dict[tuple[int, date], Occupancy]) -> Known | None:
    if post is None:
        return None
    values: dict[str, Any] = {"body": row["body"], "title": post.title}
    values["is_head"] = None if row["is_head"] is None and not post.is_head else post.is_head
    if row["since"] is None and row["official"] is None:
        return Known(f"post:{post.pk}", 1, values, post.title)
    one = held.get((post.pk, row["since"]))
    if one is None:
        return None
    # Who followed ends an office as well: a row that leaves its end open says nothing else.
    until = None if row["until"] is None else one.until
    more = {"official": one.official.name, "since": one.since, "until": until, "document": one.document or None}
    return Known(f"occupancy:{one.pk}", 1 if one.until is None else 2, values | more, post.title)


@transaction.atomic
def enter(rows: Sequence[Values], *, provider: Body, by: Actor, on: date) -> list[str]:
    """Posts that are missing are added; offices follow each other in the order of their days."""
    order = sorted(range(len(rows)), key=lambda place: (rows[place]["since"] or date.min, place))
    made: dict[int, str] = {}
    entering = actions.Entering(by, on)

    def one(place: int) -> None:
        row = rows[place]
        since = row["since"] or on
        if row["official"] and row["since"] is None:
            raise Refused(
                "registry.no_day",
                _("Whoever holds a post holds it since a day."),
                field="since",
                found=_("nothing"),
                allowed=_("Enter the day of the appointment, or leave the name empty."),
            )
        post = Post.objects.filter(body=row["body"], title=row["title"]).first() or actions.add_post(
            row["body"], row["title"], is_head=bool(row["is_head"]), by=entering, on=since
        )
        made[place] = f"post:{post.pk}"
        if row["official"]:
            held = actions.appoint(post, row["official"], document=row["document"] or "", by=entering, on=since)
            made[place] = f"occupancy:{held.pk}"
            if row["until"]:
                actions.leave(held, by=entering, on=row["until"])

    each(((place, place) for place in order), one)
    return [made[place] for place in range(len(rows))]


@transaction.atomic
def amend(ref: str, version: int, values: Values, *, reason: str, paper: str, by: Actor, on: date) -> None:
    """An office that was open ends on the day named; all else of it is history."""
    sort, _colon, pk = ref.partition(":")
    held = Occupancy.objects.filter(pk=int(pk)).first() if sort == "occupancy" else None
    if held is None or values["until"] is None or held.official.name != values["official"]:
        raise Refused(
            "registry.not_correctable",
            _("Only the end of an office is entered later; what was is not rewritten."),
            allowed=_("A new holder is a row of its own, with another day."),
        )
    if version != (1 if held.until is None else 2):
        raise Stale("machine.stale", _("It was changed after you opened it; nothing was written."))
    actions.leave(held, by=actions.Entering(by, on), on=values["until"])


def published(on: date) -> Iterator[tuple[str, Values, date | None]]:
    rows = Post.objects.select_related("body").order_by("body_id", "id")
    for one in rows.iterator(chunk_size=1000):
        yield f"post:{one.pk}", {"body": one.body, "title": one.title, "is_head": one.is_head}, None


POSTS = DataSet(
    TABLE,
    roles=KEEPERS,
    lookups=found,
    known=known,
    enter=enter,
    amend=amend,
    published=Published(PUBLIC, published),
)
