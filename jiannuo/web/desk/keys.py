"""Keys of machines: made, shown once, listed, revoked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from jiannuo.accounts import keys
from jiannuo.accounts.models import ApiKey, Role
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry.models import Body
from jiannuo.web.middleware import status_of

from .people import overseer
from .people_forms import GrantForm, ReasonForm, day


class KeyForm(GrantForm):
    """A key: which system, whose, for what, until when."""

    title = forms.CharField(label=_("System"), max_length=60, help_text=_("Which system will use the key."))
    until = day(_("Until"), required=False, help_text=_("First day on which it no longer holds; empty: a year."))
    field_order = ("title", "body", "role", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [(one, Role(one).label) for one in keys.roles_for_keys()]


@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """All keys of the bodies that the viewer oversees; a new one, whose secret this answer alone shows."""
    actor, today, reach = overseer(request)
    if request.method == "GET":
        return _page(request, form=KeyForm(initial={"since": today}, reach=reach))
    form = KeyForm(request.POST, reach=reach)
    if not form.is_valid():
        return _page(request, form=form, open=True, status=422)
    typed = form.cleaned_data
    try:
        key, secret = keys.make_key(
            typed["title"],
            typed["body"],
            [typed["role"]],
            since=typed["since"],
            until=typed["until"],
            by=actor,
            on=today,
        )
    except Refused as refused:
        return _page(request, form=form, fault=form.place(refused), open=True, status=status_of(refused))
    return _page(request, form=KeyForm(initial={"since": today}, reach=reach), made=key, secret=secret)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a key at once."""
    actor, today, reach = overseer(request)
    key = get_object_or_404(ApiKey.objects.select_related("body"), pk=pk, body__in=reach)
    ending = ReasonForm(request.POST, mark=f"-{pk}")
    new = KeyForm(initial={"since": today}, reach=reach)
    if not ending.is_valid():
        return _page(request, form=new, ending=ending, ended=pk, status=422)
    try:
        keys.revoke_key(key, **ending.cleaned_data, by=actor, on=today)
    except Refused as refused:
        return _page(request, form=new, ending=ending, ended=pk, fault=ending.place(refused), status=status_of(refused))
    return redirect("desk:keys")


def _page(request: HttpRequest, *, status: int = 200, ended: int | None = None, **more: Any) -> HttpResponse:
    actor, today, reach = overseer(request)
    held = list(ApiKey.objects.filter(body__in=reach).select_related("body"))
    mine = actor.bodies_with(Role.OPERATOR, today)
    for key in held:
        shown: Any = key
        shown.labels = [Role(role).label for role in key.roles]
        shown.is_live = key.revoked is None and today < key.until
        shown.may_end = shown.is_live and key.body_id in mine
        shown.is_open = key.pk == ended
        shown.ending = more["ending"] if shown.is_open else ReasonForm(mark=f"-{key.pk}")
    facts = {
        "section": "people",
        "keys": held,
        "may": bool(mine),
        "today": today,
        "bodies": Body.objects.filter(pk__in=mine).existing(timezone.localdate()).values_list("name", flat=True),
    }
    response = render(request, "desk/people/keys.html", facts | more, status=status)
    response["Cache-Control"] = "no-store"  # it may hold a secret
    return response
