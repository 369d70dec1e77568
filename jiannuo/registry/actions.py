"""Every write of the registry. Nothing of the past is rewritten: names, parents and heads end and others begin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.search import actions as search

from . import codes, reading
from .kinds import PARTNERS, BodyKind, NameKind, ParentKind, Regime, SuccessionKind
from .models import (
    Assignment,
    Body,
    BodyName,
    Division,
    Heir,
    Occupancy,
    Official,
    OutsideParty,
    Parentage,
    Post,
    Succession,
    SuccessionPart,
)
from .succession import Passing, holdings

PARTNER_ARTICLE = _("Regulations on Government Inspection Work, article 5")


@dataclass(frozen=True)
class NewDivision:
    """code may be "" for a zone without a code of its own; parent is the parent's code."""

    code: str
    name: str
    level: str
    parent: str = ""
    source: str = "city"
    has_code: bool = True


@dataclass(frozen=True)
class NewBody:
    """A body to be registered. evaluable_by and inspectable_by: none by default, each needs its basis."""

    name: str
    kind: str
    division: Division
    short_name: str = ""
    aliases: Sequence[str] = ()
    regime: str = Regime.UNKNOWN
    code: str | None = None
    confirm_code: bool = False
    founded: date | None = None
    parent: Body | None = None
    parent_kind: str = ParentKind.SUPERIOR
    evaluable_by: Body | None = None
    evaluable_basis: str = ""
    inspectable_by: Body | None = None
    inspectable_basis: str = ""
    sure: bool = True
    note: str = ""
    former_names: Sequence[str] = ()


def image(body: Body) -> dict[str, Any]:
    """What the public sees of a body: the after-image that its entries carry."""
    return {
        "ref": body.ref,
        "name": body.name,
        "short_name": body.short_name,
        "kind": body.kind,
        "regime": body.regime,
        "division": body.division.name,
        "code": body.code,
        "founded": body.founded,
        "ended": body.ended,
        "evaluable_by": f"body:{body.evaluable_by_id}" if body.evaluable_by_id else None,
        "evaluable_basis": body.evaluable_basis,
        "inspectable_by": f"body:{body.inspectable_by_id}" if body.inspectable_by_id else None,
        "inspectable_basis": body.inspectable_basis,
        "sure": body.sure,
    }


@transaction.atomic
def add_divisions(rows: Sequence[NewDivision], *, by: Actor, on: date) -> list[Division]:
    """Register divisions, parents before children; one entry names how many and the source."""
    _may(by, None, on)
    known = {(d.source, d.code): d for d in Division.objects.filter(source__in={r.source for r in rows})}
    made = []
    for row in rows:
        parent = known.get((row.source, row.parent)) if row.parent else None
        if row.parent and parent is None:
            raise Refused(
                "registry.no_parent_division",
                _("The division above it is not registered."),
                field="parent",
                found=row.parent,
                allowed=_("Register the upper division first."),
            )
        division = Division(
            code=row.code, name=row.name, level=row.level, parent=parent, source=row.source, has_code=row.has_code
        )
        division.save()
        known[row.source, row.code] = division
        made.append(division)
    sources = sorted({row.source for row in rows})
    public = {"count": len(rows), "sources": sources}
    ledger.append([ledger.Draft("division.added", "divisions", on, public=public, internal={"by": by.ref})])
    return made


@transaction.atomic
def found(rows: Sequence[NewBody], *, by: Actor, on: date) -> list[Body]:
    """Register bodies. A code that fails its check must be confirmed; partners may not be evaluable or inspectable."""
    for row in rows:
        _may(by, row.parent.pk if row.parent else None, on)
        _check_new(row)
    bodies = []
    for row in rows:
        body = Body(
            name=row.name.strip(),
            short_name=row.short_name,
            kind=row.kind,
            regime=row.regime,
            division=row.division,
            code=row.code or None,
            code_confirmed=not row.code or codes.fault(row.code) is None,
            founded=row.founded,
            evaluable_by=row.evaluable_by,
            evaluable_basis=row.evaluable_basis,
            inspectable_by=row.inspectable_by,
            inspectable_basis=row.inspectable_basis,
            sure=row.sure,
            note=row.note,
        )
        body.save()
        bodies.append(body)
    names, parents = [], []
    for row, body in zip(rows, bodies, strict=True):
        names.append(BodyName(body=body, name=body.name, kind=NameKind.FULL, since=row.founded))
        if row.short_name:
            names.append(BodyName(body=body, name=row.short_name, kind=NameKind.SHORT, since=row.founded))
        names += [BodyName(body=body, name=alias, kind=NameKind.ALIAS) for alias in row.aliases]
        names += [
            BodyName(body=body, name=old, kind=NameKind.ALIAS, document=str(_("former name")))
            for old in row.former_names
        ]
        if row.parent:
            parents.append(Parentage(body=body, parent=row.parent, kind=row.parent_kind, since=row.founded))
    BodyName.objects.bulk_create(names)
    Parentage.objects.bulk_create(parents)
    _tell("body.founded", bodies, by=by, on=on)
    return bodies


@transaction.atomic
def rename(
    body: Body, name: str, *, document: str, by: Actor, on: date, seen: int | None = None, short_name: str = ""
) -> Body:
    """A new full name from `on`. Not a succession: the body stays who it was."""
    _may(by, body.pk, on)
    name = name.strip()
    if not name:
        raise Refused("registry.no_name", _("A body needs a name."), field="name", found=_("nothing"))
    _needs_document(document)
    _exists(body, on)
    if name == body.name:
        raise Refused(
            "registry.same_name",
            _("This is its name already."),
            field="name",
            found=name,
            allowed=_("Enter the new name."),
        )
    old = body.name
    _move(body, seen, {"name": name, "short_name": short_name or body.short_name})
    body.names.filter(kind=NameKind.FULL, until__isnull=True).update(until=on)
    BodyName.objects.create(body=body, name=name, kind=NameKind.FULL, since=on, document=document)
    if short_name and short_name != body.short_name:
        body.names.filter(kind=NameKind.SHORT, until__isnull=True).update(until=on)
        BodyName.objects.create(body=body, name=short_name, kind=NameKind.SHORT, since=on, document=document)
    return _tell("body.renamed", [body], by=by, on=on, public={"from": old, "to": name, "document": document})[0]


@transaction.atomic
def add_alias(body: Body, name: str, *, by: Actor, on: date) -> Body:
    """A further name it is found by: 市发改委."""
    _may(by, body.pk, on)
    if not name.strip():
        raise Refused("registry.no_name", _("An alias needs a name."), field="name", found=_("nothing"))
    BodyName.objects.create(body=body, name=name.strip(), kind=NameKind.ALIAS, since=on)
    return _tell("body.alias", [body], by=by, on=on, public={"alias": name.strip()})[0]


@transaction.atomic
def set_parent(
    body: Body,
    parent: Body,
    *,
    document: str,
    by: Actor,
    on: date,
    kind: str = ParentKind.SUPERIOR,
    seen: int | None = None,
) -> Body:
    """From `on`, another body leads it or is competent for it."""
    _may(by, body.pk, on)
    _exists(body, on)
    _exists(parent, on, "parent")
    if body.pk in reading.ancestors(parent.pk, on):
        raise Refused(
            "registry.parent_cycle",
            _("A body cannot be led by one that it leads itself."),
            field="parent",
            found=parent.name,
            allowed=_("Choose a body that is not below it."),
        )
    _move(body, seen, {})
    body.parentages.filter(kind=kind, until__isnull=True).update(until=on)
    Parentage.objects.create(body=body, parent=parent, kind=kind, since=on, document=document)
    return _tell("body.parent", [body], by=by, on=on, public={"parent": parent.ref, "document": document})[0]


@transaction.atomic
def set_basis(
    body: Body, *, evaluable_by: Body | None, evaluable_basis: str, inspectable_by: Body | None, inspectable_basis: str,
    by: Actor, on: date, seen: int | None = None,
) -> Body:  # fmt: skip
    """Who may evaluate and inspect it, on what basis. The default is nobody."""
    _may(by, body.pk, on)
    _check_basis(body.kind, evaluable_by, evaluable_basis, inspectable_by, inspectable_basis)
    change = {
        "evaluable_by": evaluable_by,
        "evaluable_basis": evaluable_basis,
        "inspectable_by": inspectable_by,
        "inspectable_basis": inspectable_basis,
    }
    _move(body, seen, change)
    return _tell("body.basis", [body], by=by, on=on)[0]


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
    """The body ends on `on`; `heir`, one of `into`, inherits in general, the others what an assignment hands to them."""
    if heir not in into or len(into) < 2:
        raise Refused(
            "registry.heir_among_parts",
            _("A split names two bodies at least, and the general heir is one of them."),
            field="heir",
            found=heir.name,
            allowed="、".join(part.name for part in into),
        )
    for part in into:
        _exists(part, on, "into")
    others = [part for part in into if part != heir]
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
def assign(thing: str, body: Body, to_body: Body, *, document: str, by: Actor, on: date) -> Assignment:
    """Hand one thing of `body` to another body than its general heir, by a document."""
    _may(by, body.pk, on)
    _needs_document(document)
    _exists(to_body, on, "to_body")
    row = Assignment.objects.create(thing=thing, to_body=to_body, on=on, document=document)
    public = {"to": to_body.ref, "document": document}
    ledger.append([ledger.Draft("thing.assigned", thing, on, body=body.ref, public=public, internal={"by": by.ref})])
    return row


@transaction.atomic
def add_post(body: Body, title: str, *, is_head: bool = False, by: Actor, on: date) -> Post:
    """A post of the body."""
    _may(by, body.pk, on)
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
    _may(by, post.body_id, on)
    official = official or Official.objects.create(name=name)
    post.occupancies.filter(until__isnull=True, since__lt=on).update(until=on)
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
def add_parties(rows: Iterable[OutsideParty], *, by: Actor, on: date) -> list[OutsideParty]:
    """Register firms, agencies, evaluators: the other side of a promise."""
    _may(by, None, on)
    made = OutsideParty.objects.bulk_create(rows)
    ledger.append(
        [
            ledger.Draft("party.added", p.ref, on, public={"kind": p.kind}, internal={"by": by.ref, "name": p.name})
            for p in made
        ]
    )
    return made


# What the actions share


def _may(by: Actor, body_id: int | None, on: date) -> None:
    if not {"registry", "system"} & by.roles_on(body_id, on):
        raise Refused(
            "registry.not_your_role",
            _("The registry of bodies is not for your post."),
            allowed=_("It is kept by the keeper of the registry."),
        )


def _needs_document(document: str) -> None:
    if not document.strip():
        raise Refused(
            "registry.no_document",
            _("A change of the registry rests on a document."),
            field="document",
            found=_("nothing"),
            allowed=_("Enter title and number of the approval, as 云编发〔2026〕1号."),
        )


def _exists(body: Body, on: date, field: str = "body") -> None:
    if (body.ended is not None and body.ended <= on) or (body.founded is not None and body.founded > on):
        raise Refused(
            "registry.not_existing",
            _("%(name)s did not exist on %(day)s.") % {"name": body.name, "day": on},
            field=field,
            found=f"{body.founded or '…'} – {body.ended or '…'}",
            allowed=_("Choose a body that existed on that day."),
        )


def _check_new(row: NewBody) -> None:
    if not row.name.strip():
        raise Refused("registry.no_name", _("A body needs a name."), field="name", found=_("nothing"))
    if row.kind not in BodyKind.values:
        raise Refused(
            "registry.kind",
            _("There is no such sort of body."),
            field="kind",
            found=row.kind,
            allowed="、".join(BodyKind.values),
        )
    if row.code and not row.confirm_code and (fault := codes.fault(row.code)):
        raise Refused(
            "registry.code",
            fault,
            field="code",
            found=row.code,
            allowed=_("Mend it, or confirm that it stands so on the certificate."),
            article="GB 32100-2015",
        )
    if row.code and Body.objects.filter(code=row.code).exists():
        raise Refused(
            "registry.code_taken",
            _("Another body has this code."),
            field="code",
            found=row.code,
            allowed=Body.objects.get(code=row.code).name,
        )
    _check_basis(row.kind, row.evaluable_by, row.evaluable_basis, row.inspectable_by, row.inspectable_basis)


def _check_basis(
    kind: str, evaluable_by: Body | None, evaluable_basis: str, inspectable_by: Body | None, inspectable_basis: str
) -> None:
    for upper, basis, field in (
        (evaluable_by, evaluable_basis, "evaluable_by"),
        (inspectable_by, inspectable_basis, "inspectable_by"),
    ):
        if upper is not None and kind in PARTNERS:
            raise Refused(
                "registry.partner",
                _("Such a body is a partner: a city may neither evaluate nor inspect it."),
                field=field,
                found=BodyKind(kind).label,
                allowed=_("Leave it empty."),
                article=PARTNER_ARTICLE,
            )
        if upper is not None and not basis.strip():
            raise Refused(
                "registry.no_basis",
                _("Who may evaluate or inspect a body needs a basis."),
                field=f"{field[:-3]}_basis",
                found=_("nothing"),
                allowed=_("Enter instrument and article."),
            )


Pass = tuple[Body, Body, SuccessionKind, Sequence[Body]]


def _pass_on(passes: Sequence[Pass], *, document: str, by: Actor, on: date, seen: Mapping[int, int] | None) -> None:
    """End bodies with their general heirs: cycles, dead heirs and a second end are refused before anything is written."""
    _needs_document(document)
    for body, heir, _kind, _parts in passes:
        _may(by, body.pk, on)
        _exists(body, on)
        _exists(heir, on, "heir")
        if body == heir:
            raise Refused("registry.own_heir", _("A body cannot be its own heir."), field="heir", found=body.name)
    ends = {body.pk for body, *_rest in passes}
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
    except ValueError as error:
        raise Refused(
            "registry.succession", _("This succession contradicts an earlier one."), field="heir", found=str(error)
        ) from None
    for body, heir, kind, parts in passes:
        _move(body, seen.get(body.pk) if seen else None, {"ended": on})
        succession = Succession.objects.create(body=body, kind=kind, on=on, heir=heir, document=document)
        SuccessionPart.objects.bulk_create([SuccessionPart(succession=succession, body=part) for part in parts])
        body.names.filter(until__isnull=True, kind=NameKind.FULL).update(until=on)
        body.parentages.filter(until__isnull=True).update(until=on)
        public = {"heir": heir.ref, "parts": [part.ref for part in parts], "document": document}
        _tell(f"body.{kind}", [body], by=by, on=on, public=public)
    Heir.objects.all().delete()
    Heir.objects.bulk_create([Heir(origin_id=r.origin, holder_id=r.holder, since=r.since, until=r.until) for r in rows])


def _move(body: Body, seen: int | None, change: Mapping[str, Any]) -> None:
    """Compare and swap on the version, so that nobody changes what they did not read."""
    version = body.version if seen is None else seen
    moved = Body.objects.filter(pk=body.pk, version=version).update(version=version + 1, **change)
    if not moved:
        raise Stale(
            "machine.stale",
            _("It was changed after you opened it; nothing was written."),
            allowed=_("Read it again, then decide."),
        )
    body.refresh_from_db()


def _tell(
    verb: str, bodies: Sequence[Body], *, by: Actor, on: date, public: Mapping[str, Any] | None = None
) -> list[Body]:
    """Entries with the after-image, and the search texts."""
    names = reading.names_of(bodies)
    search.put(
        [
            search.Item(
                ref=body.ref,
                kind="body",
                title=body.name,
                texts=[*dict.fromkeys(row.name for row in names[body.pk]), body.code or ""],
                audience="public",
                body=body.ref,
                day=body.founded,
            )
            for body in bodies
        ]
    )
    ledger.append(
        [
            ledger.Draft(
                verb,
                body.ref,
                on,
                body=body.ref,
                public={"facts": image(body), **(public or {})},
                internal={"by": by.ref},
            )
            for body in bodies
        ]
    )
    return list(bodies)
