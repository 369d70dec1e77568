"""Making an edition: every table as CSV and Parquet, what describes them, and all of it as one file."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from jiannuo.ledger import actions as ledger
from jiannuo.ledger import reading
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.offered import data_sets
from jiannuo.tables import Table
from jiannuo.tables.writing import csv_lines

from .. import ftm
from . import describing
from .columns import RETRACTIONS, WITHDRAWALS, retraction_rows, with_place, withdrawal_rows
from .editions import NEW, ZIP, Edition, File, Set, dropped, folder, making, put_in_place
from .log import Log
from .parquet import Writer

VERB, SUBJECT = "opendata.published", "opendata"
AT_ONCE = 5_000  # rows of a row group
LEVEL = 6  # of deflate: half the time of 9, for a few bytes more


def make(*, by: Actor, on: date, now: datetime | None = None) -> Edition | None:
    """Make the edition of this day and put it in place; its digest goes into the ledger unless it stands there already.

    None when another process makes one, or when something was dropped meanwhile: then it is made again.
    """
    with making() as alone:
        if not alone:
            return None
        before = dropped()
        shutil.rmtree(folder() / NEW, ignore_errors=True)
        (folder() / NEW / "files" / "data").mkdir(parents=True)
        edition = _made(on, now or timezone.now())
        edition.write()
        if not put_in_place(edition, unless=before):
            return None
        _note(edition, by=by, on=on)
        return edition


def _made(on: date, now: datetime) -> Edition:
    files = folder() / NEW / "files"
    log, state = Log(), reading.state()
    held: dict[str, int] = {}
    ends: list[date] = []

    def placed(rows: Iterable[tuple[str, Mapping[str, Any], date | None]]) -> Iterator[Mapping[str, Any]]:
        for ref, values, until in rows:
            if until is not None:
                ends.append(until)
                held.update((subject, log.newest.get(subject, 0)) for subject in log.about(ref))
            yield {**values, "valid_until": until, **log.place(ref)}

    tables, sets = [], []
    for one in data_sets().values():
        if one.published is not None:
            tables.append(with_place(one.published.table))
            sets.append(_write_set(files, tables[-1], placed(one.published.rows(on))))
    for table, rows in ((RETRACTIONS, retraction_rows()), (WITHDRAWALS, withdrawal_rows())):
        tables.append(table)
        sets.append(_write_set(files, table, rows))
    entities = ftm.write(files / ftm.FILE, on)
    data = [*(file for one in sets for file in (one.csv, one.parquet)), file_of(files, entities)]
    lines = "".join(f"{file.digest}  {file.path}\n" for file in sorted(data, key=lambda file: file.path))
    digest = hashlib.sha256(lines.encode()).hexdigest()
    (files / "checkpoint").write_text(state.text if state else "", "utf-8")
    described = describing.write(files, tables=tables, sets=sets, entities=data[-1], day=on, made=now, digest=digest)
    other = [data[-1], file_of(files, "checkpoint"), *(file_of(files, name) for name in described)]
    _zip(files, [*(file.path for file in data[:-1]), *(file.path for file in other)], on)
    with (files.parent / "held.tsv").open("w", encoding="utf-8") as out:
        out.writelines(f"{subject}\t{number}\n" for subject, number in held.items())
    return Edition(
        token=secrets.token_hex(8),
        day=on,
        made=timezone.localtime(now).isoformat(timespec="seconds"),
        digest=digest,
        good_until=min(ends, default=None),
        last=log.last,
        sets=tuple(sets),
        other=(*other, file_of(files, ZIP)),
    )


def _write_set(files: Path, table: Table, rows: Iterable[Mapping[str, Any]]) -> Set:
    """Both forms in one pass over the rows."""
    names = f"data/{table.name}.csv", f"data/{table.name}.parquet"
    count = 0
    with Writer(files / names[1], table) as parquet, (files / names[0]).open("wb") as out:

        def through() -> Iterator[Mapping[str, Any]]:
            nonlocal count
            some: list[Mapping[str, Any]] = []
            for row in rows:
                count += 1
                some.append(row)
                if len(some) == AT_ONCE:
                    parquet.write(some)
                    some = []
                yield row
            if some:
                parquet.write(some)

        out.writelines(csv_lines(table, through(), names=True))
    return Set(table.name, count, file_of(files, names[0]), file_of(files, names[1]))


def file_of(files: Path, path: str) -> File:
    with (files / path).open("rb") as file:
        return File(path, (files / path).stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _zip(files: Path, paths: Iterable[str], day: date) -> None:
    """All of it; the same contents on the same day give the same bytes."""
    with zipfile.ZipFile(files / ZIP, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as out:
        for path in paths:
            packed = path.endswith(".parquet")
            entry = zipfile.ZipInfo(path, (day.year, day.month, day.day, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            with (files / path).open("rb") as source, out.open(entry, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)


def _note(edition: Edition, *, by: Actor, on: date) -> None:
    """One entry for each package that differs from the one before."""
    with transaction.atomic():
        last = Entry.objects.filter(subject=SUBJECT, verb=VERB).order_by("-id").first()
        if last is not None and ledger.public_part(last).get("digest") == edition.digest:
            return
        rows = {one.name: one.rows for one in edition.sets}
        public = {"day": on, "digest": edition.digest, "rows": rows}
        ledger.append([ledger.Draft(VERB, SUBJECT, on, public=public, internal={"by": by.ref})])
