"""Level by level at the desk: which levels are known, which packages went, and what the two sides hold differently."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from jiannuo.accounts.acting import UserActor
from jiannuo.exchange.actions import handover as actions
from jiannuo.exchange.models import Batch, Handover, Partner
from jiannuo.exchange.reporting import bodies_of, period_at, period_named
from jiannuo.lifecycle.machine import role_title
from jiannuo.lifecycle.offered import data_sets
from jiannuo.lifecycle.refused import Refused, listed
from jiannuo.web.middleware import status_of
from jiannuo.web.templatetags.jn import text

from .forms import Plain
from .quality import DAY, choice_of_periods
from .records import who

WATCHING = ("registrar", "head", "auditor")
SHOWN = 50
LOOKS = {
    Handover.Stage.WAITING: ("open", "候"),
    Handover.Stage.SENDING: ("due", "送"),
    Handover.Stage.DONE: ("kept", "讫"),
    Handover.Stage.REFUSED: ("broken", "退"),
}


class HandUpForm(Plain):
    """Which period of which data set goes up."""

    partner = forms.ModelChoiceField(Partner.objects.none(), label=gettext_lazy("To"), empty_label=None)
    dataset = forms.ChoiceField(label=gettext_lazy("Data set"))
    period = forms.ChoiceField(label=gettext_lazy("Period"))

    def __init__(self, *args: Any, partners: QuerySet[Partner], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = partners  # type: ignore[attr-defined]
        sets = [(name, text(one.table.title)) for name, one in data_sets().items() if one.standing]
        self.fields["dataset"].choices = sets  # type: ignore[attr-defined]
        over = [label for label in choice_of_periods(on) if period_named(label).last < on]
        self.fields["period"].choices = [(label, label) for label in over]  # type: ignore[attr-defined]


def open_to(request: HttpRequest) -> tuple[UserActor, date, QuerySet[Partner]]:
    """The actor, today, and the levels whose body is within his reach. Raises Refused where he holds no such role."""
    actor, today = who(request)
    roles = (*WATCHING, "operator")
    if not set(roles) & actor.roles_on(None, today):
        raise Refused(
            "account.not_your_role",
            _("Handing over between levels is not for your post."),
            allowed=_("It is for: %(roles)s.") % {"roles": listed(role_title(role) for role in roles)},
        )
    seen = Partner.objects.filter(body__in=bodies_of(actor, today, roles)).select_related("body")
    return actor, today, seen.order_by("side", "pk")


@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The levels, the form to hand up, the packages."""
    actor, today, partners = open_to(request)
    mine = bodies_of(actor, today, actions.SENDING)
    above = partners.filter(side=Partner.Side.UPPER, until=None, body__in=mine)
    last = period_at(period_at(today, 1).first - DAY, 1).label
    form = HandUpForm(request.POST or None, partners=above, on=today, initial={"period": last})
    fault, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked = form.cleaned_data
            try:
                package = actions.hand_up(
                    asked["partner"], asked["dataset"], period_named(asked["period"]), by=actor, on=today
                )
            except Refused as refused:
                fault, status = form.place(refused), status_of(refused)
            else:
                messages.success(request, _("The package is queued; the worker signs and sends it within a minute."))
                return redirect("desk:handover", package.pk)
    packages = Handover.objects.filter(partner__in=partners).select_related("partner__body")
    context = {
        "section": "intake",
        "partners": partners,
        "form": form if above and form.fields["dataset"].choices else None,  # type: ignore[attr-defined]
        "fault": fault,
        "packages": [(one, *LOOKS[Handover.Stage(one.stage)]) for one in packages[:SHOWN]],
    }
    return render(request, "desk/quality/levels.html", context, status=status)


@require_GET
def package(request: HttpRequest, pk: int) -> HttpResponse:
    """One package: how far it is, its receipts, and what the two sides hold differently."""
    _actor, _today, partners = open_to(request)
    one = get_object_or_404(Handover.objects.select_related("partner__body"), pk=pk, partner__in=partners)
    numbers = list(one.taken.values())
    is_below = one.partner.side == Partner.Side.LOWER
    batches = Batch.objects.filter(Q(number__in=numbers)) if is_below else Batch.objects.none()
    words = {
        "missing_above": _("Missing above: handed up, but not standing there"),
        "missing_below": _("Missing below: standing above, but no longer below"),
        "other": _("Other content: a difference waits above to be confirmed"),
    }
    found = one.differences or {}
    context = {
        "section": "intake",
        "one": one,
        "look": LOOKS[Handover.Stage(one.stage)],
        "parts": [(part, number, one.receipts.get(part, "")) for part, number in sorted(one.taken.items(), key=_part)],
        "batches": {batch.number for batch in batches},
        "differences": [(words[sort], [" · ".join(json.loads(key)) for key in found.get(sort, [])]) for sort in words],
    }
    return render(request, "desk/quality/package.html", context)


def _part(item: tuple[str, str]) -> int:
    return int(item[0])


urlpatterns = [path("", home, name="levels"), path("<int:pk>/", package, name="handover")]
