"""Posts, who holds them, and outside parties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused, listed

from .. import codes
from ..kinds import PartyKind
from ..models import Body, Occupancy, Official, OutsideParty, Post
from .common import after_the_last, may, must_exist


@transaction.atomic
def add_post(body: Body, title: str, *, is_head: bool = False, by: Actor, on: date) -> Post:
    """A post of the body."""
    may(by, body.pk, on)
    must_exist(body, on)
    if not title.strip():
        raise Refused("registry.no_title", _("A post needs a title."), field="title", found=_("nothing"))
    if body.posts.filter(title=title.strip()).exists():
        raise Refused(
            "registry.same_title",
            _("The body has a post of this title."),
            field="title",
            found=title,
            allowed=_("Two deputies are told apart: 副局长（分管交通）."),
        )
    post = Post.objects.create(body=body, title=title.strip(), is_head=is_head)
    ledger.append(
        [ledger.Draft("body.post", body.ref, on, body=body.ref, public={"title": post.title}, internal={"by": by.ref})]
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
    after_the_last(post.occupancies.filter(Q(until__isnull=True, since__gte=on) | Q(until__gt=on)).last(), on)
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
def add_parties(rows: Sequence[OutsideParty], *, by: Actor, on: date, confirm_code: bool = False) -> list[OutsideParty]:
    """Register firms, agencies, evaluators: the other side of a promise. A code that fails its check is confirmed."""
    may(by, None, on)
    for row in rows:
        _check_party(row, confirm_code)
    made = OutsideParty.objects.bulk_create(rows)
    ledger.append(
        [
            ledger.Draft("party.added", p.ref, on, public={"kind": p.kind}, internal={"by": by.ref, "name": p.name})
            for p in made
        ]
    )
    return made


def _check_party(row: OutsideParty, confirmed: bool) -> None:
    if not row.name.strip():
        raise Refused("registry.no_name", _("A party needs a name."), field="name", found=_("nothing"))
    if row.kind not in PartyKind.values:
        raise Refused(
            "registry.kind",
            _("There is no such sort of party."),
            field="kind",
            found=row.kind,
            allowed=listed(PartyKind.labels),
        )
    if row.code and not confirmed and (fault := codes.fault(row.code)):
        raise Refused(
            "registry.code",
            fault,
            field="code",
            found=row.code,
            allowed=_("Mend it, or confirm that it stands so on the certificate."),
            article="GB 32100-2015",
        )
    if row.code and (there := OutsideParty.objects.filter(code=row.code).first()):
        raise Refused(
            "registry.code_taken", _("Another party has this code."), field="code", found=row.code, allowed=there.name
        )
