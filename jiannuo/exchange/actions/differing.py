"""Differences: a person confirms that what was handed in is right, or declines it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.offered import DataSet, Known
from jiannuo.lifecycle.refused import Refused, RefusedMany, Stale, said
from jiannuo.tables.checking import check
from jiannuo.tables.rows import Rows

from ..intake_faults import columns_of, faults_of
from ..intake_rows import Errand, clean, difference, errand
from ..models import Batch, Row
from .receiving import must_hand_in, set_of

Outcome = Row.Outcome


def confirm(rows: Sequence[Row], *, reason: str, paper: str, by: Actor, on: date) -> list[Row]:
    """Propose what these rows say in place of what stands, each with the version that was seen; returns those proposed.

    A row that moved meanwhile keeps its place among the differences, with the new difference and the reason beside it.
    Raises Refused where nothing could be proposed, and then nothing was.
    """
    batch, dataset = _of(rows, by, on)
    if dataset.amend is None:
        raise Refused(
            "exchange.fixed",
            _("This changes by acts of its own only."),
            allowed=said(dataset.fixed) if dataset.fixed else None,
        )
    if not reason.strip():
        raise Refused("machine.missing", _("This must be filled in."), field="reason", found=_("nothing"))
    work = errand(dataset, batch.provider, by=by, on=on)
    done: list[Row] = []
    refusals: list[Refused] = []
    for row in rows:
        try:
            with transaction.atomic():
                _decide(row, Outcome.AMENDED, by, on)
                _amend(row, work, reason=reason, paper=paper)
            done.append(row)
        except Stale as refused:
            refusals.append(refused)
            _look_again(row, work, refused)
        except Refused as refused:
            refusals.append(refused)
            row.refresh_from_db()  # it is undone in the database, but not yet in our hands
            _note(row, refused, dataset)
    count(batch)
    if not done:
        raise refusals[0] if len(refusals) == 1 else RefusedMany(refusals)
    return done


@transaction.atomic
def decline(rows: Sequence[Row], *, by: Actor, on: date) -> list[Row]:
    """What stands stays."""
    batch, _dataset = _of(rows, by, on)
    for row in rows:
        _decide(row, Outcome.DECLINED, by, on)
    count(batch)
    return list(rows)


def count(batch: Batch) -> None:
    """The counts of a batch, from its rows."""
    found = Row.objects.filter(batch=batch).order_by().values_list("outcome").annotate(n=Count("pk"))
    Batch.objects.filter(pk=batch.pk).update(counts=dict(found))


def _of(rows: Sequence[Row], by: Actor, on: date) -> tuple[Batch, DataSet]:
    """The one batch of these rows, if this actor may decide on it."""
    batch = rows[0].batch
    dataset = set_of(batch.dataset)
    must_hand_in(dataset, batch.provider, by=by, on=on)
    return batch, dataset


def _decide(row: Row, outcome: str, by: Actor, on: date) -> None:
    """Compare and swap: of two who decide at once, the second is told."""
    change = {"outcome": outcome, "decided_by": by.ref, "decided": on, "faults": []}
    if not Row.objects.filter(pk=row.pk, outcome=Outcome.CHANGED).update(**change):
        raise Refused(
            "exchange.decided",
            _("This difference is decided already."),
            found=_("line %(line)s") % {"line": row.line},
            allowed=_("Open the list again to see what is left."),
        )
    for name, value in change.items():
        setattr(row, name, value)


def _amend(row: Row, work: Errand, *, reason: str, paper: str) -> None:
    values, known = _values(row, work)
    if known is None or known.ref != row.ref or known.version != row.version:
        raise Stale(
            "machine.stale",
            _("It was changed after you opened it; nothing was written."),
            found=_("line %(line)s") % {"line": row.line},
            allowed=_("Read it again, then decide."),
        )
    stated = {one["column"] for one in row.difference}
    new = {**known.values, **{name: values[name] for name in stated}}
    assert work.dataset.amend is not None
    work.dataset.amend(row.ref, row.version, new, reason=reason, paper=paper, by=work.by, on=work.on)


def _values(row: Row, work: Errand) -> tuple[dict[str, Any], Known | None]:
    """The row's text read anew, and what stands now."""
    checked = check(work.dataset.table, Rows.of([row.raw], row.line), work.lookups)
    if not checked.good:
        first = checked.faults[0][0]
        raise Refused(first.code, said(first.message), field=first.column, found=first.found)
    values = checked.good[0][1]
    return values, work.dataset.known([values])[0]


def _look_again(row: Row, work: Errand, refused: Refused) -> None:
    """It moved: show the difference to what stands now."""
    row.refresh_from_db()
    values, known = _values(row, work)
    if known is None:
        _note(row, refused, work.dataset)
        return
    row.ref, row.version = known.ref, known.version
    row.difference = difference(work.dataset, values, known, row.raw.keys() | {one["column"] for one in row.difference})
    if not row.difference:
        row.outcome = Outcome.SAME
    _note(row, refused, work.dataset)


def _note(row: Row, refused: Refused, dataset: DataSet) -> None:
    told = [clean(fault.as_json()) for fault in faults_of(refused, columns_of(dataset))]
    row.faults = told if row.outcome == Outcome.CHANGED else []
    Row.objects.filter(pk=row.pk, outcome=Outcome.CHANGED).update(
        faults=row.faults, ref=row.ref, version=row.version, difference=row.difference, outcome=row.outcome
    )
