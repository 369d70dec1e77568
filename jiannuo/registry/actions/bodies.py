"""Bodies: founding, names, parents, who may evaluate and inspect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused, listed

from .. import codes, reading
from ..kinds import PARTNERS, BodyKind, NameKind, ParentKind, Regime
from ..models import Body, BodyName, Division, Parentage
from .common import after_the_last, may, may_in, move, must_exist, needs_document, one_at_a_time, tell

PARTNER_ARTICLE = _("Regulations on Government Inspection Work, article 5")

# Stands in a column, so it is a name of the domain and not a text to be translated.
FORMER = "曾用名（起止日期待核）"


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


@transaction.atomic
def found(rows: Sequence[NewBody], *, by: Actor, on: date) -> list[Body]:
    """Register bodies. A code that fails its check must be confirmed; partners may not be evaluable or inspectable."""
    for row in rows:
        if row.parent:
            may(by, row.parent.pk, on)
        else:
            may_in(by, row.division, on)
        _check_new(row)
    _not_twice([(row.name.strip(), row.division.pk) for row in rows])
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
        names += [BodyName(body=body, name=old, kind=NameKind.ALIAS, document=FORMER) for old in row.former_names]
        if row.parent:
            parents.append(Parentage(body=body, parent=row.parent, kind=row.parent_kind, since=row.founded))
    BodyName.objects.bulk_create(names)
    Parentage.objects.bulk_create(parents)
    tell("body.founded", bodies, by=by, on=on)
    return bodies


@transaction.atomic
def rename(
    body: Body, name: str, *, document: str, by: Actor, on: date, seen: int | None = None, short_name: str = ""
) -> Body:
    """A new full name from `on`. Not a succession: the body stays who it was."""
    may(by, body.pk, on)
    name = name.strip()
    if not name:
        raise Refused("registry.no_name", _("A body needs a name."), field="name", found=_("nothing"))
    needs_document(document)
    must_exist(body, on)
    if name == body.name:
        raise Refused(
            "registry.same_name",
            _("This is its name already."),
            field="name",
            found=name,
            allowed=_("Enter the new name."),
        )
    _not_twice([(name, body.division_id)])
    after_the_last(body.names.filter(kind=NameKind.FULL, until__isnull=True, since__gte=on).first(), on)
    old, other_short = body.name, bool(short_name) and short_name != body.short_name
    move(body, seen, {"name": name, "short_name": short_name or body.short_name})
    body.names.filter(kind=NameKind.FULL, until__isnull=True).update(until=on)
    BodyName.objects.create(body=body, name=name, kind=NameKind.FULL, since=on, document=document)
    if other_short:
        body.names.filter(kind=NameKind.SHORT, until__isnull=True).update(until=on)
        BodyName.objects.create(body=body, name=short_name, kind=NameKind.SHORT, since=on, document=document)
    return tell("body.renamed", [body], by=by, on=on, public={"from": old, "to": name, "document": document})[0]


@transaction.atomic
def add_alias(body: Body, name: str, *, by: Actor, on: date, seen: int | None = None) -> Body:
    """A further name it is found by: 市发改委."""
    may(by, body.pk, on)
    must_exist(body, on)
    if not name.strip():
        raise Refused("registry.no_name", _("An alias needs a name."), field="name", found=_("nothing"))
    if body.names.filter(name=name.strip(), until__isnull=True).exists():
        raise Refused(
            "registry.same_name",
            _("This is its name already."),
            field="name",
            found=name,
            allowed=_("Enter the new name."),
        )
    move(body, seen, {})
    BodyName.objects.create(body=body, name=name.strip(), kind=NameKind.ALIAS, since=on)
    return tell("body.alias", [body], by=by, on=on, public={"alias": name.strip()})[0]


CORRECTABLE = frozenset({"code", "regime", "founded", "division", "sure", "note"})


@transaction.atomic
def correct(
    body: Body, *, by: Actor, on: date, seen: int | None = None, confirm_code: bool = False, **change: Any
) -> Body:
    """Correct what was entered wrong or was not known: code, regime, founding day, division, and whether it is sure.

    Names, parents and ends have actions of their own, for they have a history; a sort of body is never corrected, for
    competences hang on it. Raises Refused for another field, a wrong or taken code, a founding after its end.
    """
    may(by, body.pk, on)
    if other := sorted(set(change) - CORRECTABLE):
        raise Refused(
            "registry.not_correctable",
            _("This is not corrected; it changes by an action of its own."),
            field=other[0],
            found=other[0],
            allowed=_("Code, personnel regime, founding day, division, note, and whether it is sure."),
        )
    code = change.get("code") or None
    if code and code != body.code:
        _check_code(code, confirm_code)
    if "code" in change:
        change |= {"code": code, "code_confirmed": code is None or codes.fault(code) is None}
    founded = change.get("founded")
    bounds = [day for day in (body.ended, *body.inherited.values_list("on", flat=True)) if day is not None]
    if founded is not None and bounds and founded >= min(bounds):
        raise Refused(
            "registry.founded_too_late",
            _("It was founded before it ended and before it inherited."),
            field="founded",
            found=founded,
            allowed=_("Before %(day)s.") % {"day": min(bounds)},
        )
    move(body, seen, change)
    if founded is not None:
        first = body.names.filter(kind=NameKind.FULL).order_by("id").first()
        if first is not None and (first.until is None or first.until > founded):
            body.names.filter(pk=first.pk).update(since=founded)
    return tell("body.corrected", [body], by=by, on=on)[0]


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
    may(by, body.pk, on)
    needs_document(document)
    must_exist(body, on)
    must_exist(parent, on, "parent")
    after_the_last(body.parentages.filter(kind=kind, until__isnull=True, since__gte=on).first(), on)
    one_at_a_time()
    days = {on, *Parentage.objects.filter(since__gt=on).values_list("since", flat=True)}
    if any(body.pk in reading.ancestors(parent.pk, day) for day in days if day is not None):
        raise Refused(
            "registry.parent_cycle",
            _("A body cannot be led by one that it leads itself."),
            field="parent",
            found=parent.name,
            allowed=_("Choose a body that is not below it."),
        )
    move(body, seen, {})
    body.parentages.filter(kind=kind, until__isnull=True).update(until=on)
    Parentage.objects.create(body=body, parent=parent, kind=kind, since=on, document=document)
    return tell("body.parent", [body], by=by, on=on, public={"parent": parent.ref, "document": document})[0]


@transaction.atomic
def set_basis(
    body: Body, *, evaluable_by: Body | None, evaluable_basis: str, inspectable_by: Body | None, inspectable_basis: str,
    by: Actor, on: date, seen: int | None = None,
) -> Body:  # fmt: skip
    """Who may evaluate and inspect it, on what basis. The default is nobody."""
    may(by, body.pk, on)
    _check_basis(body.kind, evaluable_by, evaluable_basis, inspectable_by, inspectable_basis)
    for upper, field in ((evaluable_by, "evaluable_by"), (inspectable_by, "inspectable_by")):
        if upper == body:
            raise Refused(
                "registry.own_judge",
                _("A body neither evaluates nor inspects itself."),
                field=field,
                found=body.name,
                allowed=_("Choose a body above it, or leave it empty."),
            )
        if upper is not None:
            must_exist(upper, on, field)
    change = {
        "evaluable_by": evaluable_by,
        "evaluable_basis": evaluable_basis,
        "inspectable_by": inspectable_by,
        "inspectable_basis": inspectable_basis,
    }
    move(body, seen, change)
    return tell("body.basis", [body], by=by, on=on)[0]


def _check_new(row: NewBody) -> None:
    if not row.name.strip():
        raise Refused("registry.no_name", _("A body needs a name."), field="name", found=_("nothing"))
    if row.kind not in BodyKind.values:
        raise Refused(
            "registry.kind",
            _("There is no such sort of body."),
            field="kind",
            found=row.kind,
            allowed=listed(BodyKind.labels),
        )
    if row.code:
        _check_code(row.code, row.confirm_code)
    _check_basis(row.kind, row.evaluable_by, row.evaluable_basis, row.inspectable_by, row.inspectable_basis)


def _not_twice(names: Sequence[tuple[str, int]]) -> None:
    """One place has one body of a name at a time: who enters a second one has overlooked the first."""
    there = Body.objects.filter(name__in={name for name, _division in names}, ended__isnull=True)
    taken = set(there.values_list("name", "division_id"))
    for one in names:
        if one in taken:
            raise Refused(
                "registry.name_taken",
                _("A body of this name exists there already."),
                field="name",
                found=one[0],
                allowed=_("Look it up in the list; what changed about it is entered on its page."),
            )
        taken.add(one)


def _check_code(code: str, confirmed: bool) -> None:
    if not confirmed and (fault := codes.fault(code)):
        raise Refused(
            "registry.code",
            fault,
            field="code",
            found=code,
            allowed=_("Mend it, or confirm that it stands so on the certificate."),
            article="GB 32100-2015",
        )
    if there := Body.objects.filter(code=code).first():
        raise Refused(
            "registry.code_taken",
            _("Another body has this code."),
            field="code",
            found=code,
            allowed=there.name,
        )


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
