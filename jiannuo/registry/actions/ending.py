"""How bodies end and who answers after: merging, splitting, abolishing, and handing one thing over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused, listed

from .. import reading
from ..kinds import NameKind, SuccessionKind
from ..models import Assignment, Body, Heir, Occupancy, Parentage, Succession, SuccessionPart
from ..succession import Passing, holdings
from .common import after_the_last, may, move, must_exist, needs_document, one_at_a_time, tell

Pass = tuple[Body, Body, SuccessionKind, Sequence[Body]]


@transaction.atomic
def merge(
    bodies: Sequence[Body], into: Body, *, document: str, by: Actor, on: date, seen: Mapping[int, int] | None = None
) -> Body:
    """These bodies end on `on`; `into` is the general heir of each."""
    if not bodies:
        raise Refused(
            "registry.none_chosen", _("Choose the bodies that are merged."), field="bodies", found=_("nothing")
        )
    _pass_on([(body, into, SuccessionKind.MERGED, ()) for body in bodies], document=document, by=by, on=on, seen=seen)
    return into


@transaction.atomic
def split(
    body: Body,
    into: Sequence[Body],
    heir: Body,
    *,
    document: str,
    by: Actor,
    on: date,
    seen: Mapping[int, int] | None = None,
) -> list[Body]:
    """The body ends on `on`; `heir`, one of `into`, inherits in general, the others what is assigned to them."""
    if heir not in into or len(set(into)) < 2:
        raise Refused(
            "registry.heir_among_parts",
            _("A split names two bodies at least, and the general heir is one of them."),
            field="heir",
            found=heir.name,
            allowed=listed(part.name for part in into),
        )
    for part in into:
        may(by, part.pk, on)
        must_exist(part, on, "into")
    if body in into:
        raise Refused("registry.own_heir", _("A body cannot be its own heir."), field="into", found=body.name)
    others = list(dict.fromkeys(part for part in into if part != heir))
    _pass_on([(body, heir, SuccessionKind.SPLIT, others)], document=document, by=by, on=on, seen=seen)
    return list(into)


@transaction.atomic
def abolish(
    body: Body, heir: Body, *, document: str, by: Actor, on: date, seen: Mapping[int, int] | None = None
) -> Body:
    """The body ends on `on`. Somebody must answer for what it left: the general heir."""
    _pass_on([(body, heir, SuccessionKind.ABOLISHED, ())], document=document, by=by, on=on, seen=seen)
    return heir


@transaction.atomic
def assign(
    thing: str, body: Body, to_body: Body, *, document: str, by: Actor, on: date, quiet: bool = False
) -> Assignment:
    """Hand one thing of `body` to another body than its general heir, by a document. quiet: the thing is internal."""
    may(by, body.pk, on)
    may(by, to_body.pk, on)
    needs_document(document)
    must_exist(to_body, on, "to_body")
    if last := Assignment.objects.filter(thing=thing, on__gte=on).order_by("on").last():
        raise Refused(
            "registry.assigned_already",
            _("It was handed over on %(day)s already; what went before is not rewritten.") % {"day": last.on},
            field="on",
            found=on,
            allowed=_("A day after %(day)s.") % {"day": last.on},
        )
    if reading.holder_of(thing, body.pk, on) == to_body.pk:
        raise Refused(
            "registry.answers_already",
            _("This body answers for it already."),
            field="to_body",
            found=to_body.name,
            allowed=_("Choose another body."),
        )
    row = Assignment.objects.create(thing=thing, to_body=to_body, on=on, document=document)
    public = {"to": to_body.ref, "document": document}
    internal = {"by": by.ref}
    ledger.append([ledger.Draft("thing.assigned", thing, on, body.ref, public=public, internal=internal, quiet=quiet)])
    return row


def _pass_on(passes: Sequence[Pass], *, document: str, by: Actor, on: date, seen: Mapping[int, int] | None) -> None:
    """End bodies with their general heirs; cycles, dead heirs and a second end are refused before any write."""
    one_at_a_time()
    needs_document(document)
    for body, heir, _kind, _parts in passes:
        may(by, body.pk, on)
        may(by, heir.pk, on)
        must_exist(body, on)
        must_exist(heir, on, "heir")
        for held in (
            body.names.filter(kind=NameKind.FULL, until__isnull=True, since__gt=on),
            body.parentages.filter(until__isnull=True, since__gt=on),
            body.childhoods.filter(until__isnull=True, since__gt=on),
            Occupancy.objects.filter(post__body=body, until__isnull=True, since__gte=on),
        ):
            after_the_last(held.order_by("since").last(), on)
        if body.founded == on:
            raise Refused(
                "registry.ends_as_founded",
                _("%(name)s was founded on that very day.") % {"name": body.name},
                field="on",
                found=on,
                allowed=_("A day after %(day)s.") % {"day": on},
            )
        if body == heir:
            raise Refused("registry.own_heir", _("A body cannot be its own heir."), field="heir", found=body.name)
    ends = {body.pk for body, *_rest in passes}
    if len(ends) < len(passes):
        raise Refused("registry.named_twice", _("One body is named twice."), field="bodies", found=passes[0][0].name)
    if dead := [heir for _body, heir, _kind, _parts in passes if heir.pk in ends]:
        raise Refused(
            "registry.dead_heir",
            _("The heir ends in the same act."),
            field="heir",
            found=dead[0].name,
            allowed=_("Choose a body that goes on."),
        )
    passings = [Passing(s.body_id, s.heir_id, s.on) for s in Succession.objects.all()]
    passings += [Passing(body.pk, heir.pk, on) for body, heir, *_rest in passes]
    try:
        rows = holdings(passings)
    except ValueError:
        raise Refused(
            "registry.succession",
            _("This succession contradicts an earlier one."),
            field="heir",
            found=listed(heir.name for _body, heir, *_rest in passes),
            allowed=_("Choose an heir that did not end before and does not lead back to the ended body."),
        ) from None
    for body, heir, kind, parts in passes:
        move(body, None if seen is None else seen.get(body.pk, 0), {"ended": on})
        succession = Succession.objects.create(body=body, kind=kind, on=on, heir=heir, document=document)
        SuccessionPart.objects.bulk_create([SuccessionPart(succession=succession, body=part) for part in parts])
        body.names.filter(until__isnull=True).exclude(kind=NameKind.ALIAS).update(until=on)
        _hand_over_children(body, heir, document=document, by=by, on=on)
        body.parentages.filter(until__isnull=True).update(until=on)
        Occupancy.objects.filter(post__body=body, until__isnull=True).update(until=on)
        public = {"heir": heir.ref, "parts": [part.ref for part in parts], "document": document}
        tell(f"body.{kind}", [body], by=by, on=on, public=public)
    Heir.objects.all().delete()
    Heir.objects.bulk_create([Heir(origin_id=r.origin, holder_id=r.holder, since=r.since, until=r.until) for r in rows])


def _hand_over_children(body: Body, heir: Body, *, document: str, by: Actor, on: date) -> None:
    """What the ended body led comes under its general heir; what leads the heir itself comes under what led the body.

    A child that has a body above it in that way already keeps it: nothing is led twice, and nothing leads itself.
    """
    uppers = list(body.parentages.filter(until__isnull=True))
    over_heir = reading.ancestors(heir.pk, on)
    for row in list(body.childhoods.filter(until__isnull=True).select_related("body__division")):
        row.until = on
        row.save(update_fields=["until"])
        above = [u.parent_id for u in uppers if u.kind == row.kind] if row.body_id in over_heir else [heir.pk]
        there = set(row.body.parentages.filter(kind=row.kind, until__isnull=True).values_list("parent_id", flat=True))
        for pk in above:
            if pk not in there:
                Parentage.objects.create(body=row.body, parent_id=pk, kind=row.kind, since=on, document=document)
        public = {"parent": f"body:{above[0]}" if above else None, "document": document}
        tell("body.parent", [row.body], by=by, on=on, public=public)
