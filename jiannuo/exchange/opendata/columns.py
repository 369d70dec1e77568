"""The tables of a package: what the rooms publish, with the place of each row in the log; and what was withdrawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from jiannuo.ledger import withdrawn
from jiannuo.lifecycle.offered import data_sets
from jiannuo.records.reading import retractions
from jiannuo.tables import Column, Kind, Table, both

VALID_UNTIL = Column(
    "valid_until",
    both("公示至", "Valid until"),
    Kind.DAY,
    both(
        "从这一天起本行不再公开，请一并删除；空：没有期限。",
        "From this day the row is no longer public: delete it too. Empty: it has no end.",
    ),
)
LOG = Column(
    "log",
    both("账本名称", "Log"),
    Kind.TEXT,
    both("载有这些事实的账本（origin）。", "Origin of the log that says these facts."),
    most=200,
)
EPOCH = Column("epoch", both("卷号", "Epoch"), Kind.WHOLE, both("账本的第几卷。", "Which epoch of the log."))
LEAF = Column(
    "leaf",
    both("条目号", "Leaf"),
    Kind.WHOLE,
    both(
        "载有这些事实的条目在该卷账本中的号码，可据此取得证明；空：尚未编号，或与其他内容一并登记。",
        "Number of the entry that says these facts, within the epoch: its proof is found by it. Empty: not numbered "
        "yet, or entered together with others.",
    ),
)
ADDED = (VALID_UNTIL, LOG, EPOCH, LEAF)

WITHDRAWALS = Table(
    "withdrawals",
    both("撤下的账本条目", "Withdrawn entries"),
    both(
        "依法撤下内容的账本条目：只有号码、日期和依据。请删除保存的同一号码的内容。",
        "Entries whose text was withdrawn by law: number, day and basis. Delete what you keep under the same number.",
    ),
    (
        Column("leaf", LEAF.title, Kind.WHOLE, both("条目的号码。", "Number of the entry."), required=True),
        Column("day", both("撤下日期", "Withdrawn on"), Kind.DAY, both("内容撤下的日期。", "Day."), required=True),
        Column("basis", both("法律依据", "Legal basis"), Kind.LONG, both("撤下的依据。", "On what it rests.")),
    ),
    key=("leaf", "day"),
)
RETRACTIONS = Table(
    "retractions",
    both("更正公告", "Correction notices"),
    both(
        "曾经公示、后被撤销的记录：只有编号、机构和日期，不再有内容。请删除保存的内容。",
        "Records that were shown and were wrong: number, body and days, nothing of what they said. Delete your copies.",
    ),
    (
        Column("number", both("记录编号", "Record number"), Kind.TEXT, both("记录编号。", "Number."), required=True),
        Column("body", both("机构", "Body"), Kind.TEXT, both("机构名称。", "Its name."), required=True),
        Column("shown_from", both("公示自", "Shown from"), Kind.DAY, both("公示的第一天。", "First day.")),
        Column("shown_until", both("公示至", "Shown until"), Kind.DAY, both("从这一天起不再公示。", "No longer from.")),
        Column("revoked", both("撤销日期", "Revoked on"), Kind.DAY, both("撤销的日期。", "Day."), required=True),
    ),
    key=("number",),
)


def published_tables() -> dict[str, Table]:
    """Name → table as it stands in the package, lowest room first."""
    return {name: with_place(one.published.table) for name, one in data_sets().items() if one.published is not None} | {
        table.name: table for table in (RETRACTIONS, WITHDRAWALS)
    }


def with_place(table: Table) -> Table:
    """With the columns that say until when a row is public and where the log says it."""
    return replace(table, columns=table.columns + ADDED)


def withdrawal_rows() -> Iterator[Mapping[str, Any]]:
    for line in withdrawn.read():
        for leaf in line.leaves:
            yield {"leaf": leaf, "day": line.on, "basis": line.basis}


def retraction_rows() -> Iterator[Mapping[str, Any]]:
    for one in retractions():
        yield {
            "number": one.number,
            "body": one.body.name,
            "shown_from": one.shown_from,
            "shown_until": one.shown_until,
            "revoked": one.on,
        }
