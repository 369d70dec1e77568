"""Reporting: the periods of a duty, computed from its dates, and what answers each: a batch, a zero report, nothing.

A row belongs to the period in which the day in its dated column lies (DataSet.dated). A data set without such a column
is answered by what was handed in after a period's end and before the end of the next.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.offered import data_sets
from jiannuo.lifecycle.refused import Refused
from jiannuo.rules import book
from jiannuo.rules.terms import Deadline
from jiannuo.tables.values import days

from .models import Batch, Duty, Row, ZeroReport

DAY = timedelta(days=1)
MONTHS = {Duty.Frequency.MONTHLY: 1, Duty.Frequency.QUARTERLY: 3, Duty.Frequency.YEARLY: 12}
# Who sees how a body reports: those who set its duties, who audits, and the body's own people.
SETTING = ("registrar", "head")
WATCHING = (*SETTING, "auditor", "chief", "reporter", "liaison")
# What was missing longer than this is no work any more; it stands in the quality of the provider.
LOOK_BACK = timedelta(days=400)
_LABEL = re.compile(r"(?P<year>20\d\d)(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")


@dataclass(frozen=True, order=True)
class Period:
    """A month, a quarter or a year: its first and last day."""

    first: date
    last: date

    @property
    def label(self) -> str:
        """2026-10, 2026-Q4, 2026."""
        months = self.last.month - self.first.month + 1
        if months == 12:
            return f"{self.first.year}"
        return f"{self.first.year}-Q{self.last.month // 3}" if months == 3 else f"{self.first:%Y-%m}"


def period_at(day: date, months: int) -> Period:
    """The period of 1, 3 or 12 months in which a day lies."""
    month = (day.month - 1) // months * months + 1
    end = date(day.year + (month + months > 12), (month + months - 1) % 12 + 1, 1)
    return Period(date(day.year, month, 1), end - DAY)


def period_named(label: str) -> Period:
    """Raises Refused where the label names none."""
    match = _LABEL.fullmatch(label)
    if match is None:
        raise Refused(
            "reporting.no_such_period",
            _("There is no such period."),
            field="period",
            found=label,
            allowed=_("A year as 2026, a quarter as 2026-Q3, a month as 2026-09."),
        )
    year, quarter, month = (int(part) if part else 0 for part in match.groups())
    first = month or quarter * 3 or 1
    return period_at(date(year, first, 1), 1 if month else 3 if quarter else 12)


def periods(duty: Duty, since: date, until: date) -> Iterator[Period]:
    """The duty's periods whose last day lies in since..until, both inclusive, and on which the duty holds."""
    months = MONTHS[Duty.Frequency(duty.frequency)]
    one = period_at(max(since, duty.since), months)
    while one.last <= until and (duty.until is None or one.last < duty.until):
        yield one
        one = period_at(one.last + DAY, months)


@dataclass
class Answer:
    """One period of one duty, and what answers it.

    handed    day of the first hand-in for it
    batches   ids of the batches that bring something of it
    hidden    rows of this period that came after a zero report had said there was nothing
    """

    duty: Duty
    period: Period
    deadline: Deadline
    today: date
    handed: date | None = None
    batches: list[int] = field(default_factory=list)
    zero: ZeroReport | None = None
    hidden: int = 0

    @property
    def due(self) -> date:
        return self.deadline.last_day

    @property
    def answered(self) -> date | None:
        """The day on which it was answered, by a batch or by a zero report."""
        days = [day for day in (self.handed, self.zero and self.zero.on) if day]
        return min(days, default=None)

    @property
    def late_by(self) -> int:
        """By how many working days it was, or is by now, late; 0 if in time."""
        return max(0, book().calendar.workdays_between(self.due, self.answered or self.today))

    @property
    def state(self) -> str:
        """running: the period is not over; waiting: not due yet; in_time, late, zero, contradicted, missing."""
        if self.hidden:
            return "contradicted"
        if self.answered is not None:
            return "late" if self.late_by else "zero" if self.handed is None else "in_time"
        if self.today <= self.period.last:
            return "running"
        return "missing" if self.today > self.due else "waiting"

    @property
    def is_owed(self) -> bool:
        return self.state in ("waiting", "missing")

    @property
    def key(self) -> str:
        return f"{self.duty.pk}-{self.period.label}"


def answers(duties: Iterable[Duty], since: date, until: date, *, on: date) -> list[Answer]:
    """Each period of these duties that ends in since..until, with what answers it as of a day; a few queries in all."""
    out = [
        Answer(duty, one, book().terms[duty.term].deadline(one.last), on)
        for duty in duties
        for one in periods(duty, since, until)
    ]
    if not out:
        return out
    found = {(zero.duty_id, zero.first): zero for zero in ZeroReport.objects.filter(duty__in={a.duty.pk for a in out})}
    for one in out:
        zero = found.get((one.duty.pk, one.period.first))
        one.zero = zero if zero and zero.on <= on else None
    named = data_sets()
    by_set: dict[str, list[Answer]] = defaultdict(list)
    for one in out:
        by_set[one.duty.dataset].append(one)
    for name, these in by_set.items():
        dated = named[name].dated if name in named else ""
        (_by_rows if dated else _by_day)(these, name, dated, on)
    return out


def _batches(these: Sequence[Answer], name: str, on: date) -> QuerySet[Batch]:
    return Batch.objects.filter(
        dataset=name,
        provider__in={one.duty.body_id for one in these},
        on__gte=min(one.period.first for one in these),
        on__lte=on,
    ).exclude(stage=Batch.Stage.REFUSED)


def _by_day(these: Sequence[Answer], name: str, _dated: str, on: date) -> None:
    batches = list(_batches(these, name, on).order_by("on", "pk").values_list("provider", "on", "pk"))
    for one in these:
        following = period_at(one.period.last + DAY, MONTHS[Duty.Frequency(one.duty.frequency)])
        mine = [(day, pk) for body, day, pk in batches if body == one.duty.body_id]
        for day, pk in mine:
            if one.period.last < day <= following.last:
                one.handed = one.handed or day
                one.batches.append(pk)


def _by_rows(these: Sequence[Answer], name: str, dated: str, on: date) -> None:
    """The database groups the rows by the text of their day, so that a year of them is a few hundred lines here."""
    batches = {batch.pk: batch for batch in _batches(these, name, on).order_by("on", "pk")}
    bad = Q(outcome=Row.Outcome.REFUSED)
    rows = (
        Row.objects.filter(batch__in=_batches(these, name, on).values("pk"))
        .order_by()
        .values("batch_id", day=KT(f"raw__{dated}"))
        .annotate(n=Count("pk", filter=~bad))
    )
    by_body: dict[int, list[tuple[date, Batch, int]]] = defaultdict(list)
    for row in rows:
        read = days.of_text(normalize("NFKC", row["day"]).strip(), row["day"]) if row["day"] else None
        batch = batches.get(row["batch_id"])
        if isinstance(read, date) and batch:
            by_body[batch.provider_id].append((read, batch, row["n"]))
    for one in these:
        inside = [
            (batch, n) for day, batch, n in by_body[one.duty.body_id] if one.period.first <= day <= one.period.last
        ]
        one.handed = min((batch.on for batch, _n in inside), default=None)
        one.batches = sorted({batch.pk for batch, _n in inside})
        if one.zero:
            one.hidden = sum(n for batch, n in inside if batch.at > one.zero.at)


def bodies_of(actor: Any, on: date, roles: Iterable[str] = WATCHING) -> frozenset[int]:
    """Ids of the bodies whose reporting this actor may see, or on which he holds one of these roles."""
    return frozenset().union(*(actor.bodies_with(role, on) for role in roles))


def owed(actor: Any, on: date) -> list[Answer]:
    """What this actor's bodies still owe, soonest first: periods that are over, of duties he may answer."""
    mine = bodies_of(actor, on, ("chief", "reporter", "liaison"))
    duties = Duty.objects.filter(body__in=mine).filter(Q(until=None) | Q(until__gt=on - LOOK_BACK))
    found = answers(duties.select_related("body__division__parent__parent"), on - LOOK_BACK, on, on=on)
    return sorted((one for one in found if one.is_owed), key=lambda one: (one.due, one.duty.pk))
