"""What the registry's actions share: who may, what must hold, compare and swap, and telling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.search import actions as search

from .. import reading
from ..models import Body


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


def may(by: Actor, body_id: int | None, on: date) -> None:
    if not {"registry", "system"} & by.roles_on(body_id, on):
        raise Refused(
            "registry.not_your_role",
            _("The registry of bodies is not for your post."),
            allowed=_("It is kept by the keeper of the registry."),
        )


def needs_document(document: str) -> None:
    if not document.strip():
        raise Refused(
            "registry.no_document",
            _("A change of the registry rests on a document."),
            field="document",
            found=_("nothing"),
            allowed=_("Enter title and number of the approval, as 云编发〔2026〕1号."),
        )


def must_exist(body: Body, on: date, field: str = "body") -> None:
    if (body.ended is not None and body.ended <= on) or (body.founded is not None and body.founded > on):
        raise Refused(
            "registry.not_existing",
            _("%(name)s did not exist on %(day)s.") % {"name": body.name, "day": on},
            field=field,
            found=f"{body.founded or '…'} – {body.ended or '…'}",
            allowed=_("Choose a body that existed on that day."),
        )


def move(body: Body, seen: int | None, change: Mapping[str, Any]) -> None:
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


def tell(
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
