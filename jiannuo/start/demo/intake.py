"""What the finance bureau's clerk handed in as files: taken but for two bad cells, a difference that waits, a file that
is no table. Each by the real actions, worked as the worker works it.
"""

from __future__ import annotations

import csv
import io
from datetime import date

from django.utils import timezone

from jiannuo.exchange import actions, intake
from jiannuo.records.datasets import TABLE

from .diary import Diary
from .town import body
from .walk import actor

SET, PROVIDER, CLERK = "records", "市财政局", "baosong"
HANDED, AGAIN, NO_TABLE = 4, 2, 1  # working days before the day the set is laid
DECIDED, SERVED = 10, 9


def plan(diary: Diary) -> None:
    rows = _rows(diary.day(DECIDED).isoformat(), diary.day(SERVED).isoformat())
    diary.plan(diary.day(HANDED), lambda on: _hand_in("政府认定-报送.csv", _as_csv(rows), on))
    other = [rows[0] | {"loss": "95000.00"}]
    diary.plan(diary.day(AGAIN), lambda on: _hand_in("政府认定-更改.csv", _as_csv(other), on))
    diary.plan(diary.day(NO_TABLE), lambda on: _hand_in("情况说明.xlsx", "这不是表格。\n".encode(), on))


def _rows(decided: str, served: str) -> list[dict[str, str]]:
    """Two as they should be, one with a day of the lunar calendar, one about a body of another name."""
    common = {"organ": "市政府", "source": "违约失信", "decided": decided, "served": served}
    texts = (
        ("市教育局", "61", "逾期支付食堂设备尾款", "设备验收合格后，尾款经责令整改期满仍未付清。", "98000.00"),
        ("市卫健委", "62", "逾期支付救护车保养费", "保养服务验收合格后，费用经责令整改期满仍未付清。", "41500.00"),
        ("市水务局", "63", "逾期支付水质检测费", "检测服务验收合格后，费用经责令整改期满仍未付清。", "26300.00"),
        ("市水物局", "64", "逾期退还投标保证金", "投标保证金经责令整改期满仍未退还。", "约5万元"),
    )
    names = ("body", "document_number", "title", "finding", "loss")
    rows = [common | dict(zip(names, text, strict=True)) for text in texts]
    for row in rows:
        row["document_number"] = f"云政认〔演示〕{row['document_number']}号"
    rows[2]["served"] = "冬月初三"
    return rows


def _as_csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    columns = [column for column in TABLE.columns if any(column.name in row for row in rows)]
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.title.zh for column in columns])
    writer.writerows([row.get(column.name, "") for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _hand_in(name: str, data: bytes, on: date) -> None:
    batch = actions.receive_file(
        data, dataset=SET, provider=body(PROVIDER), file_name=name, channel="desk", by=actor(CLERK), on=on
    )
    while intake.work(batch, timezone.now()):
        pass
    intake.close_all()
