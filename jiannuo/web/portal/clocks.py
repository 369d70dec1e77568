"""How the days of a record were used: beside each step, the period that it ended, what of it was used, its article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from jiannuo.records.kinds import HONOUR, PUBLICATION, RECORD
from jiannuo.rules import book
from jiannuo.rules.schema import Unit
from jiannuo.rules.terms import Deadline, Term
from jiannuo.web.sentences import Line
from jiannuo.web.templatetags.jn import amount, cited, text

MACHINES = {machine.name: machine for machine in (RECORD, HONOUR, PUBLICATION)}
# What starts the first clock of each machine: these verbs are no steps.
FIRST = {"record.enter": "record.check", "honour.enter": "record.check", "publication.propose": "publication.review"}


def with_days_used(lines: Iterable[Line], starts: dict[str, date]) -> list[Line]:
    """The same lines, each step that ended a period with what of it was used.

    `starts`: for a term whose clock runs from another day than that of its step (service!), that day.
    """
    running: dict[str, tuple[Term, date]] = {}
    out = []
    for line in lines:
        name, _dot, verb = line.verb.partition(".")
        machine = MACHINES.get(name)
        step = next((one for one in machine.steps if one.verb == verb), None) if machine else None
        if step is not None and step.target is not None and name in running:
            line = _told(line, *running.pop(name))
        key = FIRST.get(line.verb) or (step.term if step else None)
        if key:
            running[name] = book().terms[key], starts.get(key, line.day)
        out.append(line)
    return out


def _told(line: Line, term: Term, start: date) -> Line:
    deadline = term.deadline(start)
    said = {"title": text(term.title), "amount": amount(deadline.value)}
    if line.day <= deadline.last_day:
        used = _("%(title)s: %(amount)s, used %(n)s") % {**said, "n": _used(deadline, line.day)}
    else:
        used = _("%(title)s: %(amount)s, over since %(day)s") % {**said, "day": deadline.last_day}
    return replace(line, law=" · ".join(part for part in (used, cited(deadline.cite)) if part), status=deadline.status)


def _used(deadline: Deadline, day: date) -> int:
    if deadline.value.unit is Unit.WORKDAYS:
        return book().calendar.workdays_between(deadline.start, day)
    return (day - deadline.start).days
