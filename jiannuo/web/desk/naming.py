"""From what was typed to the body: by any name it has or had; near ones are offered, none is guessed."""

from __future__ import annotations

from difflib import get_close_matches

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.refused import listed
from jiannuo.registry.models import Body, BodyName
from jiannuo.search.finding import normalise

NEAR = 5


def body_named(typed: str, among: QuerySet[Body] | None = None) -> Body:
    """The one body that is, or was, called so. Raises ValidationError with the nearest names where it is not one."""
    typed = typed.strip()
    bodies = Body.objects.all() if among is None else among
    called = BodyName.objects.filter(name=typed).values("body")
    found = list(bodies.filter(Q(name=typed) | Q(short_name=typed) | Q(pk__in=called)).select_related("division")[:9])
    if len(found) > 1:
        # Of an ended body and its heir of the same name, the full name of today says which; else the place is told.
        exact = [body for body in found if body.name == typed and body.ended is None]
        found = exact if len(exact) == 1 else found
    if len(found) == 1:
        return found[0]
    if found:
        raise forms.ValidationError(
            _("Several bodies are called “%(typed)s”. Write the full name of the one you mean: %(near)s.")
            % {"typed": typed, "near": listed(f"{body.name}（{body.division.name}）" for body in found)}
        )
    if near := nearest(typed, bodies):
        raise forms.ValidationError(
            _("No body is called “%(typed)s”. Did you mean: %(near)s?") % {"typed": typed, "near": listed(near)}
        )
    raise forms.ValidationError(_("No body is called “%(typed)s”, and none has a name near to it.") % {"typed": typed})


def nearest(typed: str, bodies: QuerySet[Body]) -> list[str]:
    """At most five full names that contain what was typed, or read much like it."""
    wanted = normalise(typed)
    names = {normalise(name): name for name in bodies.values_list("name", flat=True)}
    close = [name for plain, name in names.items() if wanted and wanted in plain]
    if len(close) < NEAR:
        close += [names[plain] for plain in get_close_matches(wanted, list(names), NEAR, 0.5)]
    return list(dict.fromkeys(close))[:NEAR]


def offered(bodies: QuerySet[Body], most: int = 600) -> list[str]:
    """Names to offer while typing: full ones and aliases."""
    known = BodyName.objects.filter(body__in=bodies, until__isnull=True).order_by("name")
    return list(known.values_list("name", flat=True).distinct()[:most])
