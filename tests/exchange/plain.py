"""A small data set over the real action of records: what intake does is shown on it, whatever columns rooms declare."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from openpyxl import Workbook

from jiannuo.exchange import actions, intake, jobs
from jiannuo.exchange.models import Batch
from jiannuo.lifecycle.offered import DataSet, Known, Values
from jiannuo.lifecycle.refused import Refused, RefusedMany, RefusedRows
from jiannuo.records import actions as records
from jiannuo.records.models import Record
from jiannuo.registry import lookups
from jiannuo.tables import Column, Kind, Table, both
from tests import make

NOW = timezone.make_aware(datetime(2026, 11, 9, 9))
COLUMNS = (
    Column("number", both("文号", "Number"), Kind.TEXT, both("文号", "number"), required=True, most=80),
    Column("body", both("机构", "Body"), Kind.NAME, both("机构", "body"), names="body", required=True),
    Column("title", both("标题", "Title"), Kind.TEXT, both("标题", "title"), required=True, most=120),
    Column("decided", both("作出日", "Decided"), Kind.DAY, both("作出日", "day"), required=True),
    Column("loss", both("损失", "Loss"), Kind.AMOUNT, both("损失", "loss")),
)
TABLE = Table("plain", both("记录", "Records"), both("试验", "a trial"), COLUMNS, key=("number",))
HEADS = [column.title.zh for column in COLUMNS]


def known(rows: Sequence[Values]) -> list[Known | None]:
    found = {
        one.document_number: one
        for one in Record.objects.filter(document_number__in=[row["number"] for row in rows]).select_related("body")
    }
    return [_known(found.get(row["number"])) for row in rows]


def _known(record: Record | None) -> Known | None:
    return record and Known(
        record.ref,
        record.version,
        {
            "number": record.document_number,
            "body": record.body,
            "title": record.title,
            "decided": record.decided,
            "loss": record.loss,
        },
        record.number,
    )


def enter(rows: Sequence[Values], *, provider: Any, by: Any, on: date) -> list[str]:
    faults: dict[int, list[Refused]] = {}
    new = [_new(row, provider) for row in rows]
    for place, row in enumerate(new):
        try:
            records.checking.check_row(row, by=by, on=on)
        except RefusedMany as refused:
            faults[place] = refused.faults
    if faults:
        raise RefusedRows(faults)
    return [one.ref for one in records.enter(new, by=by, on=on)]


def plainly(rows: Sequence[Values], *, provider: Any, by: Any, on: date) -> list[str]:
    """The same through an action that does not say which row is at fault."""
    return [one.ref for one in records.enter([_new(row, provider) for row in rows], by=by, on=on)]


def amend(ref: str, version: int, values: Values, *, reason: str, paper: str, by: Any, on: date) -> None:
    record = Record.objects.get(pk=int(ref.removeprefix("record:")))
    records.edit(record, _new(values, record.organ), by=by, on=on, seen={record.pk: version})


def _new(row: Values, provider: Any) -> records.NewRecord:
    return records.NewRecord(
        kind="dishonesty",
        source="DEFAULT",
        body=row["body"],
        organ=provider,
        title=row["title"],
        finding="",
        document_number=row["number"],
        decided=row["decided"],
        served=row["decided"],
        loss=row["loss"],
        basis=({"instrument": "sme", "article": "9"},),
    )


def data_set(**changes: Any) -> DataSet:
    facts: dict[str, Any] = {
        "table": TABLE,
        "roles": ("registrar",),
        "lookups": lookups.lookups,
        "known": known,
        "enter": enter,
        "amend": amend,
    }
    return DataSet(**(facts | changes))


def offer(monkeypatch: Any, *sets: DataSet) -> None:
    """Let the rooms offer these data sets, and no others."""
    room = SimpleNamespace(DATA_SETS=list(sets) or [data_set()])
    monkeypatch.setattr("jiannuo.lifecycle.offered.offers", lambda name: iter([room]))


def rows(count: int, first: int = 1, **changes: Any) -> list[dict[str, Any]]:
    values = {"body": "云川市城市建设管理局", "title": "逾期付款", "decided": "2026-11-02", "loss": "12.50"}
    return [{"number": f"云政认〔2026〕{n}号"} | values | changes for n in range(first, first + count)]


def as_csv(given: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerows([row.get(column.name, "") for column in COLUMNS] for row in given)
    return out.getvalue().encode()


def as_xlsx(given: Sequence[Mapping[str, Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "记录"
    sheet.append(HEADS)
    for row in given:
        sheet.append([row.get(column.name) for column in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hand_in(town: make.Town, data: bytes | Path | Iterator[bytes], **changes: Any) -> Batch:
    facts: dict[str, Any] = {
        "dataset": "plain",
        "provider": town.city,
        "file_name": "采购合同_11月.csv",
        "channel": "desk",
        "by": town.registrar,
        "on": make.MONDAY,
    }
    return actions.receive_file(data, **(facts | changes))


def work_all(most: int = 10_000) -> int:
    """Work until nothing is left; how many pieces that took."""
    for pieces in range(most):
        if not jobs.work(NOW):
            intake.close_all()
            return pieces
    raise AssertionError("it does not end")


def done(town: make.Town, data: bytes, **changes: Any) -> Batch:
    batch = hand_in(town, data, **changes)
    work_all()
    batch.refresh_from_db()
    return batch
