"""What waits for an actor: found by state and role with a few queries, decided by the machines.

A step that may be taken at any time (suspend use, propose a revocation) is no work: work is where a deadline or an open
phase waits for somebody. Which steps those are stands in WAITING_FOR; a test holds it against the machines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiannuo.exchange.models import Batch
from jiannuo.exchange.reporting import Answer, owed
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import OPEN, WAITING, Machine, Step
from jiannuo.notices.models import Notice
from jiannuo.records.kinds import HONOUR, PUBLICATION, RECORD, STATES
from jiannuo.records.kinds.needs import organ_competent
from jiannuo.records.models import Publication, Record
from jiannuo.records.reading import may_see, visible_to
from jiannuo.registry.models import Body
from jiannuo.rules import book

from .intake_waiting import left_to_do

# Verb → what is to be done, as the queue says it.
WAITING_FOR: dict[str, Any] = {
    "revoke": _("Decide on a revocation"),
    "delete_lawfully": _("Decide on a deletion"),
    "correct": _("Decide on a correction"),
    "check": _("Check a new record"),
    "resubmit": _("Mend a returned record"),
    "notify": _("Notify the body"),
    "hear": _("Make a statement about a record"),
    "final": _("Enter when the decision became final"),
    "effect": _("Bring into force"),
    "propose_deletion": _("Propose to delete what is over"),
    "seal": _("Seal an ended file"),
    "release": _("Release before publication"),
    "clear": _("Review before publication"),
    "no_opinion": _("Go on without the third party's answer"),
    "recheck": _("Look at an exception again"),
}
# Whose turn it is, where a step is also open to others for convenience.
WHOSE = {"hear": frozenset({"liaison", "chief"})}
PROPOSAL_TERMS = ("record.correct", "record.delete")
PROPOSED = {"revoke": "revocation", "delete_lawfully": "deletion", "correct": "correction"}

# Kind of a notice → what is to be done, and the term of its deadline.
NOTICES: dict[str, tuple[Any, str]] = {
    "record.noticed": (_("Read the notice of a record"), "record.statement"),
    "record.stayed": (_("Note that a record is suspended"), ""),
    "record.stay_lifted": (_("Note that a suspension was lifted"), ""),
    "record.corrected": (_("Note that a record was corrected"), ""),
    "publication.withdrawn": (_("See that all receivers took it down"), "publication.withdraw"),
    "publication.corrected": (_("See that all receivers have the right version"), "publication.withdraw"),
    "hook.given_up": (_("A system has not answered for three days and is no longer told: look at its address"), ""),
    "log.fault": (_("The nightly check of the ledger found faults: ask whoever runs the system"), ""),
}
HORIZON = timedelta(days=21)  # an exception to be looked at in a year is not yet work
OPEN_STATES = [state.name for state in STATES if state.phase in (OPEN, WAITING)] + ["expired"]
ENDED = ("revoked", "deleted", "sealed", "archived")
PLACE = ("body__division__parent__parent", "organ", "post")


@dataclass(frozen=True)
class Clock:
    """A deadline: from which day it counts, its last day, and the term of the rulebook."""

    start: date
    due: date
    term: str


@dataclass(frozen=True)
class Item:
    """One thing that waits. `key` names it in addresses; `mine` says whether this actor may do it now."""

    key: str
    kind: str
    title: Any
    number: str
    record: Record | None
    thing: Record | Publication | Notice | Batch | Answer
    step: Step | None
    clock: Clock | None
    mine: bool
    readable: bool = True

    @property
    def gist(self) -> str:
        """The record's title, for those who may still read it: a notice outlives what its reader may see."""
        if isinstance(self.thing, Batch):
            return self.thing.file_name
        if isinstance(self.thing, Answer):
            return self.thing.period.label
        return self.record.title if self.record and self.readable else ""

    @property
    def due(self) -> date | None:
        return self.clock.due if self.clock else None

    @property
    def body(self) -> Body | None:
        """The body it is about, or that handed it in."""
        if isinstance(self.thing, Batch):
            return self.thing.provider
        if isinstance(self.thing, Answer):
            return self.thing.duty.body
        return self.record.body if self.record else None

    @property
    def about(self) -> str:
        return self.body.short_name or self.body.name if self.body else ""

    @property
    def county(self) -> str:
        """Its county's name; empty for bodies of the city."""
        place = self.body.division if self.body else None
        while place is not None:
            if place.level == "county":
                return place.name
            place = place.parent
        return ""


def awaited(thing: Record | Publication, on: date) -> Step | None:
    """The step that somebody should take now, whoever it is; None while it waits for nobody here."""
    order = list(WAITING_FOR)
    steps = [s for s in thing.machine.steps if s.verb in WAITING_FOR and thing.state in s.source]
    return min((s for s in steps if _is_due(thing, s.verb, on)), key=lambda s: order.index(s.verb), default=None)


def _is_due(thing: Record | Publication, verb: str, on: date) -> bool:
    if isinstance(thing, Publication):
        if verb == "recheck":
            return thing.recheck is not None and thing.recheck <= on + HORIZON
        if verb == "no_opinion":
            return thing.due is None or thing.due < on
        # "correct" is the record's step; the publication only follows it.
        needs_release = thing.released_by_id is None and thing.rests_on_unverified
        return verb == ("release" if needs_release else "clear")
    if verb in PROPOSED:
        return thing.proposed == PROPOSED[verb]
    if verb == "hear":
        return not _is_heard(thing, on) and not thing.statement
    if verb in ("effect", "final"):
        return _is_heard(thing, on) and (verb == "final") == (thing.finality != "final")
    if verb in ("seal", "propose_deletion"):
        return thing.state == "expired" and (verb == "seal") != thing.personal
    return True


def _is_heard(record: Record, on: date) -> bool:
    """The body's time for a statement is over, or it has none."""
    until = record.statement_until
    return record.state != "noticed" or until is None or until < on


def clock_of(thing: Record | Publication, on: date) -> Clock | None:
    """The deadline that counts now."""
    if isinstance(thing, Record) and thing.state == "noticed" and not thing.proposed and thing.noticed:
        until = thing.statement_until
        if until is not None and until < on:
            return Clock(until, book().terms["record.effect"].deadline(until).last_day, "record.effect")
        return Clock(thing.noticed, until, "record.statement") if until else None
    return Clock(_start(thing), thing.due, thing.due_term) if thing.due else None


def _start(thing: Record | Publication) -> date:
    """From which day the present clock counts: since the state began, or the proposal was made.

    A proposal moves no state, so its day is counted back from the deadline, in the working days of its term.
    """
    if thing.due is None or thing.due_term not in PROPOSAL_TERMS:
        return thing.since
    day, left = thing.due, book().terms[thing.due_term].value(thing.since).amount
    while left > 0:
        left -= book().calendar.is_workday(day)
        day -= timedelta(days=1)
    return day


def waiting(actor: Any, on: date) -> list[Item]:
    """Everything in an open phase that the actor may see, soonest first; what is his to do is marked `mine`."""
    visible = visible_to(actor, on).values("pk")
    any_proposed = Q(revocation_by__isnull=False) | Q(correction_by__isnull=False) | Q(deletion_by__isnull=False)
    open_ones = Record.objects.filter(Q(state__in=OPEN_STATES) | any_proposed & ~Q(state__in=ENDED), pk__in=visible)
    records = list(open_ones.select_related(*PLACE))
    publications = list(
        Publication.objects.filter(
            Q(state__in=("proposed", "consulting")) | Q(state="refused", recheck__lte=on + HORIZON), record__in=visible
        ).select_related(*(f"record__{name}" for name in PLACE))
    )
    items = [_item(record, record, actor, on) for record in records]
    items += [_item(one, one.record, actor, on) for one in publications]
    spoken = {item.record.pk for item in items if item.mine and item.record}
    items += [item for item in _notices(actor, on) if not item.record or item.record.pk not in spoken]
    items += [
        Item(f"batch-{batch.pk}", "batch", what, batch.number, None, batch, None, None, is_own)
        for batch, what, is_own in left_to_do(actor, on)
    ]
    items += [
        Item(
            f"duty-{one.key}",
            "duty",
            _("Hand in for a period"),
            one.period.label,
            None,
            one,
            None,
            Clock(one.period.last, one.due, one.duty.term),
            True,
        )
        for one in owed(actor, on)
    ]
    return sorted(items, key=lambda item: (item.due or date.max, item.number, item.key))


def _item(thing: Record | Publication, record: Record, actor: Actor, on: date) -> Item:
    step = awaited(thing, on)
    title = WAITING_FOR[step.verb] if step else thing.machine.state(thing.state).label
    mine = step is not None and is_for(thing, step, actor, on)
    kind = "publication" if isinstance(thing, Publication) else record.kind
    return Item(f"{kind}-{thing.pk}", kind, title, record.number, record, thing, step, clock_of(thing, on), mine)


def is_for(thing: Record | Publication, step: Step, actor: Actor, on: date) -> bool:
    """Whether it is this actor's turn: the machine lets him, and the post is the one it waits for."""
    roles = WHOSE.get(step.verb)
    if roles and not roles & actor.roles_on(thing.body_id, on):
        return False
    return _asking(thing.machine).check(thing, step.verb, by=actor, on=on) is None


def _without_look_ups(machine: Machine) -> Machine:
    steps = [replace(s, needs=tuple(n for n in s.needs if n is not organ_competent)) for s in machine.steps]
    return Machine(machine.name, machine.initial, machine.states, tuple(steps))


_ASKING = {machine.name: _without_look_ups(machine) for machine in (RECORD, HONOUR, PUBLICATION)}


def _asking(machine: Machine) -> Machine:
    """The machine for asking about many rows: without the look-up of the organ's competence, which costs queries.

    Nothing is lost: what it finds is the fault of a field, and such do not count while nobody hands anything in.
    """
    return _ASKING[machine.name]


def notices_for(actor: Any, on: date) -> list[Notice]:
    """Unread notices addressed to a role that the actor holds on the body addressed."""
    rule = Q(pk__in=[])
    for role in actor.roles_on(None, on):
        rule |= Q(to_role=role, to_body__in=actor.bodies_with(role, on)) | Q(to_role=role, to_body__isnull=True)
    return list(Notice.objects.filter(rule, read__isnull=True).order_by("id"))


def _notices(actor: Any, on: date) -> Iterator[Item]:
    notices = notices_for(actor, on)
    ids: dict[str, set[int]] = {"record": set(), "publication": set()}
    for notice in notices:
        kind, _colon, number = notice.subject.partition(":")
        if number:
            ids.setdefault(kind, set()).add(int(number))
    known: dict[str, Record] = {}
    if ids["record"]:
        known |= {row.ref: row for row in Record.objects.filter(pk__in=ids["record"]).select_related(*PLACE)}
    if ids["publication"]:
        rows = Publication.objects.filter(pk__in=ids["publication"])
        known |= {row.ref: row.record for row in rows.select_related(*(f"record__{name}" for name in PLACE))}
    for notice in notices:
        if notice.subject.partition(":")[0] not in ("record", "publication"):
            title, _term = NOTICES[notice.kind]
            yield Item(f"notice-{notice.pk}", "notice", title, notice.number, None, notice, None, None, True)
            continue
        record = known.get(notice.subject)
        # A notice to a role anywhere is shown to those who hold the role on the body it is about.
        if record is None or record.body_id not in actor.bodies_with(notice.to_role, on):
            continue
        title, term = NOTICES.get(notice.kind, (_("Notice"), ""))
        is_over = notice.kind == "record.noticed" and record.state != "noticed"  # the time to speak is over
        start = record.noticed or notice.on if notice.kind == "record.noticed" else notice.on
        clock = Clock(start, notice.due, term) if notice.due and not is_over else None
        readable = may_see(record, actor, on)
        yield Item(f"notice-{notice.pk}", "notice", title, record.number, record, notice, None, clock, True, readable)
