"""Posts, who holds them, and outside parties."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused

from ..models import Body, Occupancy, Official, OutsideParty, Post
from .common import may, must_exist


@transaction.atomic
def add_post(body: Body, title: str, *, is_head: bool = False, by: Actor, on: date) -> Post:
    """A post of the body."""
    may(by, body.pk, on)
    must_exist(body, on)
    if not title.strip():
        raise Refused("registry.no_title", _("A post needs a title."), field="title", found=_("nothing"))
    post = Post.objects.create(body=body, title=title, is_head=is_head)
    ledger.append(
        [ledger.Draft("body.post", body.ref, on, body=body.ref, public={"title": title}, internal={"by": by.ref})]
    )
    return post


@transaction.atomic
def appoint(
    post: Post, name: str, *, document: str = "", by: Actor, on: date, official: Official | None = None
) -> Occupancy:
    """Someone takes a post from `on`; whoever held it leaves. The name stays internal."""
    may(by, post.body_id, on)
    must_exist(post.body, on)
    if official is None and not name.strip():
        raise Refused("registry.no_name", _("Whoever takes a post has a name."), field="name", found=_("nothing"))
    if last := post.occupancies.filter(until__isnull=True, since__gte=on).first():
        raise Refused(
            "registry.before_the_last",
            _("What holds now began on %(day)s; a change comes after it.") % {"day": last.since},
            field="on",
            found=on,
            allowed=_("A day after %(day)s.") % {"day": last.since},
        )
    official = official or Official.objects.create(name=name)
    post.occupancies.filter(until__isnull=True).update(until=on)
    row = Occupancy.objects.create(post=post, official=official, since=on, document=document)
    ledger.append(
        [
            ledger.Draft(
                "post.taken",
                f"body:{post.body_id}",
                on,
                body=f"body:{post.body_id}",
                public={"title": post.title},
                internal={"by": by.ref, "official": official.ref},
            )
        ]
    )
    return row


@transaction.atomic
def leave(occupancy: Occupancy, *, by: Actor, on: date) -> Occupancy:
    """Whoever holds the post leaves it: `on` is the first day without them. The post stays."""
    may(by, occupancy.post.body_id, on)
    if occupancy.until is not None or occupancy.since >= on:
        raise Refused(
            "registry.not_in_office",
            _("They do not hold this post on that day."),
            field="on",
            found=f"{occupancy.since} – {occupancy.until or '…'}",
            allowed=_("A day after %(day)s.") % {"day": occupancy.since},
        )
    Occupancy.objects.filter(pk=occupancy.pk, until__isnull=True).update(until=on)
    occupancy.refresh_from_db()
    post = occupancy.post
    ref = f"body:{post.body_id}"
    internal = {"by": by.ref, "official": f"official:{occupancy.official_id}"}
    ledger.append([ledger.Draft("post.left", ref, on, body=ref, public={"title": post.title}, internal=internal)])
    return occupancy


@transaction.atomic
def add_parties(rows: Iterable[OutsideParty], *, by: Actor, on: date) -> list[OutsideParty]:
    """Register firms, agencies, evaluators: the other side of a promise."""
    may(by, None, on)
    made = OutsideParty.objects.bulk_create(rows)
    ledger.append(
        [
            ledger.Draft("party.added", p.ref, on, public={"kind": p.kind}, internal={"by": by.ref, "name": p.name})
            for p in made
        ]
    )
    return made
