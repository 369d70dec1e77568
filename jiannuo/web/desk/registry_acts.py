"""What the keeper of the registry may do to one body, each with a form page of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.registry import actions
from jiannuo.registry.kinds import PARTNERS
from jiannuo.registry.models import Body
from jiannuo.web.middleware import status_of

from .registry import body_of, datalists, keeper
from .registry_forms import AliasForm, AssignForm, BasisForm, CorrectForm, ParentForm, RegistryForm, RenameForm


@dataclass(frozen=True)
class Act:
    """A button on the page of a body.

    label, effect   the button, and what pressing it does
    form            what is asked
    act             the action, given the body, what was typed, and who (by, on, seen)
    initial         what stands in the form at first
    fits            whether it makes sense for this body, which exists today or not
    """

    label: Any
    effect: Any
    form: type[RegistryForm]
    act: Callable[..., Any]
    initial: Callable[[Body], dict[str, Any]] = lambda body: {}
    fits: Callable[[Body, bool], bool] = lambda body, exists: exists


def _rename(body: Body, typed: dict[str, Any], **who: Any) -> None:
    actions.rename(body, typed["name"], short_name=typed["short_name"], document=typed["document"], **who)


def _correct(body: Body, typed: dict[str, Any], **who: Any) -> None:
    """Only what was changed is written, so that the entry says what was corrected."""
    typed["sure"] = not typed.pop("unsure")
    confirm = typed.pop("confirm_code")
    change = {name: value for name, value in typed.items() if (value or None) != (getattr(body, name) or None)}
    actions.correct(body, confirm_code=confirm, **change, **who)


def _assign(body: Body, typed: dict[str, Any], **who: Any) -> None:
    who.pop("seen")  # a thing of its own, of which the body's version says nothing
    record = typed["thing"]
    paper, quiet = typed["document"], record.is_quiet
    actions.assign(record.ref, record.body, typed["to_body"], document=paper, quiet=quiet, **who)


def _facts(body: Body) -> dict[str, Any]:
    return {
        "code": body.code or "",
        "regime": body.regime,
        "founded": body.founded,
        "division": body.division.code if body.division.has_code else body.division.name,
        "unsure": not body.sure,
        "note": body.note,
    }


def _bases(body: Body) -> dict[str, Any]:
    return {
        "evaluable_by": body.evaluable_by.name if body.evaluable_by else "",
        "evaluable_basis": body.evaluable_basis,
        "inspectable_by": body.inspectable_by.name if body.inspectable_by else "",
        "inspectable_basis": body.inspectable_basis,
    }


# The word in the address → the act.
ACTS = {
    "rename": Act(
        _("Rename"),
        _("A new name from a day on. It stays the same body, and is found by the old name too."),
        RenameForm,
        _rename,
    ),
    "alias": Act(
        _("Add an alias"),
        _("A further name it is found by."),
        AliasForm,
        lambda body, typed, **who: actions.add_alias(body, typed["name"], **who),
    ),
    "parent": Act(
        _("Change the body above"),
        _("From a day on another body leads it, or is competent for it; what stood before stays on record."),
        ParentForm,
        lambda body, typed, **who: actions.set_parent(body, typed.pop("parent"), **typed, **who),
    ),
    "basis": Act(
        _("Who evaluates, inspects"),
        _("Nobody, unless a basis is entered. Without one no record is kept about it."),
        BasisForm,
        lambda body, typed, **who: actions.set_basis(body, **typed, **who),
        initial=_bases,
        fits=lambda body, exists: exists and body.kind not in PARTNERS,
    ),
    "correct": Act(
        _("Correct an entry"),
        _("What was entered wrong or was not known: code, regime, founding day, place, what is to be checked."),
        CorrectForm,
        _correct,
        initial=_facts,
        fits=lambda body, exists: True,
    ),
    "assign": Act(
        _("Assign one thing"),
        _("By a document one record passes to another body than the general heir."),
        AssignForm,
        _assign,
        fits=lambda body, exists: True,
    ),
}


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """One act: the form beside what holds now; on a fault the same page with all that was typed."""
    if word not in ACTS:
        raise Http404
    body, chosen = body_of(pk), ACTS[word]
    by, today = keeper(request, body)
    first = {"seen": body.version, "on": today, **chosen.initial(body)}
    form = chosen.form(request.POST or None, initial=first, today=today, body=body)
    fault, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            typed = dict(form.cleaned_data)
            seen, on = typed.pop("seen"), typed.pop("on", today)
            try:
                chosen.act(body, typed, by=by, on=on, seen=seen if seen is not None else 0)
                return redirect("desk:body", pk)
            except Refused as refused:
                fault, status = form.place(refused), status_of(refused)
                body = body_of(pk)
                if isinstance(refused, Stale):
                    form.renewed(body.version)
    facts = {"section": "bodies", "body": body, "chosen": chosen, "form": form, "fault": fault, **datalists()}
    return render(request, "desk/bodies/act.html", facts, status=status)
