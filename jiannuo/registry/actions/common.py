"""What the registry's actions share: who may, what must hold, compare and swap, and telling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.search import actions as search

from .. import reading
from ..kinds import BodyKind
from ..models import Body, BodyName, Division, Occupancy, Parentage

LOCK = 0x4A4E_5245  # the advisory lock of the registry on PostgreSQL ("JNRE")
_KEEPERS = {"registry", "system"}


@dataclass(frozen=True)
class Entering:
    """The same actor, whose roles are asked for the day of entry: what took effect earlier (`on`) is entered by
    whoever keeps the registry today, and not by whoever kept it then."""

    actor: Actor
    today: date

    @property
    def ref(self) -> str:
        return self.actor.ref

    @property
    def person_id(self) -> int | None:
        return self.actor.person_id

    @property
    def employer_id(self) -> int | None:
        return self.actor.employer_id

    def roles_on(self, body_id: int | None, on: date) -> frozenset[str]:
        return self.actor.roles_on(body_id, self.today)


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


def keeps(by: Actor, body_id: int | None, on: date) -> bool:
    """Whether this actor keeps the registry of this body (None: of any).

    A body with none above it (a court, a party organ) is kept by the keeper of a government of its place.
    """
    if _KEEPERS & by.roles_on(body_id, on):
        return True
    if body_id is None or reading.ancestors(body_id, on) != {body_id}:
        return False
    return keeps_place(by, Division.objects.get(bodies=body_id), on)


def keeps_place(by: Actor, division: Division, on: date) -> bool:
    """Whether this actor keeps a government of the place or of one above it; any keeper, where none is registered."""
    above: list[int] = []
    upper: Division | None = division
    while upper is not None:
        above.append(upper.pk)
        upper = upper.parent
    governments = Body.objects.filter(kind=BodyKind.GOVERNMENT, division__in=above).existing(on)
    ids: list[int | None] = list(governments.values_list("pk", flat=True))
    return any(_KEEPERS & by.roles_on(pk, on) for pk in ids or [None])


def may(by: Actor, body_id: int | None, on: date) -> None:
    if not keeps(by, body_id, on):
        raise _not_yours()


def may_in(by: Actor, division: Division, on: date) -> None:
    if not keeps_place(by, division, on):
        raise _not_yours()


def _not_yours() -> Refused:
    return Refused(
        "registry.not_your_role",
        _("The registry of bodies is not for your post."),
        allowed=_("It is kept by the keeper of the registry."),
    )


def one_at_a_time() -> None:
    """Successions and parents are judged and rewritten as a whole: two at once would each miss the other's.

    On PostgreSQL a lock until the end of the transaction; on SQLite whoever writes is alone already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


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


def after_the_last(last: BodyName | Parentage | Occupancy | None, on: date) -> None:
    """What holds now began on or after `on`: a change dated before it would rewrite the past."""
    if last is not None:
        raise Refused(
            "registry.before_the_last",
            _("What holds now began on %(day)s; a change comes after it.") % {"day": last.since},
            field="on",
            found=on,
            allowed=_("A day after %(day)s.") % {"day": last.since},
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
