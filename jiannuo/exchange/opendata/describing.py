"""What describes a package: its descriptor for machines, a dictionary and a note for people, in both languages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from jiannuo.registry.models import Division
from jiannuo.rules.schema import Text
from jiannuo.tables import Column, Kind, Table, both
from jiannuo.tables.schemas import frictionless, in_both

from .editions import File, Set

KINDS: dict[Kind, Text] = {
    Kind.TEXT: both("文字", "text"),
    Kind.LONG: both("文字", "text"),
    Kind.DAY: both("日期", "day"),
    Kind.AMOUNT: both("金额（元）", "amount (yuan)"),
    Kind.WHOLE: both("整数", "whole number"),
    Kind.YES_NO: both("是否", "yes or no"),
    Kind.CODE: both("代码", "code"),
    Kind.USCC: both("统一社会信用代码", "unified social credit code"),
    Kind.DIGITS: both("数字代码", "code of digits"),
    Kind.NAME: both("名称", "name"),
}
# Under which terms a city's data may be used again is the city's own decision: until it is named in the settings, the
# package says that it is not decided yet, and what is proposed.
UNDECIDED = both(
    "授权条款尚待本市确定；建议：注明来源、不得更改事实、失效内容须删除",
    "terms of use not decided yet by the city; proposed: name the source, do not alter facts, delete what has ended",
)


def licence() -> dict[str, str]:
    """title, path; and status: "decided" or "proposal"."""
    if settings.OPENDATA_LICENCE:
        path = settings.OPENDATA_LICENCE_URL or "README.md"
        return {"title": settings.OPENDATA_LICENCE, "path": path, "status": "decided"}
    return {"title": in_both(UNDECIDED), "path": "README.md", "status": "proposal"}


def city() -> str:
    found = Division.objects.filter(level="city").order_by("id").first()
    return found.name if found else ""


def write(
    files: Path,
    *,
    tables: Sequence[Table],
    sets: Sequence[Set],
    entities: File,
    day: date,
    made: datetime,
    digest: str,
) -> list[str]:
    """Write them; returns their names."""
    (files / "dictionary.md").write_text(dictionary(tables), "utf-8")
    (files / "README.md").write_text(_readme(tables, sets, day, digest), "utf-8")
    package = descriptor(tables, sets, entities, day, made, digest)
    (files / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return ["datapackage.json", "README.md", "dictionary.md"]


def descriptor(
    tables: Sequence[Table], sets: Sequence[Set], entities: File, day: date, made: datetime, digest: str
) -> dict[str, Any]:
    """datapackage.json (Frictionless Data Package 1)."""
    title = both(f"{city()}政务诚信开放数据", f"Open data of government integrity, {city()}")
    resources = []
    for table, one in zip(tables, sets, strict=True):
        resources.append(
            {
                "name": table.name,
                "title": in_both(table.title),
                "description": in_both(table.about),
                "profile": "tabular-data-resource",
                **_file(one.csv, "csv", "text/csv"),
                "encoding": "utf-8",
                "rows": one.rows,
                "schema": frictionless(table),
            }
        )
        resources.append(
            {
                "name": f"{table.name}-parquet",
                "title": f"{in_both(table.title)} (Parquet)",
                "type": "file",
                **_file(one.parquet, "parquet", "application/vnd.apache.parquet"),
            }
        )
    resources.append(
        {
            "name": "entities",
            "title": "FollowTheMoney",
            "type": "file",
            **_file(entities, "ndjson", "application/x-ndjson"),
        }
    )
    return {
        "profile": "data-package",
        "name": f"jiannuo-opendata{'-trial' if settings.TRIAL else ''}",
        "id": settings.ORIGIN,
        "title": in_both(title),
        "titles": {"zh": title.zh, "en": title.en},
        "description": in_both(_WARNING),
        "version": day.isoformat(),
        "created": timezone.localtime(made).isoformat(timespec="seconds"),
        "licenses": [licence()],
        "contributors": [{"title": city() or settings.ORIGIN, "role": "publisher"}],
        "sources": [{"title": both("公共账本", "public log").zh + f" {settings.ORIGIN}", "path": "checkpoint"}],
        "keywords": ["政务诚信", "government integrity", city()],
        "digest": f"sha256:{digest}",
        "resources": resources,
    }


def _file(file: File, form: str, media: str) -> dict[str, Any]:
    return {
        "path": file.path,
        "format": form,
        "mediatype": media,
        "bytes": file.size,
        "hash": f"sha256:{file.digest}",
    }


_WARNING = both(
    "只含当天依法公开的事实。带“公示至”的行从那一天起须删除；撤下的内容见撤下清单。",
    "Only what is public by law on the day. Delete each row from its day in valid_until on, and what the list of "
    "withdrawn entries names.",
)


def dictionary(tables: Sequence[Table]) -> str:
    """Every column of every table, in Markdown."""
    out = ["# 数据字典 Dictionary\n"]
    for table in tables:
        out += [f"## {table.name} · {in_both(table.title)}\n", f"{table.about.zh}\n\n{table.about.en}\n"]
        out += ["| 列 column | 名称 title | 类型 type | 说明 meaning |", "|---|---|---|---|"]
        out += [
            f"| `{column.name}` | {_cell(in_both(column.title))} | {in_both(KINDS[column.kind])} "
            f"| {_cell(column.about.zh)}<br>{_cell(column.about.en)} |"
            for column in table.columns
        ]
        for column in table.columns:
            out += _codes(column)
        out.append("")
    return "\n".join(out)


def _codes(column: Column) -> list[str]:
    if column.codes is None:
        return []
    rows = [f"| `{_cell(key)}` | {_cell(title.zh)} | {_cell(title.en)} |" for key, title in column.codes().items()]
    return [f"\n`{column.name}`:\n", "| 代码 code | 中文 | English |", "|---|---|---|", *rows]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _readme(tables: Sequence[Table], sets: Sequence[Set], day: date, digest: str) -> str:
    rows = "\n".join(
        f"| {_cell(in_both(table.title))} | {one.rows} | `{one.csv.path}` | `{one.parquet.path}` |"
        for table, one in zip(tables, sets, strict=True)
    )
    return f"""# {city()}政务诚信开放数据 · {day.isoformat()}

{_WARNING.zh}

- 每行带有账本名称、卷号和条目号：到门户取得该条目的证明，用 `jiannuo verify` 核验，不必信任本平台。
- `checkpoint` 是制作时账本的签名状态；本包摘要 `sha256:{digest}` 也登记在账本中。
- 用 `frictionless validate datapackage.json` 检查完整性；各列说明见 `dictionary.md`。
- CSV 为 UTF-8（带 BOM），Excel 可直接打开。以 = + - @ 开头的文字前加了一个撇号，以免被当作公式；Parquet 中没有。
- 不含任何人的姓名：职务可见，任职者不可见。
- 授权：{licence()["title"]}

# Open data of government integrity, {city()} · {day.isoformat()}

{_WARNING.en}

- Each row names log, epoch and leaf: get the proof of that entry from the portal and check it with `jiannuo verify`,
  without trusting this platform.
- `checkpoint` is the signed state of the log when this was made; the digest `sha256:{digest}` of this package stands in
  the log too.
- `frictionless validate datapackage.json` checks that it is whole; `dictionary.md` explains each column.
- CSV is UTF-8 with a byte-order mark, so that Excel opens it right. Text that begins with = + - @ has an apostrophe
  before it, lest it be taken for a formula; in Parquet it has none.
- No person is named: posts are, their holders are not.
- Terms: {licence()["title"]}

| | 行 rows | CSV | Parquet |
|---|---|---|---|
{rows}
"""
