"""The only engine of change: a table of steps per kind, a pure `check`, and `take`, the one writer of `state`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.rules import book

from .actor import Actor
from .refused import Refused, Stale, listed

if TYPE_CHECKING:
    from .models import Living

Thing = TypeVar("Thing", bound="Living")
# A precondition: given the thing, the actor, the day and what was handed in, the reason why not, or None.
Need = Callable[[Any, Actor, date, Mapping[str, Any]], Refused | None]

OPEN, WAITING, DECIDED, CLOSED = "open", "waiting", "decided", "closed"


@dataclass(frozen=True)
class State:
    """A state exists only if behaviour differs. `phase` is for statistics, `label` for screens, `seal` for the chip."""

    name: str
    label: Any
    phase: str
    seal: str = ""
    tone: str = "open"


@dataclass(frozen=True)
class Step:
    """One permitted move.

    verb          what is done; the ledger's verb is "<machine>.<verb>"
    source        the states it starts from
    target        the state it leads to; None keeps the state (an edit, a flag): the version moves all the same
    role          who may: any one of these roles on the thing's body
    label, effect the button, and what pressing it does
    term          the rulebook term whose clock starts on arrival: the next step should be done by then
    clock_from    name of the datum or column holding the day the clock starts (service!); default: the day of the step
    needs         further preconditions, each a plain function
    differs_from  columns that hold a natural person who may not be this one (four eyes)
    marks         column in which this step's natural person is kept
    asks          names of the data the step must be given; an empty one is refused by name
    """

    verb: str
    source: tuple[str, ...]
    target: str | None
    role: tuple[str, ...]
    label: Any = ""
    effect: Any = ""
    term: str | None = None
    clock_from: str | None = None
    needs: tuple[Need, ...] = ()
    differs_from: tuple[str, ...] = ()
    marks: str | None = None
    asks: tuple[str, ...] = ()
    cite: Any = ""


@dataclass(frozen=True)
class Machine:
    """The life of one kind: its states and steps. `name` is the verb's prefix in the ledger."""

    name: str
    initial: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    _by_verb: dict[str, Step] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        names = {state.name for state in self.states}
        for step in self.steps:
            if step.verb in self._by_verb:
                raise ValueError(f"{self.name}: two steps called {step.verb}")
            unknown = {*step.source, step.target or self.initial} - names
            if unknown:
                raise ValueError(f"{self.name}.{step.verb}: unknown state {', '.join(sorted(unknown))}")
            self._by_verb[step.verb] = step
        if self.initial not in names:
            raise ValueError(f"{self.name}: unknown initial state {self.initial}")

    def step(self, verb: str) -> Step:
        try:
            return self._by_verb[verb]
        except KeyError:
            raise Refused(
                "machine.unknown_step",
                _("There is no such step."),
                field="verb",
                found=verb,
                allowed=", ".join(self._by_verb),
            ) from None

    def state(self, name: str) -> State:
        return next(state for state in self.states if state.name == name)

    def phase(self, name: str) -> str:
        return self.state(name).phase

    def check(
        self, thing: Living, verb: str, *, by: Actor, on: date, data: Mapping[str, Any] | None = None
    ) -> Refused | None:
        """Why this step may not be taken, or None. Writes nothing; `data=None` asks only "may this actor, now?"."""
        step = self.step(verb)
        if thing.state not in step.source:
            allowed = [s.label for s in self.steps if thing.state in s.source]
            return Refused(
                "machine.wrong_state",
                _("“%(step)s” cannot be done while it is “%(state)s”.")
                % {"step": step.label or verb, "state": self.state(thing.state).label},
                found=self.state(thing.state).label,
                allowed=listed(allowed) or _("Nothing more can be done with it."),
                article=step.cite or None,
            )
        if not set(step.role) & thing.roles_of(by, on):
            roles = listed(role_title(role) for role in step.role if role != "system")
            return Refused(
                "machine.not_your_role",
                _("“%(step)s” is not for your post.") % {"step": step.label or verb},
                allowed=_("It is for: %(roles)s.") % {"roles": roles},
                article=step.cite or None,
            )
        if step.differs_from and by.person_id is None:
            return Refused(
                "machine.four_eyes", _("A machine is never the second pair of eyes."), article=step.cite or None
            )
        for column in step.differs_from:
            if getattr(thing, f"{column}_id") == by.person_id:
                return Refused(
                    "machine.four_eyes",
                    _("“%(step)s” needs another person than the one who did the earlier step.")
                    % {"step": step.label or verb},
                    found=_("both are the same natural person, whichever account was used"),
                    allowed=_("Ask a colleague who has not handled it."),
                    article=step.cite or None,
                )
        if data is not None:
            for name in step.asks:
                if data.get(name) in (None, "", [], ()):
                    return Refused("machine.missing", _("This must be filled in."), field=name, found=_("nothing"))
        for need in step.needs:
            if refused := need(thing, by, on, data if data is not None else {}):
                # While only asking whether the button may be shown, faults of a field are not yet faults.
                if data is None and refused.field:
                    continue
                return refused
        return None

    def open_to(self, thing: Living, *, by: Actor, on: date) -> list[Step]:
        """The steps this actor may take now, in the table's order: the buttons of the desk."""
        return [s for s in self.steps if thing.state in s.source and self.check(thing, s.verb, by=by, on=on) is None]


def role_title(role: str) -> Any:
    """The role's name on screens, lazy; set by accounts at start-up so that this room need not look up."""
    return ROLE_TITLES.get(role, role)


ROLE_TITLES: dict[str, Any] = {}


@transaction.atomic
def take(
    things: Sequence[Thing],
    verb: str,
    *,
    by: Actor,
    on: date,
    seen: Mapping[int, int] | None = None,
    data: Mapping[str, Any] | None = None,
    change: Mapping[str, Any] | None = None,
    public: Mapping[str, Any] | None = None,
    note: str = "",
    quiet: bool = False,
) -> list[Thing]:
    """Take one step with each of these things, or with none of them.

    things   rows of one model, under one machine each; at most 500
    seen     pk → the version that the person saw; a thing that has moved since is refused as `Stale`
    data     what was handed in, checked against the step's `asks` and `needs`
    change   columns to write along with the move; they win over what the step itself would write
    public   further facts for the public part of the entry, beside the thing's own after-image
    note     goes into the internal part
    Raises Refused or Stale before anything is written (or rolls back), returns the things re-read.
    """
    if not things:
        return []
    model = type(things[0])
    data = dict(data or {})
    for thing in things:
        if seen is not None and seen.get(thing.pk) != thing.version:
            raise _stale(thing, seen.get(thing.pk))
        if refused := thing.machine.check(thing, verb, by=by, on=on, data=data):
            raise refused
    step = things[0].machine.step(verb)
    values: dict[str, Any] = dict(change or {})
    if step.marks:
        values[f"{step.marks}_id"] = by.person_id
    groups: dict[tuple[str, int, date | None], list[Thing]] = defaultdict(list)
    for thing in things:
        due = _due(step, thing, on, data)
        groups[thing.state, thing.version, due].append(thing)
    for (state, version, due), members in groups.items():
        moving: dict[str, Any] = {}
        if step.target is not None:
            moving = {"state": step.target, "since": on, "due": due, "due_term": step.term or ""}
        moving |= values
        # Compare and swap on state and version: whoever comes second is told, nobody waits for a lock.
        moved = model._default_manager.filter(pk__in=[m.pk for m in members], state=state, version=version).update(
            version=version + 1, **moving
        )
        if moved != len(members):
            raise _stale(members[0], version)
    fresh = model._default_manager.in_bulk([t.pk for t in things])
    out = [fresh[t.pk] for t in things]
    ledger.append(
        [
            ledger.Draft(
                verb=f"{thing.machine.name}.{verb}",
                subject=thing.ref,
                body=_body_ref(thing),
                on=on,
                public={**_after_image(thing, on), **(public or {})},
                internal={"by": by.ref, "note": note, "to": thing.state, "version": thing.version},
                quiet=quiet or bool(getattr(thing, "is_quiet", False)),
            )
            for thing in out
        ]
    )
    return out


def _due(step: Step, thing: Living, on: date, data: Mapping[str, Any]) -> date | None:
    if step.term is None:
        return None
    start = on
    if step.clock_from:
        start = data.get(step.clock_from) or getattr(thing, step.clock_from, None) or on
    return book().terms[step.term].deadline(start, fact=on).last_day


def _body_ref(thing: Living) -> str | None:
    body_id = getattr(thing, "body_id", None)
    return f"body:{body_id}" if body_id else None


def _after_image(thing: Living, on: date) -> dict[str, Any]:
    """What the public sees of the thing after this step; {} while it sees nothing."""
    image: Callable[[date], dict[str, Any]] | None = getattr(thing, "after_image", None)
    return image(on) if image else {}


def _stale(thing: Living, version: int | None) -> Stale:
    return Stale(
        "machine.stale",
        _("It was changed after you opened it; nothing was written."),
        found=_("you saw version %(seen)s, it is now %(now)s") % {"seen": version, "now": thing.version},
        allowed=_("Read it again, then decide."),
    )
