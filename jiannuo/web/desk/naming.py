"""From what was typed to the body: by any name it has or had; near ones are offered, none is guessed."""

from __future__ import annotations

from difflib import get_close_matches

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jiannuo.registry.models import Body, BodyName
from jiannuo.search.finding import normalise

NEAR = 5


def body_named(typed: str) -> Body:
    """The one body that is, or was, called so. Raises ValidationError with the nearest names where it is not one."""
    typed = typed.strip()
    called = BodyName.objects.filter(name=typed).values("body")
    rule = Q(name=typed) | Q(short_name=typed) | Q(pk__in=called)
    found = list(Body.objects.filter(rule).select_related("division")[:9])
    if len(found) > 1:
        # An ended body and its heir may share a name: the full name of one that exists is meant.
        exact = [body for body in found if body.name == typed and body.ended is None]
        found = exact if len(exact) == 1 else found
    if len(found) == 1:
        return found[0]
    if found:
        raise forms.ValidationError(
            _("Several bodies are called “%(typed)s”. Write the full name of the one you mean: %(near)s.")
            % {"typed": typed, "near": "、".join(f"{body.name}（{body.division.name}）" for body in found)}
        )
    if near := nearest(typed):
        raise forms.ValidationError(
            _("No body is called “%(typed)s”. Did you mean: %(near)s?") % {"typed": typed, "near": "、".join(near)}
        )
    raise forms.ValidationError(_("No body is called “%(typed)s”, and none has a name near to it.") % {"typed": typed})


def nearest(typed: str) -> list[str]:
    """At most five full names of bodies one of whose names contains what was typed, or reads much like it."""
    wanted = normalise(typed)
    rows = BodyName.objects.order_by("body_id", "id").values_list("name", "body__name")
    names = {normalise(name): full for name, full in rows}
    close = [full for plain, full in names.items() if wanted and wanted in plain]
    if len(close) < NEAR:
        close += [names[plain] for plain in get_close_matches(wanted, list(names), NEAR, 0.5)]
    return list(dict.fromkeys(close))[:NEAR]


def offered(bodies: QuerySet[Body], most: int = 600) -> list[str]:
    """Names to offer while typing: full ones and aliases."""
    known = BodyName.objects.filter(body__in=bodies, until__isnull=True).order_by("name")
    return list(known.values_list("name", flat=True).distinct()[:most])
