"""From the machines' steps to buttons and forms: one way for every verb of a record and its publication."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import Machine, Step, role_title
from jiannuo.lifecycle.refused import Refused
from jiannuo.records import actions
from jiannuo.records.kinds import STATES
from jiannuo.records.models import Publication, Record
from jiannuo.web.templatetags.jn import listed

from .waiting import WHOSE, awaited, is_for

Thing = Record | Publication


@dataclass(frozen=True)
class Way:
    """How a verb reaches its action: `more` names fields beside the step's own `asks`; `grave` ones are confirmed."""

    act: Callable[..., Any]
    more: tuple[str, ...] = ()
    grave: bool = False


def _publication_of(record: Record) -> Publication | None:
    return getattr(record, "publication", None)


def _may_propose(record: Record, by: Actor, on: date, data: Mapping[str, Any]) -> Refused | None:
    if record.personal:
        return Refused("records.personal", _("Records about officials are internal."))
    if _publication_of(record) is not None:
        return Refused("records.proposed", _("Its publication has been proposed."))
    return None


# What the room's actions may do with a record that is no step of its life.
BESIDE = Machine(
    "record",
    "draft",
    STATES,
    (
        Step(
            "propose", ("in_force",), None, ("registrar", "head", "reviewer"), _("Propose publication"),
            _("A disclosure reviewer decides whether it is made public."), needs=(_may_propose,),
        ),
    ),
)  # fmt: skip

OF_RECORD: dict[str, Way] = {
    "check": Way(lambda record, **typed: actions.check([record], **typed)),
    "return": Way(actions.return_),
    "resubmit": Way(actions.resubmit),
    "final": Way(actions.final),
    "notify": Way(actions.notify, more=("receipt",)),
    "hear": Way(actions.hear),
    "effect": Way(actions.effect, more=("heard",)),
    "stay": Way(actions.stay),
    "lift_stay": Way(actions.lift_stay),
    "correct": Way(actions.correct),
    "propose_revocation": Way(actions.propose_revocation),
    "revoke": Way(actions.revoke, grave=True),
    "propose_deletion": Way(actions.propose_deletion),
    "delete_lawfully": Way(actions.delete_lawfully, grave=True),
    "drop_proposal": Way(actions.drop_proposal),
    "seal": Way(actions.seal),
    "archive": Way(actions.archive),
    "propose": Way(actions.propose),
}
OF_PUBLICATION: dict[str, Way] = {
    "release": Way(actions.release),
    "consult": Way(actions.consult),
    "opinion": Way(actions.opinion, more=("words",)),
    "no_opinion": Way(actions.no_opinion),
    "clear": Way(actions.clear, more=("public_interest", "receivers")),
    "refuse": Way(actions.refuse),
    "recheck": Way(actions.recheck),
    "propose_again": Way(actions.propose_again),
    "withdraw": Way(actions.withdraw),
}
# Steps with a form of their own, and the names of their addresses.
OWN_FORM = {"edit": "desk:record_edit", "propose_correction": "desk:record_correct"}


@dataclass(frozen=True)
class Act:
    """A button. `page`: it has fields to fill or something grave to confirm; `own` names a form of its own."""

    step: Step
    thing: Thing
    page: bool
    primary: bool = False
    own: str = ""


def find(record: Record, verb: str) -> tuple[Thing, Machine, Step, Way]:
    """The thing, machine, step and way of a verb. 404 for what is no verb of the desk."""
    publication = _publication_of(record)
    if verb in OF_RECORD:
        for machine in (record.machine, BESIDE):
            if any(step.verb == verb for step in machine.steps):
                return record, machine, machine.step(verb), OF_RECORD[verb]
    if verb in OF_PUBLICATION and publication is not None:
        return publication, publication.machine, publication.machine.step(verb), OF_PUBLICATION[verb]
    raise Http404


def _changes_nothing(thing: Thing, step: Step) -> bool:
    """A release that nobody needs: the machine would take it."""
    return (
        isinstance(thing, Publication)
        and step.verb == "release"
        and (thing.released_by_id is not None or not thing.rests_on_unverified)
    )


def acts(thing: Thing, *, by: Actor, on: date) -> list[Act]:
    """The buttons this actor may press now, the awaited step first."""
    first = awaited(thing, on)
    is_record = isinstance(thing, Record)
    out = []
    for machine in (thing.machine, BESIDE) if is_record else (thing.machine,):
        for step in machine.open_to(thing, by=by, on=on):
            way = (OF_RECORD if is_record else OF_PUBLICATION).get(step.verb)
            if (way is None and not (is_record and step.verb in OWN_FORM)) or _changes_nothing(thing, step):
                continue
            page = way is None or way.grave or bool(step.asks or way.more)
            primary = first is not None and step.verb == first.verb and is_for(thing, step, by, on)
            out.append(Act(step, thing, page, primary, OWN_FORM.get(step.verb, "")))
    return sorted(out, key=lambda act: not act.primary)


def others(thing: Thing, *, by: Actor, on: date) -> list[str]:
    """Whose turn it is, where it is not this actor's: in a line, not as buttons that cannot be pressed."""
    step, out = awaited(thing, on), []
    roles = by.roles_on(thing.body_id, on)
    if step is not None and not is_for(thing, step, by, on):
        refused = thing.machine.check(thing, step.verb, by=by, on=on)
        if refused is not None and refused.code != "machine.not_your_role":
            out.append(gettext("“%(step)s”: %(why)s") % {"step": step.label, "why": refused})
        else:
            meant = [role for role in step.role if role in WHOSE.get(step.verb, step.role) and role != "system"]
            titles = listed([role_title(role) for role in meant])
            out.append(gettext("“%(step)s” is for: %(roles)s.") % {"step": step.label, "roles": titles})
    for step in thing.machine.steps:
        if thing.state in step.source and set(step.role) & roles:
            refused = thing.machine.check(thing, step.verb, by=by, on=on)
            if refused is not None and refused.code in ("machine.four_eyes", "records.recused"):
                out.append(gettext("“%(step)s”: %(why)s") % {"step": step.label, "why": refused})
    return list(dict.fromkeys(out))
