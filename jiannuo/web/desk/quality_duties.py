"""Setting and ending a reporting duty; the zero report of one period, and its signed note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiannuo.exchange import actions
from jiannuo.exchange.models import Duty, ZeroReport
from jiannuo.exchange.reporting import SETTING, answers, bodies_of, period_at, period_named
from jiannuo.lifecycle.machine import role_title
from jiannuo.lifecycle.offered import data_sets
from jiannuo.lifecycle.refused import Refused, listed
from jiannuo.registry.models import Body
from jiannuo.web.middleware import status_of
from jiannuo.web.templatetags.jn import text

from .forms import EMPTY, Plain, day, named
from .naming import body_named, offered
from .quality import open_to, title_of


class DutyForm(Plain):
    """Who is to hand in what, how often, from when."""

    body = named(gettext_lazy("Body"), error_messages={"required": EMPTY})
    dataset = forms.ChoiceField(label=gettext_lazy("Data set"))
    frequency = forms.ChoiceField(label=gettext_lazy("How often"), choices=Duty.Frequency.choices)
    since = day(
        gettext_lazy("From"), help_text=gettext_lazy("the first period is the one that ends on this day or after it")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, text(one.table.title)) for name, one in data_sets().items()]
        self.fields["dataset"].choices = choices  # type: ignore[attr-defined]

    def clean_body(self) -> Body:
        return body_named(self.cleaned_data["body"])


class SignForm(Plain):
    """What the head declares."""

    declared = forms.BooleanField(
        label=gettext_lazy("I have had this checked: in this period there was nothing to report."),
        error_messages={"required": gettext_lazy("Tick it to sign; without the declaration nothing is stated.")},
    )


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Set a duty."""
    actor, today, _seen = open_to(request)
    mine = bodies_of(actor, today, SETTING)
    if not mine:
        raise Refused(
            "account.not_your_role",
            _("Setting reporting duties is not for your post."),
            allowed=_("It is for: %(roles)s.") % {"roles": listed(role_title(role) for role in SETTING)},
        )
    proposed = {"since": period_at(today, 1).first, "body": request.GET.get("body", "")[:120]}
    form = DutyForm(request.POST or None, initial=proposed)
    fault, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                duty = actions.set_duty(**form.cleaned_data, by=actor, on=today)
            except Refused as refused:
                fault, status = form.place(refused), status_of(refused)
            else:
                messages.success(request, _("The duty is set."))
                return redirect("desk:quality_body", duty.body_id)
    context = {"section": "intake", "form": form, "fault": fault}
    context["bodies"] = offered(Body.objects.filter(pk__in=mine).existing(today))
    return render(request, "desk/quality/duty.html", context, status=status)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a duty as of today: a period that ended before stays owed."""
    actor, today, seen = open_to(request)
    duty = get_object_or_404(Duty.objects.select_related("body"), pk=pk, body__in=seen)
    actions.end_duty(duty, until=max(today, duty.since), by=actor, on=today)
    messages.success(request, _("The duty has ended; what was owed before stays owed."))
    return redirect("desk:quality_body", duty.body_id)


@require_http_methods(["GET", "POST"])
def zero(request: HttpRequest, pk: int, label: str) -> HttpResponse:
    """The zero report of one period: read, declare, sign. Whoever may not sign reads how it stands."""
    actor, today, seen = open_to(request)
    duty = get_object_or_404(Duty.objects.select_related("body"), pk=pk, body__in=seen)
    period = period_named(label)
    found = answers([duty], period.last, period.last, on=today)
    if not found or found[0].period != period:
        raise Http404
    form = SignForm(request.POST or None)
    fault, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.zero_report(duty, period, by=actor, on=today)
            except Refused as refused:
                fault, status = refused, status_of(refused)
            else:
                messages.success(request, _("The zero report is signed and stands in the ledger."))
                return redirect("desk:quality_body", duty.body_id)
    context = {
        "section": "intake",
        "duty": duty,
        "answer": found[0],
        "title": title_of(duty.dataset),
        "form": form,
        "fault": fault,
        "may_sign": "chief" in actor.roles_on(duty.body_id, today),
    }
    return render(request, "desk/quality/zero.html", context, status=status)


@require_GET
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed statement alone."""
    _actor, _today, seen = open_to(request)
    one = get_object_or_404(ZeroReport, pk=pk, duty__body__in=seen)
    if not one.note:
        raise Http404
    response = HttpResponse(one.note, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"zero-report-{one.pk}.txt") or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
