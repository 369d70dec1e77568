"""Which body a written name names: the registry as an index of names, made anew when the registry has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock

from django.db.models import Count, Max, Sum

from jiannuo.rules import book
from jiannuo.search.finding import normalise

from .kinds import NameKind
from .models import Body, BodyName, Division
from .naming import Index, Named, Place, Resolution, Usage, Why

_KINDS = {NameKind.FULL: Why.SAME, NameKind.SHORT: Why.SHORT, NameKind.ALIAS: Why.ALIAS}
_lock = Lock()
_held: tuple[object, Index] | None = None


def resolve(names: Sequence[str], *, near: Division | None = None) -> list[Resolution]:
    """What each name names, in their order; the keys are ids of bodies.

    near    the division in which a name without one is understood: that of whoever hands in
    """
    return index().resolve(names, near.pk if near else None)


def index() -> Index:
    """The index of the registry as it is now; a question of three counts tells whether the one at hand still holds."""
    global _held
    stamp = _stamp()
    with _lock:
        if _held is None or _held[0] != stamp:
            _held = stamp, Index(list(_places()), list(_bodies()), list(usages()), normalise)
        return _held[1]


def usages() -> Iterator[Usage]:
    """What the rulebook says of how names are written."""
    for one in book().naming.values():
        yield from (Usage(one.name, written, Why.USAGE) for written in one.short)
        yield from (Usage(one.name, written, Why.REFORM) for written in one.formerly)


def _stamp() -> object:
    return (
        *BodyName.objects.aggregate(n=Count("pk"), last=Max("pk"), until=Count("until")).values(),
        *Division.objects.aggregate(n=Count("pk"), last=Max("pk")).values(),
        *Body.objects.aggregate(n=Count("pk"), last=Max("pk"), moved=Sum("version"), ended=Count("ended")).values(),
        BodyName.objects.db,
        book().digest,
    )


def _places() -> Iterator[Place]:
    for pk, name, parent in Division.objects.values_list("pk", "name", "parent"):
        yield Place(pk, name, parent)


def _bodies() -> Iterator[Named]:
    names: dict[int, list[tuple[str, Why]]] = {}
    for body, name, kind, until in BodyName.objects.order_by("id").values_list("body", "name", "kind", "until"):
        names.setdefault(body, []).append((name, Why.OLD if until else _KINDS[NameKind(kind)]))
    for pk, place, ended in Body.objects.values_list("pk", "division", "ended"):
        # What holds today goes before what held once.
        yield Named(pk, place, sorted(names.get(pk, ()), key=lambda one: one[1] is Why.OLD), ended is not None)
