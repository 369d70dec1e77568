"""Records on the desk: the list, the page of one, entering and changing it, and every step by one view."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiannuo.accounts.acting import UserActor, actor_of
from jiannuo.lifecycle.refused import Refused, RefusedMany, Stale
from jiannuo.notices import actions as notices
from jiannuo.records import actions
from jiannuo.records.kinds import STATES
from jiannuo.records.models import Publication, Receipt, Record
from jiannuo.records.reading import may_see, visible_to
from jiannuo.registry.kinds import BodyKind
from jiannuo.registry.models import Body
from jiannuo.rules import book
from jiannuo.search.finding import matching
from jiannuo.web.middleware import status_of
from jiannuo.web.templatetags.jn import listed, text

from . import record_view
from .naming import offered
from .record_acts import find
from .record_forms import CorrectionForm, DocumentForm, RecordForm, StepForm, TwinForm, initial_of
from .waiting import Clock, awaited, clock_of, notices_for

PER_PAGE = 50
HANDS = [column for column, _label in record_view.HANDS]
WITH = ("body__division", "organ", "provider", "post", *HANDS)


def who(request: HttpRequest) -> tuple[UserActor, date]:
    """The actor and today."""
    actor: Any = actor_of(request.user)
    return actor, timezone.localdate()


def opened(request: HttpRequest, slug: str) -> tuple[Record, UserActor, date]:
    """The record at this address, if this actor may see it: what may not be seen is not there."""
    actor, today = who(request)
    publication = ("publication__proposed_by", "publication__reviewed_by", "publication__released_by")
    record = get_object_or_404(Record.objects.select_related(*WITH, *publication), slug=slug)
    if not may_see(record, actor, today):
        raise Http404
    return record, actor, today


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """All records the actor may see, newest first; filters stand in the address."""
    actor, today = who(request)
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in ("state", "kind", "body", "q")}
    rows = Record.objects.filter(pk__in=visible_to(actor, today).values("pk"))
    if chosen["kind"] in Record.Kind.values:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["body"]:
        called = Q(body__names__name__contains=chosen["body"]) | Q(body__name__contains=chosen["body"])
        rows = rows.filter(pk__in=Record.objects.filter(called).values("pk"))
    if chosen["q"]:
        rows = rows.filter(_found(chosen["q"], today))
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    states = [(state, counts.get(state.name, 0)) for state in STATES]
    if chosen["state"] in counts:
        rows = rows.filter(state=chosen["state"])
    elif chosen["state"]:
        rows = rows.none()
    rows = rows.select_related("body", "publication").order_by("-id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for record in page:
        record.clock = _clock(record, today)  # type: ignore[attr-defined]
    context = {
        "section": "records",
        "page": page,
        "states": [one for one in states if one[1] or one[0].name == chosen["state"]],
        "chosen": chosen,
        "kinds": Record.Kind.choices,
        "total": sum(counts.values()),
        "is_filtered": any(chosen.values()),
        "may_enter": actor.can("registrar", today),
    }
    return render(request, "desk/records/list.html", context)


def _clock(record: Record, on: date) -> Clock | None:
    """The deadline of the record, else that of its publication while somebody must act on it."""
    publication: Publication | None = getattr(record, "publication", None)
    own = clock_of(record, on)
    return own or (clock_of(publication, on) if publication and awaited(publication, on) else None)


def _found(q: str, on: date) -> Q:
    """By number, title, body, or any text that search holds. Personal records are not in search."""
    refs = matching(q, audience="staff", on=on, kinds=["record"]).values_list("ref", flat=True)[:1000]
    ids = [int(ref.partition(":")[2]) for ref in refs]
    return Q(pk__in=ids) | Q(number__contains=q) | Q(title__contains=q) | Q(body__name__contains=q)


@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One record: what was entered, who checked it, its papers, what may be done now, its publication, its story."""
    record, actor, today = opened(request, slug)
    # Who opens the page has read the notices about it that were addressed to him.
    publication = getattr(record, "publication", None)
    refs = {record.ref, publication.ref if publication else ""}
    notices.read([one.pk for one in notices_for(actor, today) if one.subject in refs], at=timezone.now())
    return record_page(request, record, actor, today)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a receiver has confirmed that it took the record down."""
    receipt = get_object_or_404(Receipt.objects.select_related("publication__record__body"), pk=pk)
    record, actor, today = opened(request, receipt.publication.record.slug)
    actions.confirm_receipt(receipt, by=actor, on=today)
    return redirect(f"{reverse('desk:record', args=[record.slug])}#receivers")


def record_page(
    request: HttpRequest, record: Record, actor: UserActor, today: date, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page, with what a refused form on it brings along."""
    context = {"section": "records", **record_view.shown(record, by=actor, on=today)}
    if publication := context["publication"]:
        context |= record_view.of_publication(publication, by=actor, on=today)
        # One panel of buttons for the record and its publication; the awaited one first.
        context["acts"] = sorted([*context["acts"], *context["p_acts"]], key=lambda act: not act.primary)
        context["others"] = list(dict.fromkeys([*context["others"], *context["p_others"]]))
        context["clock"] = context["clock"] or context["p_clock"]
    machine = record.machine
    context |= {
        "here": request.path,
        "may_file": machine.check(record, "attach", by=actor, on=today) is None,
        "may_redact": machine.check(record, "redact", by=actor, on=today) is None,
        "may_confirm": bool({"registrar", "head"} & actor.roles_on(record.body_id, today)),
        "document_form": DocumentForm(),
    }
    for paper in context["papers"] if context["may_redact"] else ():
        paper.twin_form = TwinForm(mark=f"-{paper.pk}")
    return render(request, "desk/records/page.html", context | more, status=status)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a record as a draft, with its document."""
    actor, today = who(request)
    reach = Body.objects.filter(pk__in=actor.bodies_with("registrar", today))
    if not actor.can("registrar", today):
        raise Refused(
            "account.not_your_role",
            _("Entering records is not for your post."),
            allowed=_("It is for: %(roles)s.") % {"roles": _("Registrar")},
        )
    initial = {"kind": "dishonesty", "finality": "final", "impact": "none"}
    form = RecordForm(request.POST or None, initial=initial)
    papers = DocumentForm(request.POST or None, request.FILES or None, optional=True, mark="-new")
    refused: Refused | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() & papers.is_valid():
            try:
                record = _enter(form, papers, by=actor, on=today)
            except Refused as fault:
                refused = form.place(fault)
                refused = refused and papers.place(refused)
                status = status_of(refused) if refused else 422
            else:
                messages.success(request, _("%(number)s is entered and waits for the check.") % vars(record))
                return redirect("desk:record", record.slug)
    return render(request, "desk/records/new.html", _form_context(form, refused, reach, papers=papers), status=status)


@transaction.atomic
def _enter(form: RecordForm, papers: DocumentForm, *, by: UserActor, on: date) -> Record:
    (record,) = actions.enter([form.row()], by=by, on=on)
    typed = papers.cleaned_data
    if typed["document"]:
        row = papers.row(record, title=record.document_number, number=record.document_number)
        actions.attach(record, [row], by=by, on=on, seen={record.pk: record.version})
    return record


def _form_context(form: RecordForm, refused: Refused | None, reach: Any, **more: Any) -> dict[str, Any]:
    context = {
        "section": "records",
        "form": form,
        "faults": faults(refused),
        "bodies": offered(Body.objects.all()),
        "posts": reach.filter(posts__isnull=False).values_list("posts__title", flat=True).distinct()[:100],
        "sources": [_deciding(row) for row in book().sources.values()],
    }
    return context | more


def _deciding(row: Any) -> dict[str, Any]:
    """Who may decide what a record of this source rests on, in words."""
    relations = {"superior": _("superior or competent body only"), "not_self": _("not the body itself"), "any": ""}
    kinds = [str(BodyKind(kind).label) for kind in row.organs]
    return {
        "title": text(row.title),
        "organs": listed(kinds),
        "relation": relations[row.relation],
        "cite": row.cite,
        "status": row.status,
    }


def faults(refused: Refused | None) -> list[Refused]:
    if refused is None:
        return []
    return refused.faults if isinstance(refused, RefusedMany) else [refused]


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what was entered, before the check."""
    return _change(request, slug, "edit", RecordForm)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose a new version of a record in force, with the paper it rests on; a second person decides."""
    return _change(request, slug, "propose_correction", CorrectionForm)


def _change(request: HttpRequest, slug: str, verb: str, kind: type[RecordForm]) -> HttpResponse:
    """A form of all entries. Who comes second sees beside each field what stands there now, and loses nothing."""
    record, actor, today = opened(request, slug)
    reach = Body.objects.filter(pk__in=actor.bodies_with("registrar", today))
    impossible = record.machine.check(record, verb, by=actor, on=today)
    context = {"verb": verb, "step": record.machine.step(verb)}
    if request.method == "GET":
        if impossible is not None:
            raise impossible
        form = kind(initial=initial_of(record))
        context |= _form_context(form, None, reach, record=record, may=True)
        return render(request, "desk/records/edit.html", context)
    form, version, status, changed = kind(request.POST), version_of(request), 422, []
    refused: Refused | None = impossible
    if form.is_valid() and impossible is None:
        who: Any = {"by": actor, "on": today, "seen": {record.pk: version}}
        try:
            if isinstance(form, CorrectionForm):
                said = {name: form.cleaned_data[name] for name in ("reason", "paper")}
                actions.propose_correction(record, form.row(), **said, **who)
            else:
                actions.edit(record, form.row(), **who)
        except Stale:
            record, actor, today = opened(request, slug)
        except Refused as fault:
            refused = form.place(fault)
            status = status_of(refused) if refused else 422
        else:
            messages.success(request, _done(record, context["step"]))
            return redirect("desk:record", slug)
    if version != record.version:
        refused, status, changed = _stale(), 409, record_view.changes_since(record, version)
        form.beside(initial_of(record))
    elif impossible is not None:
        status = status_of(impossible)
    may = record.machine.check(record, verb, by=actor, on=today) is None
    context |= _form_context(form, refused, reach, record=record, changed=changed, may=may)
    return render(request, "desk/records/edit.html", context, status=status)


def version_of(request: HttpRequest) -> int:
    """The version that the form carries; 0 (never a version) where it carries none."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() else 0


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Any step of the record or its publication: the fields it asks for, and the action behind it."""
    record, actor, today = opened(request, slug)
    thing, machine, step, way = find(record, verb)
    version = version_of(request)
    typed = request.POST if request.method == "POST" else None
    form = StepForm(typed, step=step, more=way.more, initial={"served": today})
    impossible = machine.check(thing, verb, by=actor, on=today)
    if request.method == "GET":
        if impossible is not None:
            raise impossible
        return _step_page(request, record, verb, form, actor, today)
    if version == thing.version and impossible is None and form.is_valid():
        handed_in = form.typed()
        if _erases(verb, handed_in) and not request.POST.get("sure"):
            return _step_page(request, record, verb, form, actor, today, erases=True)
        try:
            way.act(thing, **handed_in, by=actor, on=today, seen={thing.pk: version})
        except Stale:
            record, actor, today = opened(request, slug)
            thing = find(record, verb)[0]
        except Refused as fault:
            left = form.place(fault)
            status = status_of(left) if left else 422
            return _step_page(request, record, verb, form, actor, today, status=status, faults=faults(left))
        else:
            messages.success(request, _done(record, step))
            is_there = may_see(Record.objects.get(pk=record.pk), actor, today)
            return redirect(_then(request, record) if is_there else reverse("desk:work"))
    if version != thing.version:
        more: dict[str, Any] = {
            "status": 409,
            "faults": [_stale()],
            "changed": record_view.changes_since(thing, version),
        }
    elif impossible is not None:
        more = {"status": status_of(impossible), "faults": [impossible]}
    else:
        more = {"status": 422}
    return _step_page(request, record, verb, form, actor, today, **more)


def _stale() -> Stale:
    return Stale(
        "machine.stale",
        _("It was changed after you opened it; nothing was written."),
        allowed=_("Read below what changed, then decide. What you typed is still there."),
    )


def _erases(verb: str, typed: Any) -> bool:
    """A ground of exception that keeps neither text nor document: it is asked once more, on a page that says so."""
    row = book().exceptions.get(typed.get("exception", ""))
    return verb == "refuse" and row is not None and row.stub


def _step_page(
    request: HttpRequest,
    record: Record,
    verb: str,
    form: StepForm,
    actor: UserActor,
    today: date,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of one step. Its form carries the version that this page shows, for that is what is decided on."""
    thing, machine, step, way = find(record, verb)
    publication = getattr(record, "publication", None)
    context = {
        "section": "records",
        "step": step,
        "verb": verb,
        "form": form,
        "version": thing.version,
        "grave": way.grave,
        "may": machine.check(thing, verb, by=actor, on=today) is None,
        "back": _then(request, record),
        "term": book().terms.get(step.term or ""),
        "told": _told(publication),
        **record_view.shown(record, by=actor, on=today),
    }
    return render(request, "desk/records/step.html", context | more, status=status)


def _told(publication: Publication | None) -> list[str]:
    """Who has the record and would be told of its end."""
    if publication is None:
        return []
    return list(publication.receipts.filter(withdrawn__isnull=True).values_list("receiver", flat=True))


def _then(request: HttpRequest, record: Record) -> str:
    """Where to go afterwards: an address of this site, else the record's page."""
    there = request.POST.get("then") or request.GET.get("then") or ""
    if there and url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}):
        return there
    return reverse("desk:record", args=[record.slug])


def _done(record: Record, step: Any) -> str:
    now = Record.objects.get(pk=record.pk)
    state = now.machine.state(now.state).label
    return _("“%(step)s”: done for %(number)s. It is now “%(state)s”.") % {
        "step": step.label,
        "number": record.number,
        "state": state,
    }
