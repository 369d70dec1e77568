"""Published records as a table: what the page of each says, and no more, read for all of them at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from django.db.models import CharField, TextField
from django.db.models.functions import Cast

from jiannuo.lifecycle.offered import Published, Values, codes
from jiannuo.registry.reading import names_at
from jiannuo.rules import book
from jiannuo.tables import Column, Kind, Table, both

from .models import Record, RecordQuerySet

TABLE = Table(
    "records",
    both("失信与守信记录", "Records"),
    both(
        "公示中的失信记录和守信记录；与各记录公开页的内容一致，到期自动移出。",
        "Records of dishonesty and honour in publicity: what the page of each says. They leave at their end.",
    ),
    (
        Column(
            "number", both("记录编号", "Number"), Kind.TEXT, both("记录编号。", "Number of the record."), required=True
        ),
        Column(
            "kind",
            both("种类", "Kind"),
            Kind.CODE,
            both("失信记录或守信记录。", "Of dishonesty or of honour."),
            required=True,
            codes=codes(lambda: dict(Record.Kind.choices)),
        ),
        Column(
            "source",
            both("来源", "Source"),
            Kind.CODE,
            both("由什么事由认定。", "From what it follows."),
            required=True,
            codes=codes(lambda: book().sources),
        ),
        Column(
            "severity",
            both("等级", "Class"),
            Kind.CODE,
            both("失信等级；守信记录为空。", "Class of dishonesty; empty for an honour."),
            codes=codes(lambda: book().classes),
        ),
        Column(
            "body",
            both("机构", "Body"),
            Kind.TEXT,
            both("作出认定时的全称。", "Its full name when it was decided."),
            required=True,
            most=120,
        ),
        Column("title", both("事由", "Title"), Kind.TEXT, both("事由。", "What it is about."), required=True, most=130),
        Column("finding", both("查明的事实", "Finding"), Kind.LONG, both("查明的事实。", "What was found.")),
        Column(
            "organ",
            both("认定机关", "Determining organ"),
            Kind.TEXT,
            both("作出认定时的全称。", "Its full name when it decided."),
            required=True,
            most=120,
        ),
        Column(
            "document_number",
            both("文书号", "Document number"),
            Kind.TEXT,
            both("认定文书的文号。", "Number of the decision."),
            most=90,
        ),
        Column(
            "decided", both("认定日期", "Decided"), Kind.DAY, both("认定日期。", "Day of the decision."), required=True
        ),
        Column(
            "served", both("送达日期", "Served"), Kind.DAY, both("送达日期。", "Day of its service."), required=True
        ),
        Column("loss", both("造成损失（元）", "Loss (yuan)"), Kind.AMOUNT, both("认定的损失。", "Loss as determined.")),
        Column(
            "basis",
            both("依据", "Basis"),
            Kind.LONG,
            both(
                "依据的条款：规则集中文件的代号和条号。", "Articles: key of the instrument in the rulebook, and number."
            ),
        ),
        Column(
            "effective", both("生效日期", "In force"), Kind.DAY, both("生效日期。", "In force since."), required=True
        ),
        Column(
            "corrected", both("更正日期", "Corrected"), Kind.DAY, both("本版本的更正日期。", "Day of this version.")
        ),
        Column("correction", both("更正说明", "Correction"), Kind.LONG, both("更正了什么。", "What was corrected.")),
        Column(
            "shown_from", both("公示自", "Shown from"), Kind.DAY, both("公示的第一天。", "First day."), required=True
        ),
    ),
    key=("number",),
)
_COLUMNS = ("number", "kind", "source", "severity", "title", "finding", "document_number", "correction_note", "loss")
_DAYS = ("decided", "served", "effective", "corrected", "publication__starts", "publication__ends")
_TYPED = ("decided", "served", "effective", "corrected", "shown_from")


def rows(on: date) -> Iterator[tuple[str, Values, date | None]]:
    """What is in publicity on this day, oldest first."""
    return rows_of(Record.objects.showing(on).order_by("id"))


def rows_of(records: RecordQuerySet) -> Iterator[tuple[str, Values, date | None]]:
    """These records, which must be showing, in their order; in constant memory."""
    read = date.fromisoformat
    for ref, values, ends in texts_of(records):
        for name in _TYPED:
            values[name] = values[name] and read(values[name])
        yield ref, values, read(ends)


def texts_of(records: RecordQuerySet) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The same with days as text, for files of text: half of the time of a long list is in making days of text."""
    days = {f"day_{name}": Cast(name, CharField()) for name in _DAYS}
    picked = records.annotate(**days, articles=Cast("basis", TextField())).values_list(
        "publication__id", "body_id", "organ_id", "articles", *_COLUMNS, *days
    )
    name, day = names_at(), cache(date.fromisoformat)
    for (
        pk, body, organ, articles, number, kind, source, severity, title, finding, document, correction, loss,
        decided, served, effective, corrected, starts, ends,
    ) in picked.iterator(chunk_size=1000):  # fmt: skip
        values = {
            "number": number,
            "kind": kind,
            "source": source,
            "severity": severity or None,
            "body": name(body, day(decided)),
            "title": title,
            "finding": finding,
            "organ": name(organ, day(decided)),
            "document_number": document,
            "decided": decided,
            "served": served,
            "loss": loss,
            "basis": _articles(articles),
            "effective": effective,
            "corrected": corrected,
            "correction": correction,
            "shown_from": starts,
        }
        yield f"publication:{pk}", values, ends


PUBLISHED = Published(TABLE, rows)


@cache
def _articles(text: str) -> str:
    """sme:9；copl:2 of the JSON of a basis. So few differ that each is read once."""
    found = [(one.get("instrument", ""), one.get("article", "")) for one in json.loads(text)]
    return "；".join(":".join(part for part in one if part) for one in found if any(one))
