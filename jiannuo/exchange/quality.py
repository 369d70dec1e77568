"""Data quality of providers over a period: counted from batches, rows and zero reports each time, never stored.

No score and no rank come of it: each figure is shown with what it is a share of (practice §2.11, §3 no. 11).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.fields.json import KT

from jiannuo.lifecycle.offered import data_sets
from jiannuo.records.models import Record
from jiannuo.registry.models import Body
from jiannuo.rules import book

from .models import Batch, Duty, Row
from .reporting import MONTHS, Answer, Period, answers

OVER = ("in_time", "late", "zero", "contradicted", "missing")


@dataclass
class Quality:
    """One provider over one period.

    rows, refused     rows of first hand-ins, and how many of them were refused
    mended            refused rows that a later batch completed
    differing         rows that said something else than what stands
    filled, cells     cells filled among all cells of required and of other columns: {True: …, False: …}
    entered           records entered; late: how many of them after their term, by working days in all
    """

    body: Body
    answers: list[Answer] = field(default_factory=list)
    batches: int = 0
    rows: int = 0
    refused: int = 0
    mended: int = 0
    differing: int = 0
    filled: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    cells: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    entered: int = 0
    entered_late: int = 0
    entered_late_days: int = 0
    burden: int = 0

    def count(self, *states: str) -> int:
        return sum(one.state in states for one in self.answers)

    @property
    def over(self) -> int:
        """Periods that were to be answered by today, or were answered before."""
        return self.count(*OVER)

    @property
    def in_time(self) -> int:
        return self.count("in_time", "zero")

    @property
    def late(self) -> int:
        return self.count("late")

    @property
    def late_days(self) -> int:
        """Working days, of all that came late."""
        return sum(one.late_by for one in self.answers if one.state == "late")

    @property
    def missing(self) -> int:
        return self.count("missing")

    @property
    def zeros(self) -> int:
        return sum(one.zero is not None for one in self.answers)

    @property
    def contradicted(self) -> int:
        return self.count("contradicted")

    @property
    def lacking(self) -> dict[tuple[str, str], list[str]]:
        """Data set and state → the periods that are missing, or whose zero report is contradicted."""
        out: dict[tuple[str, str], list[str]] = {}
        for one in self.answers:
            if one.state in ("missing", "contradicted"):
                out.setdefault((one.duty.dataset, one.state), []).append(one.period.label)
        return out

    @property
    def in_time_share(self) -> float | None:
        return self.in_time / self.over if self.over else None

    @property
    def error_share(self) -> float | None:
        return self.refused / self.rows if self.rows else None

    @property
    def required_share(self) -> float | None:
        return self.filled[True] / self.cells[True] if self.cells[True] else None

    @property
    def optional_share(self) -> float | None:
        return self.filled[False] / self.cells[False] if self.cells[False] else None


def qualities(bodies: Collection[int], period: Period, *, on: date) -> list[Quality]:
    """Of those of these bodies that have a duty or handed something in, by the order of the registry."""
    until = min(period.last, on)
    duties = list(Duty.objects.filter(body__in=bodies, since__lte=period.last).select_related("body"))
    batches = list(
        Batch.objects.filter(provider__in=bodies, on__gte=period.first, on__lte=until)
        .exclude(stage=Batch.Stage.REFUSED)
        .order_by("pk")
    )
    there = {duty.body_id for duty in duties if duty.until is None or duty.until > period.first}
    there |= {batch.provider_id for batch in batches}
    out = {body.pk: Quality(body) for body in Body.objects.filter(pk__in=there).select_related("division")}
    for one in answers(duties, period.first, period.last, on=on):
        out[one.duty.body_id].answers.append(one)
    _of_batches(out, batches)
    _of_cells(out, batches)
    _of_records(out, period.first, until)
    for duty in duties:
        if duty.body_id in out and (duty.until is None or duty.until > on) and duty.since <= on:
            out[duty.body_id].burden += fields_a_year(duty)
    return list(out.values())


def fields_a_year(duty: Duty) -> int:
    """How many fields a body fills for one row of each period of a year: columns times periods."""
    one = data_sets().get(duty.dataset)
    return len(one.table.columns) * 12 // MONTHS[Duty.Frequency(duty.frequency)] if one else 0


def _of_batches(out: dict[int, Quality], batches: Sequence[Batch]) -> None:
    mending = _mending(batches)
    for batch in batches:
        one = out[batch.provider_id]
        one.batches += 1
        counts = batch.counts
        one.differing += sum(counts.get(name, 0) for name in ("changed", "amended", "declined"))
        if batch.mends_id is None:
            refused = counts.get("refused", 0)
            one.rows += sum(counts.values())
            one.refused += refused
            one.mended += max(0, refused - _left(batch, mending)) if batch.pk in mending else 0


def _mending(batches: Sequence[Batch]) -> dict[int, Batch]:
    """Batch → the newest that mends it; several rounds of mending hang on each other."""
    found: dict[int, Batch] = {}
    ids = {batch.pk for batch in batches}
    while ids:
        rows = list(Batch.objects.filter(mends__in=ids, stage=Batch.Stage.DONE).order_by("pk"))
        found |= {row.mends_id: row for row in rows if row.mends_id}
        ids = {row.pk for row in rows} - found.keys()
    return found


def _left(batch: Batch, mending: dict[int, Batch]) -> int:
    """Rows still refused after the last round of mending."""
    while batch.pk in mending:
        batch = mending[batch.pk]
    return int(batch.counts.get("refused", 0))


def _of_cells(out: dict[int, Quality], batches: Sequence[Batch]) -> None:
    """How many cells of what was handed in first are filled; one query for each data set."""
    named = data_sets()
    by_set: dict[str, list[int]] = defaultdict(list)
    for batch in batches:
        if batch.mends_id is None and batch.dataset in named:
            by_set[batch.dataset].append(batch.pk)
    for name, ids in by_set.items():
        columns = named[name].table.columns
        # An empty cell is not kept at all (Rows.raw); the text of an erased row is {}.
        filled: dict[str, Any] = {f"c{place}": Count(KT(f"raw__{column.name}")) for place, column in enumerate(columns)}
        rows = Row.objects.filter(batch__in=ids).exclude(raw={}).order_by().values("batch__provider")
        counted: Any = rows.annotate(n=Count("pk"), **filled)
        for row in counted:
            one = out[row["batch__provider"]]
            for place, column in enumerate(columns):
                one.filled[column.required] += row[f"c{place}"]
                one.cells[column.required] += row["n"]


def _of_records(out: dict[int, Quality], first: date, last: date) -> None:
    """Records by how late they were entered; counted by pairs of days, for the calendar is asked once for each."""
    term, calendar = book().terms["record.enter"], book().calendar
    pairs = (
        Record.objects.filter(~Q(decided=None), provider__in=out, entered__gte=first, entered__lte=last)
        .order_by()
        .values_list("provider", "decided", "entered")
        .annotate(n=Count("pk"))
    )
    for body, decided, entered, n in pairs:
        one = out[body]
        one.entered += n
        late = calendar.workdays_between(term.deadline(decided).last_day, entered)
        if late > 0:
            one.entered_late += n
            one.entered_late_days += n * late
