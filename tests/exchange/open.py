"""A small data set that is published, and the helpers that read a package back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from jiannuo.exchange import opendata
from jiannuo.exchange.opendata import Edition
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.offered import Published, Values
from jiannuo.records import shown
from jiannuo.records.models import Publication, Record
from jiannuo.tables import Column, Kind, Table, both
from tests.exchange import plain

SHOWN = Table(
    "plain",
    both("记录", "Records"),
    both("公示中的记录。", "Records in publicity."),
    (
        Column("number", both("编号", "Number"), Kind.TEXT, both("编号", "number"), required=True, most=80),
        Column("body", both("机构", "Body"), Kind.TEXT, both("机构", "body"), required=True),
        Column("title", both("标题", "Title"), Kind.TEXT, both("标题", "title"), required=True, most=130),
        Column("decided", both("作出日", "Decided"), Kind.DAY, both("作出日", "day"), required=True),
        Column("loss", both("损失", "Loss"), Kind.AMOUNT, both("损失", "loss")),
        Column("is_late", both("迟报", "Late"), Kind.YES_NO, both("是否迟报", "whether late"), required=True),
    ),
    key=("number",),
)


def rows(on: date) -> Iterator[tuple[str, Values, date | None]]:
    showing = Record.objects.showing(on)
    for one in Publication.objects.filter(record__in=showing).select_related("record__body").order_by("id"):
        record = one.record
        values = {
            "number": record.number,
            "body": record.body.name,
            "title": record.title,
            "decided": record.decided,
            "loss": record.loss,
            "is_late": record.late_by > 0,
        }
        yield one.ref, values, one.ends


def offer(monkeypatch: Any) -> None:
    """The small set, and the records as the portal shows them."""
    real = plain.data_set(table=shown.TABLE, published=shown.PUBLISHED)
    plain.offer(monkeypatch, plain.data_set(published=Published(SHOWN, rows)), real)


def made(on: date, **changes: Any) -> Edition:
    edition = opendata.make(by=SYSTEM, on=on, **changes)
    assert edition is not None
    return edition


def text(edition: Edition, path: str) -> str:
    file = edition.file(path)
    assert file is not None
    return edition.where(file).read_text("utf-8-sig")


def table(edition: Edition, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text(edition, f"data/{name}.csv").splitlines()))


def package(edition: Edition) -> dict[str, Any]:
    return json.loads(text(edition, "datapackage.json"))  # type: ignore[no-any-return]
