"""Webhooks: made, called to see whether they answer, ended; and the public key that their calls are signed with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from jiannuo.accounts.models import Role
from jiannuo.exchange import actions
from jiannuo.exchange import hooks as calls
from jiannuo.exchange.models import Hook
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry.models import Body
from jiannuo.web.middleware import status_of

from .people import overseer
from .people_forms import GrantForm, ReasonForm


class HookForm(GrantForm):
    """Which system of which body is told, and where."""

    title = forms.CharField(label=_("System"), max_length=60, help_text=_("Which system will be told."))
    url = forms.CharField(
        label=_("Address"), max_length=300, help_text="https://…", widget=forms.URLInput(attrs={"autocomplete": "off"})
    )
    field_order = ("title", "body", "url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("role", "since", "until"):
            del self.fields[name]
        self.fields["body"].help_text = _("Whose system it is.")


@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """All hooks of the bodies that the viewer oversees, and how each answered last."""
    actor, today, reach = overseer(request)
    if request.method == "GET":
        return _page(request, form=HookForm(reach=reach))
    form = HookForm(request.POST, reach=reach)
    if not form.is_valid():
        return _page(request, form=form, open=True, status=422)
    typed = form.cleaned_data
    try:
        actions.make_hook(typed["title"], typed["body"], typed["url"], by=actor, on=today)
    except Refused as refused:
        return _page(request, form=form, fault=form.place(refused), open=True, status=status_of(refused))
    return redirect("desk:hooks")


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The address is told nothing more."""
    actor, today, reach = overseer(request)
    hook = get_object_or_404(Hook.objects.select_related("body"), pk=pk, body__in=reach)
    ending = ReasonForm(request.POST, mark=f"-{pk}")
    if not ending.is_valid():
        return _page(request, form=HookForm(reach=reach), ending=ending, ended=pk, status=422)
    try:
        actions.end_hook(hook, **ending.cleaned_data, by=actor, on=today)
    except Refused as refused:
        fault = ending.place(refused)
        return _page(
            request, form=HookForm(reach=reach), ending=ending, ended=pk, fault=fault, status=status_of(refused)
        )
    return redirect("desk:hooks")


@require_POST
def ping(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it once now; the page shows the answer when it is there."""
    actor, today, reach = overseer(request)
    hook = get_object_or_404(Hook.objects.select_related("body"), pk=pk, body__in=reach)
    actions.ping(hook, by=actor, on=today)
    return redirect("desk:hooks")


def key(request: HttpRequest) -> HttpResponse:
    """The public key of the calls, for whoever verifies them."""
    pem = calls.public_key()
    if pem is None:
        raise Http404
    return HttpResponse(pem, content_type="application/x-pem-file")


def _page(request: HttpRequest, *, status: int = 200, ended: int | None = None, **more: Any) -> HttpResponse:
    actor, today, reach = overseer(request)
    held = list(Hook.objects.filter(body__in=reach).select_related("body"))
    mine = actor.bodies_with(Role.OPERATOR, today)
    for hook in held:
        shown: Any = hook
        shown.live = hook.is_live(today)
        shown.may_end = shown.live and hook.body_id in mine
        shown.is_open = hook.pk == ended
        shown.ending = more["ending"] if shown.is_open else ReasonForm(mark=f"-{hook.pk}")
    facts = {
        "section": "people",
        "hooks": held,
        "may": bool(mine),
        "has_key": calls.public_key() is not None,
        "bodies": Body.objects.filter(pk__in=mine).existing(today).values_list("name", flat=True),
    }
    return render(request, "desk/people/hooks.html", facts | more, status=status)
