"""What an action refuses, written down beside the row in both languages; and the workbook that shows it."""

from __future__ import annotations

from collections.abc import Collection
from io import BytesIO
from typing import Any

from django.utils.translation import override

from jiannuo.lifecycle.offered import DataSet, data_sets
from jiannuo.lifecycle.refused import Refused, RefusedMany
from jiannuo.rules.schema import Text
from jiannuo.tables import Fault, both, writing
from jiannuo.tables.reading import BadFile

from . import storage
from .models import Batch, Row

# More rows than these do not come back as a whole: a workbook of the bad ones is quicker to mend.
MOST_ROWS = 20_000

BROKE = Fault(
    "exchange.broke",
    both(
        "系统在处理这一行时出错，没有登记；已记录，请管理员查看。",
        "The system broke on this row; it was not entered, and was noted.",
    ),
    allowed=both(
        "这一行的内容已保存；修复后再交一次即可。", "What it says is kept; hand it in again once that is mended."
    ),
)
FILE_GONE = Fault(
    "exchange.file_gone",
    both("交来的文件已不在，没有读完。", "The file that was handed in is gone, and was not read to its end."),
    allowed=both("请再交一次；已收的行不会重复。", "Hand it in again; no row is entered twice."),
)
UNREADABLE = Fault(
    "exchange.unreadable",
    both("系统读这个文件时出错；已记录，请管理员查看。", "The system broke on reading this file; it was noted."),
    allowed=both(
        "文件已保存。可另存为新的工作簿再交。", "The file is kept. Save it as a new workbook and hand that in."
    ),
)
NO_MORE_RIGHTS = Fault(
    "exchange.no_more_rights",
    both("交表人现已没有报送这项数据的岗位，文件没有处理。", "Whoever handed it in has no post for this any more."),
    allowed=both("请由现任报送人再交一次。", "Let whoever holds the post now hand it in again."),
)


def faults_of(refused: Refused, columns: Collection[str]) -> list[Fault]:
    """Every fault of a refusal. A field that is no column of the table stays in words only."""
    faults = refused.faults if isinstance(refused, RefusedMany) else [refused]
    return [
        Fault(
            one.code,
            in_both(one.message or one.code) or both(one.code, one.code),
            column=one.field if one.field and one.field in columns else "",
            found="" if one.found is None else _found(one.found),
            allowed=in_both(one.allowed),
            article=in_both(one.article),
        )
        for one in faults
    ]


def in_both(words: Any) -> Text | None:
    """Lazy words in both languages; a Text as it is; None for nothing."""
    if words is None or isinstance(words, Text):
        return words
    with override("zh-hans"):
        chinese = str(words)
    with override("en"):
        english = str(words)
    return Text(zh=chinese, en=english) if chinese and english else None


def _found(found: Any) -> str:
    with override("zh-hans"):
        return found.zh if isinstance(found, Text) else str(found)


def errors_file(batch: Batch) -> bytes:
    """What is to be mended, as .xlsx: the workbook that was handed in with comments, else the bad rows alone."""
    table = data_sets()[batch.dataset].table
    rows = Row.objects.filter(batch=batch, outcome=Row.Outcome.REFUSED).order_by("line")
    out = BytesIO()
    if batch.file_name.lower().endswith(".xlsx") and batch.stored and batch.total <= MOST_ROWS:
        faults = {line: [Fault.from_json(one) for one in kept] for line, kept in rows.values_list("line", "faults")}
        try:
            writing.commented(
                storage.path_of(batch.stored), table, faults, out, file_name=batch.file_name, sheet=batch.sheet
            )
        except (BadFile, OSError, ValueError, KeyError):
            out = BytesIO()  # no workbook that could be written again
        else:
            return out.getvalue()
    bad = ((row.raw, [Fault.from_json(one) for one in row.faults]) for row in rows.iterator(chunk_size=500))
    writing.bad_rows(table, bad, out)
    return out.getvalue()


def columns_of(dataset: DataSet) -> Collection[str]:
    return dataset.table.by_name.keys()
