"""What becomes of some rows: unchanged, different, new, or refused with its reasons; no good row waits for a bad one.

`judge` reads, looks up and compares, outside any transaction; `settle` enters what is new, inside one. Between the two
another process may have entered the same: then the database says so, and what stands is asked for once more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import structlog
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Model

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.offered import Asking, DataSet, Known, Values
from jiannuo.lifecycle.refused import Refused, RefusedRows, Stands
from jiannuo.registry.models import Body
from jiannuo.tables import Fault, Lookup, both
from jiannuo.tables.checking import check
from jiannuo.tables.rows import Rows
from jiannuo.tables.writing import text

from .intake_faults import BROKE, columns_of, faults_of
from .models import Batch, Row

log = structlog.get_logger(__name__)
Outcome = Row.Outcome
DEPTH = 8  # how often rows that name what the same piece brings are looked at again


@dataclass(frozen=True)
class Errand:
    """Whose rows they are: data set, provider, who hands in, the day; and how names are found at this moment."""

    dataset: DataSet
    provider: Body
    by: Actor
    on: date
    lookups: Mapping[str, Lookup]

    def anew(self) -> Mapping[str, Lookup]:
        """The lookups once more, for what was entered meanwhile."""
        return self.dataset.lookups(Asking(self.by, self.on, self.provider.pk))


def errand(dataset: DataSet, provider: Body, *, by: Actor, on: date) -> Errand:
    return Errand(dataset, provider, by, on, dataset.lookups(Asking(by, on, provider.pk)))


@dataclass
class Piece:
    """Some rows of a batch on their way: each as a Row, and the values of those that are to be entered.

    stated  of each row the columns that it states; None: all that the file has
    """

    batch: Batch
    errand: Errand
    source: Rows
    rows: list[Row]
    stated: Sequence[Collection[str]] | None
    new: list[tuple[int, Values]] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)  # what was entered

    def counts(self) -> dict[str, int]:
        out: dict[str, int] = {}
        for row in self.rows:
            out[row.outcome] = out.get(row.outcome, 0) + 1
        return out


def judge(batch: Batch, work: Errand, source: Rows, stated: Sequence[Collection[str]] | None = None) -> Piece:
    """Cells, names, what stands already. Writes nothing."""
    rows = [Row(batch=batch, line=line, raw=clean(source.raw(index))) for index, line in enumerate(source.lines)]
    piece = Piece(batch, work, source, rows, stated)
    _check(piece, range(len(rows)), work.lookups)
    return piece


def settle(piece: Piece) -> None:
    """Enter what is new, and set the outcome of every row. Called in the transaction that stores the rows."""
    for _round in range(DEPTH):
        before = len(piece.refs)
        new, piece.new = piece.new, []
        _enter(piece, new)
        again = _named_meanwhile(piece, piece.refs[before:])
        if not again:
            break
        _check(piece, again, piece.errand.anew())
    for index, _values in piece.new:  # deeper than anybody nests
        _refuse(piece.rows[index], [BROKE])


def _check(piece: Piece, indices: Sequence[int], lookups: Mapping[str, Lookup]) -> None:
    """Cells → values; then each good row beside what stands."""
    whole = len(indices) == len(piece.rows)
    source = piece.source if whole else part(piece.source, indices)
    checked = check(piece.errand.dataset.table, source, lookups)
    for place, faults in checked.faults.items():
        _refuse(piece.rows[indices[place]], faults)
    _compare(piece, [(indices[place], values) for place, values in checked.good])


def _compare(piece: Piece, good: Sequence[tuple[int, Values]]) -> None:
    """Put each row beside what stands under its natural key."""
    known = piece.errand.dataset.known([values for _index, values in good]) if good else []
    met = _lines_met(piece, [one.ref for one in known if one is not None])
    for (index, values), one in zip(good, known, strict=True):
        row = piece.rows[index]
        if one is None:
            row.outcome, row.faults = Outcome.WAITING, []
            piece.new.append((index, values))
        elif one.ref in met:
            _refuse(row, [_twice(met[one.ref])])
        else:
            met[one.ref] = row.line
            _stands(piece, index, values, one)


def _lines_met(piece: Piece, refs: Collection[str]) -> dict[str, int]:
    """Of these things those that an earlier row of the same batch was about already → its line."""
    rows = Row.objects.filter(batch=piece.batch, ref__in=refs) if refs and piece.batch.pk else Row.objects.none()
    met = dict(rows.values_list("ref", "line"))
    return met | {row.ref: row.line for row in piece.rows if row.ref}


def _stands(piece: Piece, index: int, values: Values, known: Known) -> None:
    row = piece.rows[index]
    stated = piece.stated[index] if piece.stated is not None else piece.source.cells.keys()
    row.ref, row.faults = known.ref, []
    row.difference = difference(piece.errand.dataset, values, known, stated)
    row.version = known.version if row.difference else None
    row.outcome = Outcome.CHANGED if row.difference else Outcome.SAME


def difference(dataset: DataSet, values: Values, known: Known, stated: Collection[str]) -> list[dict[str, str]]:
    """[{column, was, now}], of the columns that the row states and that what stands knows."""
    return [
        {
            "column": column.name,
            "was": text(column, known.values[column.name]),
            "now": text(column, values[column.name]),
        }
        for column in dataset.table.columns
        if column.name in stated
        and column.name in known.values
        and not _alike(known.values[column.name], values[column.name])
    ]


def _alike(was: Any, now: Any) -> bool:
    """Nothing is nothing, whether None or an empty text; things are the same row."""
    if was in (None, "", ()) and now in (None, "", ()):
        return True
    if isinstance(was, Model) and isinstance(now, Model):
        return was.pk == now.pk and type(was) is type(now)
    return bool(was == now)


def _enter(piece: Piece, new: Sequence[tuple[int, Values]]) -> None:
    """Through the room's own action; a refusal is narrowed down until only the rows at fault are left out."""
    if not new:
        return
    work = piece.errand
    try:
        with transaction.atomic():
            refs = work.dataset.enter(
                [values for _index, values in new], provider=work.provider, by=work.by, on=work.on
            )
    except RefusedRows as refused:
        for place, faults in refused.rows.items():
            told = [fault for one in faults for fault in faults_of(one, columns_of(work.dataset))]
            _refuse(piece.rows[new[place][0]], told)
        _enter(piece, [one for place, one in enumerate(new) if place not in refused.rows])
        return
    except (IntegrityError, Stands):
        if _others_were_first(piece, new):
            return
    except Refused as refused:
        if len(new) == 1:
            _refuse(piece.rows[new[0][0]], faults_of(refused, columns_of(work.dataset)))
            return
    except (OperationalError, InterfaceError):
        raise  # no fault of a row: the database is away, and the whole piece is tried again
    except (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        if len(new) == 1:
            log.exception("exchange.row", batch=piece.batch.number, line=piece.rows[new[0][0]].line)
            _refuse(piece.rows[new[0][0]], [BROKE])
            return
    else:
        for (index, _values), ref in zip(new, refs, strict=True):
            row = piece.rows[index]
            row.outcome, row.ref, row.faults = Outcome.NEW, ref, []
        piece.refs += refs
        return
    half = len(new) // 2
    _enter(piece, new[:half])
    _enter(piece, new[half:])


def _others_were_first(piece: Piece, new: Sequence[tuple[int, Values]]) -> bool:
    """Some of these stand meanwhile: put them beside it, enter the rest. False if none does and several are left."""
    waiting, piece.new = piece.new, []
    _compare(piece, new)
    left, piece.new = piece.new, waiting
    if len(left) < len(new):
        _enter(piece, left)
        return True
    if len(new) > 1:
        return False
    log.error("exchange.row", batch=piece.batch.number, line=piece.rows[new[0][0]].line, reason="collides")
    _refuse(piece.rows[new[0][0]], [BROKE])
    return True


def _named_meanwhile(piece: Piece, refs: Sequence[str]) -> list[int]:
    """Rows at fault only for naming what this piece has just brought, such as the body above them."""
    kinds = {ref.partition(":")[0] for ref in refs}
    table = piece.errand.dataset.table
    names = {column.name for column in table.columns if column.names in kinds}
    if not names:
        return []
    return [
        index
        for index, row in enumerate(piece.rows)
        if row.outcome == Outcome.REFUSED and all(fault.get("column") in names for fault in row.faults)
    ]


def _refuse(row: Row, faults: Sequence[Fault]) -> None:
    row.outcome, row.faults = Outcome.REFUSED, [clean(fault.as_json()) for fault in faults]
    row.ref, row.version, row.difference = "", None, []


def _twice(line: int) -> Fault:
    return Fault(
        "tables.repeated",
        both(f"与第 {line} 行说的是同一件", f"It is about the same as line {line}"),
        allowed=both("每件一行", "one row for each"),
        hint=both("删去其中一行，或改正其中一行", "delete one of the two, or correct one"),
    )


def part(rows: Rows, indices: Sequence[int]) -> Rows:
    """Some of these rows."""
    return Rows(
        [rows.lines[index] for index in indices],
        {name: [cells[index] for index in indices] for name, cells in rows.cells.items()},
        {place: rows.faults[index] for place, index in enumerate(indices) if index in rows.faults},
    )


def clean(value: Any) -> Any:
    """Text that no database keeps (U+0000, halves of surrogate pairs) is shown as a replacement character."""
    if isinstance(value, str):
        plain = value.replace("\0", "\ufffd")
        return plain if plain.isascii() else plain.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {clean(key): clean(one) for key, one in value.items()}
    return [clean(one) for one in value] if isinstance(value, list) else value
