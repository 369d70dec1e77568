"""Merging, splitting, abolishing: what will happen is shown first, then confirmed, then done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from jiannuo.lifecycle.refused import Refused
from jiannuo.records.models import Record
from jiannuo.registry import actions, reading
from jiannuo.registry.models import Body, Occupancy
from jiannuo.web.middleware import status_of

from .registry import GONE, body_of, datalists, history, keeper
from .registry_acts import Act
from .registry_forms import AbolishForm, MergeForm, RegistryForm, SplitForm


def _merge(body: Body, typed: dict[str, Any], **who: Any) -> None:
    actions.merge(typed["bodies"], typed["heir"], document=typed["document"], **who)


def _split(body: Body, typed: dict[str, Any], **who: Any) -> None:
    actions.split(body, typed["into"], typed["heir"], document=typed["document"], **who)


def _abolish(body: Body, typed: dict[str, Any], **who: Any) -> None:
    actions.abolish(body, typed["heir"], document=typed["document"], **who)


# The word in the address → the act.
ENDINGS = {
    "merge": Act(
        _("Merge"),
        _("It ends, alone or with others; one body answers for all they leave."),
        MergeForm,
        _merge,
        initial=lambda body: {"bodies": body.name},
    ),
    "split": Act(
        _("Split"),
        _("It ends; several bodies go on. One of them is the general heir, the others answer for what is assigned."),
        SplitForm,
        _split,
    ),
    "abolish": Act(
        _("Abolish"),
        _("It ends. The general heir answers for all it leaves; its page and its records stay."),
        AbolishForm,
        _abolish,
    ),
}


@dataclass(frozen=True)
class Ending:
    """What ends with one body."""

    body: Body
    children: list[Body]
    records: int
    public: int
    posts: int
    assigned: int


@dataclass(frozen=True)
class Plan:
    """What an ending will bring about, read from the registry as it would stand afterwards."""

    on: date
    document: str
    heir: Body
    parts: list[Body]
    endings: list[Ending]
    judged: list[Body]
    after: dict[str, Any]
    seen: str

    @property
    def records(self) -> int:
        return sum(ending.records for ending in self.endings)


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """The form, the confirmation, the deed. Nothing is lost on the way back."""
    if word not in ENDINGS:
        raise Http404
    body, chosen = body_of(pk), ENDINGS[word]
    by, today = keeper(request, body)
    first = {"seen": body.version, "on": today, **chosen.initial(body)}
    form = chosen.form(request.POST or None, initial=first, today=today, body=body)
    facts = {"section": "bodies", "body": body, "chosen": chosen, "word": word, "form": form}
    fault, status = None, 200
    if request.method == "POST" and "back" not in request.POST:
        status = 422
        if form.is_valid():
            try:
                if "confirmed" in request.POST:
                    seen = _versions(request.POST.get("versions", ""))
                    chosen.act(body, form.cleaned_data, by=by, on=form.cleaned_data["on"], seen=seen)
                    return redirect("desk:body", form.cleaned_data["heir"].pk)
                plan = _rehearse(chosen, body, form, by=by, today=today)
                return render(request, "desk/bodies/confirm.html", {**facts, "plan": plan})
            except Refused as refused:
                fault, status = form.place(refused), status_of(refused)
    return render(request, "desk/bodies/act.html", {**facts, "fault": fault, **datalists()}, status=status)


def _versions(text: str) -> dict[int, int]:
    """ "12:3,14:1": what the confirmation showed of each body that ends. Unreadable: nothing was seen."""
    pairs = [part.partition(":") for part in text.split(",")]
    return {int(pk): int(version) for pk, _colon, version in pairs if pk.isdigit() and version.isdigit()}


def _rehearse(chosen: Act, body: Body, form: RegistryForm, *, by: Any, today: date) -> Plan:
    """Do it, look at what came of it, and take it back: so the confirmation cannot differ from the deed."""
    typed = form.cleaned_data
    ends: Sequence[Body] = typed.get("bodies") or [body]
    seen = {one.pk: one.version for one in ends}
    children = {one.pk: list(_led(one)) for one in ends}
    posts = {one.pk: Occupancy.objects.filter(post__body=one, until__isnull=True).count() for one in ends}
    with transaction.atomic():
        chosen.act(body, dict(typed), by=by, on=typed["on"], seen=seen)
        heir = Body.objects.get(pk=typed["heir"].pk)
        plan = Plan(
            on=typed["on"],
            document=typed["document"],
            heir=heir,
            parts=[one for one in typed.get("into", ()) if one != heir],
            endings=[_ending(one, children[one.pk], posts[one.pk], heir, typed["on"]) for one in ends],
            judged=list(
                Body.objects.filter(Q(evaluable_by__in=ends) | Q(inspectable_by__in=ends)).existing(typed["on"])
            ),
            after=history(heir, reading.story(heir), today),
            seen=",".join(f"{pk}:{version}" for pk, version in seen.items()),
        )
        transaction.set_rollback(True)
    return plan


def _led(body: Body) -> Any:
    return Body.objects.filter(parentages__parent=body, parentages__until__isnull=True).distinct().order_by("id")


def _ending(body: Body, children: list[Body], posts: int, heir: Body, on: date) -> Ending:
    """What passes to the heir with this body: of its own and of those for which it answered until then.

    Internal records about posts pass as well; they are not counted, for a small number points at someone.
    """
    origins = [body.pk, *reading.predecessors(body.pk)]
    rows = Record.objects.filter(body_id__in=origins, personal=False).exclude(state__in=GONE)
    took_on = {f"record:{pk}": origin for pk, origin in rows.values_list("pk", "body_id")}
    passing = [thing for thing, holder in reading.holders_of(took_on, on).items() if holder == heir.pk]
    ids = [int(thing.partition(":")[2]) for thing in passing]
    public = Record.objects.showing(on).filter(pk__in=ids).aggregate(n=Count("pk"))["n"]
    return Ending(body, children, len(ids), public, posts, len(took_on) - len(ids))
