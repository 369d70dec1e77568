"""Who may do what: persons, their accounts, roles on a body from a day to a day, and which role may take which step."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiannuo.accounts import actions, codes, lockout
from jiannuo.accounts.acting import UserActor, actor_of
from jiannuo.accounts.models import Grant, Person, Role, User
from jiannuo.accounts.three import ADMINISTRATIONS, administration
from jiannuo.ledger.reading import timeline
from jiannuo.lifecycle.machine import Machine
from jiannuo.lifecycle.refused import Refused
from jiannuo.lifecycle.rooms import offers
from jiannuo.registry.models import Body
from jiannuo.web.middleware import status_of

from .people_forms import AccountForm, EndForm, FirstPasswordForm, GrantForm, NothingForm, PersonForm, ReasonForm

OVERSEERS = (Role.OPERATOR, Role.AUDITOR)

MACHINES = {
    "record": _("Dishonesty record"),
    "honour": _("Honour record"),
    "publication": _("Publication of a record"),
}

SENTENCES = {
    "account.person_added": _("Person added"),
    "account.opened": _("Account opened"),
    "account.password_set": _("Password changed"),
    "account.closed": _("Account closed"),
    "account.reopened": _("Account opened again"),
    "account.factor_reset": _("Second factor taken away"),
    "account.demo_factor": _("Second factor of a demo account set up"),
    "account.unlocked": _("Lock lifted"),
    "account.granted": _("Role given"),
    "account.revoked": _("Role ended"),
    "account.key_made": _("Key made"),
    "account.key_revoked": _("Key revoked"),
}


def overseer(request: HttpRequest) -> tuple[UserActor, date, frozenset[int]]:
    """The actor, today, and the bodies he oversees; refused to whoever is neither operator nor auditor anywhere."""
    actor: Any = actor_of(request.user)
    today = timezone.localdate()
    reach = frozenset().union(*(actor.bodies_with(role, today) for role in OVERSEERS))
    if not reach:
        raise Refused(
            "account.not_your_role",
            _("Who may do what is shown to system administrators and auditors."),
            allowed=_("Which role may take which step is open to you: “Roles and steps”."),
        )
    return actor, today, reach


def seen(reach: Iterable[int], actor: UserActor, on: date) -> Any:
    """Persons with a role, now or once, on these bodies; an operator also sees those who have no role yet."""
    rule = Q(grants__body__in=reach)
    if actor.can(Role.OPERATOR, on):
        rule |= Q(grants__isnull=True)
    return Person.objects.filter(rule).distinct()


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """All persons and the roles they hold on a day (`on`), by role and body."""
    actor, today, reach = overseer(request)
    day = _day(request.GET.get("on"), today)
    role = request.GET.get("role", "")
    body = request.GET.get("body", "").strip()
    grants = Grant.objects.holding(day).filter(body__in=reach).select_related("body")
    persons = seen(reach, actor, today)
    if role in Role.values:
        grants = grants.filter(role=role)
    if body:
        grants = grants.filter(body__name__contains=body)
    if role in Role.values or body:
        persons = persons.filter(pk__in=grants.values("person"))
    persons = persons.prefetch_related(
        Prefetch("grants", queryset=grants.order_by("role", "body_id"), to_attr="held"),
        Prefetch("accounts", queryset=User.objects.order_by("pk")),
    ).annotate(last=Max("accounts__last_login"))
    facts = {
        "section": "people",
        "persons": list(persons.order_by("post_title", "pk")),
        "roles": Role.choices,
        "role": role,
        "body": body,
        "day": day,
        "today": today,
        "may_add": actor.can(Role.OPERATOR, today),
    }
    return render(request, "desk/people/list.html", facts)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new person with the first account."""
    actor, today, _reach = overseer(request)
    person_form = PersonForm(request.POST or None)
    account_form = AccountForm(request.POST or None)
    refused = None
    if request.method == "POST" and person_form.is_valid() & account_form.is_valid():
        try:
            with transaction.atomic():
                person = actions.add_person(**person_form.cleaned_data, by=actor, on=today)
                typed = account_form.cleaned_data
                actions.add_user(person, typed["username"], typed["password1"], by=actor, on=today)
            return redirect("desk:person", person.pk)
        except Refused as fault:
            left = person_form.place(fault)
            refused = left and account_form.place(left)
    elif request.method == "GET" and not actor.can(Role.OPERATOR, today):
        raise Refused(
            "account.not_your_role",
            _("Accounts and roles are not for your post."),
            allowed=_("Ask the system administrator."),
        )
    facts = {"section": "people", "forms": [person_form, account_form], "fault": refused}
    return render(request, "desk/people/new.html", facts, status=_status(request, refused))


@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: accounts, roles over time, and what the viewer may do."""
    return _page(request, pk)


@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give this person a role."""
    actor, today, reach = overseer(request)
    form = GrantForm(request.POST, reach=reach)

    def act(subject: Person) -> None:
        typed = form.cleaned_data
        actions.grant(
            subject, typed["role"], typed["body"], since=typed["since"], until=typed["until"], by=actor, on=today
        )

    return _do(request, pk, form, "grant_form", act)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a grant."""
    actor, today, reach = overseer(request)
    row = get_object_or_404(Grant.objects.select_related("body", "person"), pk=pk, body__in=reach)
    form = EndForm(request.POST, mark=f"-{row.pk}")

    def act(subject: Person) -> None:
        actions.revoke_grant(row, **form.cleaned_data, by=actor, on=today)

    return _do(request, row.person_id, form, "end_form", act, faulty=row.pk)


@require_POST
def account_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A further account of this person."""
    actor, today, _reach = overseer(request)
    form = AccountForm(request.POST)

    def act(subject: Person) -> None:
        actions.add_user(subject, form.cleaned_data["username"], form.cleaned_data["password1"], by=actor, on=today)

    return _do(request, pk, form, "account_form", act)


@dataclass(frozen=True)
class Deed:
    """What an operator may do to an account: button, form, and the action with what was typed."""

    label: Any
    form: type[Any]
    act: Callable[..., Any]


# The word in the address → the deed.
DEEDS = {
    "unlock": Deed(_("Lift the lock"), NothingForm, lambda user, typed, **who: actions.unlock(user, **who)),
    "password": Deed(
        _("New first password"),
        FirstPasswordForm,
        lambda user, typed, **who: actions.set_password(user, typed["password1"], **who),
    ),
    "factor": Deed(
        _("Take the factor away"), ReasonForm, lambda user, typed, **who: actions.reset_factor(user, **typed, **who)
    ),
    "close": Deed(
        _("Close the account"), ReasonForm, lambda user, typed, **who: actions.deactivate(user, **typed, **who)
    ),
    "reopen": Deed(_("Open it again"), ReasonForm, lambda user, typed, **who: actions.reactivate(user, **typed, **who)),
}


@require_POST
def account(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Close, reopen or unlock an account, give it a new first password, take away a lost second factor."""
    actor, today, _reach = overseer(request)
    if deed not in DEEDS:
        raise Http404
    user = get_object_or_404(User.objects.select_related("person"), pk=pk)
    form = DEEDS[deed].form(request.POST, mark=f"-{user.pk}-{deed}")

    def act(subject: Person) -> None:
        DEEDS[deed].act(user, form.cleaned_data, by=actor, on=today)

    return _do(request, user.person_id, form, "deed_form", act, faulty=(user.pk, deed))


@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """Which role may take which step, read from the machines themselves."""
    tables = [
        {
            "title": MACHINES.get(machine.name, machine.name),
            "rows": [
                {
                    "step": step,
                    "source": [machine.state(name).label for name in step.source],
                    "target": machine.state(step.target).label if step.target else None,
                    "roles": [Role(role).label if role in Role.values else _("the clock") for role in step.role],
                }
                for step in machine.steps
            ],
        }
        for machine in machines()
    ]
    sorts = [(role, label, ADMINISTRATIONS[administration(role)]) for role, label in Role.choices]
    return render(request, "desk/people/roles.html", {"section": "people", "tables": tables, "sorts": sorts})


def machines() -> Iterator[Machine]:
    """Every machine that a room declares in its kinds.py or states.py, each once."""
    met: set[str] = set()
    for name in ("kinds", "states"):
        for room in offers(name):
            for value in vars(room).values():
                for machine in value.values() if isinstance(value, dict) else (value,):
                    if isinstance(machine, Machine) and machine.name not in met:
                        met.add(machine.name)
                        yield machine


def _page(request: HttpRequest, pk: int, *, status: int = 200, **more: Any) -> HttpResponse:
    actor, today, reach = overseer(request)
    shown = get_object_or_404(seen(reach, actor, today), pk=pk)
    accounts = list(shown.accounts.order_by("pk"))
    now = timezone.now()
    faulty = more.get("faulty")
    for user in accounts:
        user.has_factor = codes.has_factor(user)
        user.locked_until = lockout.until(user.username, now)
        user.deeds = [
            {
                "word": word,
                "label": DEEDS[word].label,
                "open": faulty == (user.pk, word),
                "form": more["deed_form"] if faulty == (user.pk, word) else DEEDS[word].form(mark=f"-{user.pk}-{word}"),
            }
            for word, fits in (
                ("unlock", user.locked_until),
                ("password", True),
                ("factor", user.has_factor),
                ("close", user.is_active),
                ("reopen", not user.is_active),
            )
            if fits
        ]
    grants = list(shown.grants.select_related("body").order_by("since", "pk"))
    for row in grants:
        row.ending = more["end_form"] if faulty == row.pk else EndForm(initial={"until": today}, mark=f"-{row.pk}")
    refs = [shown.ref, *(user.ref for user in accounts), *(row.ref for row in grants)]
    facts: dict[str, Any] = {
        "section": "people",
        "person": shown,
        "accounts": accounts,
        "grants": grants,
        "today": today,
        "story": [
            {"on": entry.on, "leaf": entry.leaf, "sentence": SENTENCES.get(entry.verb, entry.verb)}
            for entry in timeline(refs)
        ],
        "may": actor.can(Role.OPERATOR, today) and shown.pk != actor.person_id,
        "grant_form": GrantForm(initial={"since": today}, reach=reach),
        "account_form": AccountForm(),
        "bodies": Body.objects.filter(pk__in=reach).existing(today).values_list("name", flat=True),
    }
    return render(request, "desk/people/person.html", facts | more, status=status)


def _do(
    request: HttpRequest, pk: int, form: Any, name: str, act: Callable[[Person], None], **more: Any
) -> HttpResponse:
    """Act and show the person again; on a fault the same page with what was typed, and nothing written."""
    actor, today, reach = overseer(request)
    subject = get_object_or_404(seen(reach, actor, today), pk=pk)
    refused = None
    if form.is_valid():
        try:
            act(subject)
            return redirect("desk:person", pk)
        except Refused as fault:
            refused, status = form.place(fault), status_of(fault)
    else:
        status = 422
    return _page(request, pk, status=status, **({name: form, "fault": refused, "faulty": name} | more))


def _status(request: HttpRequest, refused: Refused | None) -> int:
    if request.method != "POST":
        return 200
    return status_of(refused) if refused else 422


def _day(text: str | None, default: date) -> date:
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        raise Refused(
            "day.unreadable", _("This is no day."), field="on", found=text, allowed=_("Write the day as 2026-11-23.")
        ) from None
