"""Handing in: the data sets an actor may hand in, the page of one with its template and form, all batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from jiannuo.accounts.acting import UserActor
from jiannuo.exchange import actions
from jiannuo.exchange.models import Batch
from jiannuo.exchange.reading import providers, sets_of, visible_to, watches
from jiannuo.lifecycle.machine import role_title
from jiannuo.lifecycle.offered import DataSet, data_sets
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry.models import Body
from jiannuo.tables import Kind, writing
from jiannuo.web.templatetags.jn import listed, text

from .intake_forms import HandInForm
from .intake_state import Shown, shown_of
from .intake_waiting import left_to_do
from .naming import offered
from .records import faults as faults_of
from .records import who

LAST = 5  # batches shown beside a form
PER_PAGE = 50
FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def set_named(name: str) -> DataSet:
    """The data set of this name; 404 where there is none."""
    one = data_sets().get(name)
    if one is None:
        raise Http404
    return one


def open_to(request: HttpRequest) -> tuple[UserActor, date]:
    """The actor and today, if the intake is theirs to look at."""
    actor, today = who(request)
    if not watches(actor, today):
        raise not_yours({role for one in data_sets().values() for role in one.roles})
    return actor, today


def not_yours(roles: Iterable[str]) -> Refused:
    return Refused(
        "account.not_your_role",
        _("Handing in data is not for your post."),
        allowed=_("It is for: %(roles)s.") % {"roles": listed(sorted(str(role_title(role)) for role in roles))},
    )


@dataclass(frozen=True)
class Offer:
    """A data set on the first page: what it is, and the last that was handed in of it."""

    dataset: DataSet
    last: Shown | None


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What may be handed in, what was handed in last, what of it still waits."""
    actor, today = open_to(request)
    seen = visible_to(actor, today)
    last = Batch.objects.filter(pk__in=seen.order_by().values("dataset").annotate(last=Max("pk")).values("last"))
    by_set = {batch.dataset: shown_of(batch) for batch in with_all(last)}
    context = {
        "section": "intake",
        "offers": [Offer(one, by_set.get(one.table.name)) for one in sets_of(actor, today)],
        "left": [shown_of(batch) for batch, _what, is_own in left_to_do(actor, today) if is_own][:LAST],
        "recent": [shown_of(batch) for batch in with_all(seen).order_by("-id")[: 2 * LAST]],
    }
    return render(request, "desk/intake/home.html", context)


def with_all(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """With what a list shows of each."""
    return batches.select_related("provider").prefetch_related("mended")


@require_http_methods(["GET", "POST"])
def one_set(request: HttpRequest, name: str) -> HttpResponse:
    """One data set: its template, its columns, the form to hand in, and what was handed in before."""
    actor, today = open_to(request)
    dataset = set_named(name)
    bodies = bodies_for(actor, dataset, today)
    if not bodies:
        raise not_yours(dataset.roles)
    form = HandInForm(request.POST or None, request.FILES or None, bodies=bodies, most=most_mb(), initial=first(bodies))
    refused: list[Refused] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            taken, refused = receive(form.cleaned_data["file"], dataset, form.provider, by=actor, on=today)
            if len(taken) == 1 and not refused:
                return redirect("desk:batch", taken[0].number)
            told(request, taken)
            if taken and not refused:
                return redirect("desk:intake_set", name)
    seen = with_all(visible_to(actor, today)).filter(dataset=name).order_by("-id")
    context = {
        "section": "intake",
        "dataset": dataset,
        "table": dataset.table,
        "columns": [(column, sort_of(column)) for column in dataset.table.columns],
        "key": [text(dataset.table.by_name[column].title) for column in dataset.table.key],
        "form": form,
        "faults": refused,
        "bodies": offered(Body.objects.filter(pk__in=form.bodies)) if "provider" in form.fields else [],
        "only": None if len(bodies) > 1 else bodies[0],
        "recent": [shown_of(batch) for batch in seen[:LAST]],
    }
    return render(request, "desk/intake/set.html", context, status=status)


def bodies_for(actor: UserActor, dataset: DataSet, on: date) -> list[Body]:
    """The bodies for which this actor may hand in, that exist; their own employer first."""
    rows = Body.objects.filter(pk__in=providers(actor, dataset, on)).existing(on).order_by("pk")
    return sorted(rows, key=lambda body: body.pk != actor.employer_id)


def first(bodies: Sequence[Body]) -> dict[str, Any]:
    """What the form proposes: the first body, by name where it is typed and by number where it is chosen."""
    return {"provider": bodies[0].name if len(bodies) > 30 else str(bodies[0].pk)}


def most_mb() -> int:
    """The largest file that is taken, in MB."""
    return int(settings.EXCHANGE_MAX_BYTES) // 1_000_000


def receive(
    files: Sequence[Any], dataset: DataSet, provider: Body, *, by: UserActor, on: date, mends: Batch | None = None
) -> tuple[list[Batch], list[Refused]]:
    """Each file by itself: one that is refused at the door does not hold the others up."""
    taken, refused = [], []
    for file in files:
        try:
            taken.append(
                actions.receive_file(
                    file.chunks(),
                    dataset=dataset.table.name,
                    provider=provider,
                    file_name=file.name,
                    channel=Batch.Channel.DESK,
                    mends=mends,
                    by=by,
                    on=on,
                )
            )
        except Refused as fault:
            for one in faults_of(fault):
                one.found = " · ".join(str(part) for part in (file.name, one.found) if part)
                refused.append(one)
    return taken, refused


def told(request: HttpRequest, taken: Sequence[Batch]) -> None:
    for batch in taken:
        messages.success(
            request, _("%(file)s is handed in as batch %(number)s.") % {"file": batch.file_name, "number": batch.number}
        )


def sort_of(column: Any) -> str:
    """What may stand in a column, in a few words."""
    words = {
        Kind.TEXT: _("text"),
        Kind.LONG: _("text, also of several lines"),
        Kind.DAY: _("day, as 2026-11-23"),
        Kind.AMOUNT: _("amount in yuan"),
        Kind.WHOLE: _("whole number"),
        Kind.YES_NO: _("yes or no"),
        Kind.CODE: _("one of a list"),
        Kind.USCC: _("unified social credit code"),
        Kind.DIGITS: _("digits"),
        Kind.NAME: _("registered name"),
    }
    return words[column.kind]


@require_GET
def template(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """The empty sheet to fill in: a workbook with lists, example and explanation, or the head of a CSV file."""
    table = set_named(name).table
    if form not in FORMS:
        raise Http404
    if form == "xlsx":
        out = BytesIO()
        writing.template(table, out)
        content = out.getvalue()
    else:
        content = b"".join(writing.csv_lines(table, []))
    response = HttpResponse(content, content_type=FORMS[form])
    title = _("%(title)s - template") % {"title": text(table.title)}
    response["Content-Disposition"] = content_disposition_header(True, f"{title}.{form}") or "attachment"
    return response


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """All batches the actor may see, newest first; filters stand in the address."""
    actor, today = open_to(request)
    names = ("dataset", "provider", "stage", "outcome", "since", "until")
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in names}
    rows = visible_to(actor, today)
    known = data_sets()
    if chosen["dataset"]:
        rows = rows.filter(dataset=chosen["dataset"])
    if chosen["provider"]:
        called = Q(provider__names__name__contains=chosen["provider"]) | Q(provider__name__contains=chosen["provider"])
        rows = rows.filter(pk__in=Batch.objects.filter(called).values("pk"))
    if since := parse_date_or_none(chosen["since"]):
        rows = rows.filter(on__gte=since)
    if until := parse_date_or_none(chosen["until"]):
        rows = rows.filter(on__lte=until)
    if chosen["outcome"] in ("refused", "changed"):
        rows = rows.filter(pk__in=Batch.objects.filter(rows__outcome=chosen["outcome"]).values("pk"))
    counts = dict(rows.order_by().values_list("stage").annotate(n=Count("pk")))
    if chosen["stage"]:
        rows = rows.filter(stage=chosen["stage"])
    page = Paginator(with_all(rows).order_by("-id"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "intake",
        "page": page,
        "batches": [shown_of(batch) for batch in page],
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "total": sum(counts.values()),
        "stages": [(value, label, counts.get(value, 0)) for value, label in Batch.Stage.choices if counts.get(value)],
        "datasets": [(name, text(one.table.title)) for name, one in known.items()],
        "may_hand_in": bool(sets_of(actor, today)),
    }
    return render(request, "desk/intake/list.html", context)


def parse_date_or_none(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None
