"""Whether a head fits a table: what it lacks, what it has beside, and the refusals and notes that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from ..describing import Column, Table, both
from ..faults import Fault
from ..folding import fold
from ..layout import FAULTS_HEAD
from ..rows import Cell, said
from ..values import empty, parser
from .cells import letters
from .files import BadFile
from .heads import Head, missing
from .sheets import blank

_NEAR = 60  # of 100: how alike two heads must be to be named together


def expected(table: Table) -> str:
    """Heads of the required columns, or of all if none is required."""
    some = [column for column in table.columns if column.required] or list(table.columns)
    return "、".join(column.title.zh for column in some)


def _expected_en(table: Table) -> str:
    return ", ".join(column.title.en for column in table.columns if column.required) or table.title.en


def nearest(column: Column, texts: Sequence[str]) -> str:
    """The text most like this column's head, or ""."""
    best, score = "", float(_NEAR)
    folded = {fold(text): text for text in texts if 0 < len(text) <= 100}
    for asked in (column.title.zh, column.title.en, column.name):
        found = process.extractOne(fold(asked), list(folded), scorer=fuzz.ratio, score_cutoff=score)
        if found and found[1] >= score:
            best, score = folded[found[0]], found[1]
    return best


def no_head(table: Table, sheets: Mapping[str, Sequence[Sequence[Cell]]], hidden: Sequence[str] = ()) -> BadFile:
    """None of these sheets (name → first rows) has the heads of the table."""
    texts = list(dict.fromkeys(said(cell).strip() for rows in sheets.values() for row in rows for cell in row))
    pairs = [(column, near) for column in table.columns if (near := nearest(column, texts))][:3]
    names = "、".join(f"“{name}”" for name in sheets if name)
    hint = [f"“{near}”是不是“{column.title.zh}”？" for column, near in pairs]
    hint_en = [f"is “{near}” “{column.title.en}”?" for column, near in pairs]
    if hidden:
        hint.append(f"隐藏的工作表 {'、'.join(hidden)} 有这样的表头：取消隐藏后再交")
        hint_en.append(f"the hidden sheet {', '.join(hidden)} has such heads: unhide it and hand the file in again")
    if not hint:
        hint, hint_en = ["下载模板，把数据贴进去再交"], ["download the template, paste the data there and hand it in"]
    return BadFile(
        Fault(
            "tables.no_head",
            both(
                f"找不到“{table.title.zh}”的表头" + (f"：看过工作表 {names}" if names else ""),
                f"No heads of “{table.title.en}” were found" + (f"; sheets looked at: {names}" if names else ""),
            ),
            found="、".join(text for text in texts if text)[:200],
            allowed=both(
                f"一行表头，至少有：{expected(table)}", f"a row of heads with at least: {_expected_en(table)}"
            ),
            hint=both("；".join(hint), "; ".join(hint_en)),
        )
    )


def settle(table: Table, head: Head) -> list[Fault]:
    """Notes about a head that fits. Raises BadFile if required columns are missing or a column stands there twice."""
    faults = []
    spare = list(head.unknown.values())
    for column in missing(table, head):
        if column.name in head.twice:
            continue
        near = nearest(column, spare)
        faults.append(
            Fault(
                "tables.head_missing",
                both(f"缺少必填的列“{column.title.zh}”", f"The required column “{column.title.en}” is missing"),
                column=column.name,
                found="、".join(spare)[:200],
                allowed=both(
                    f"表头写“{column.title.zh}”、“{column.title.en}”或 {column.name}",
                    f"a head “{column.title.zh}”, “{column.title.en}” or {column.name}",
                ),
                hint=both(f"“{near}”是不是这一列？", f"is “{near}” this column?") if near else None,
            )
        )
    for name, places in head.twice.items():
        column, where = table.by_name[name], "、".join(map(letters, places))
        faults.append(
            Fault(
                "tables.head_twice",
                both(f"“{column.title.zh}”有两列：{where}", f"“{column.title.en}” heads two columns: {where}"),
                column=name,
                found=where,
                allowed=both("一列", "one column"),
                hint=both("删去一列，或改它的表头", "delete one, or change its head"),
            )
        )
    if faults:
        raise BadFile(*faults)
    return [_unknown(table, head, place, text) for place, text in head.unknown.items() if text != FAULTS_HEAD]


def _unknown(table: Table, head: Head, place: int, text: str) -> Fault:
    absent = [column for column in table.columns if column.name not in head.places]
    near = next((column for column in absent if nearest(column, [text])), None)
    return Fault(
        "tables.unknown_head",
        both(
            f"{letters(place)} 列“{text[:60]}”不在本表中，没有读",
            f"Column {letters(place)} “{text[:60]}” is none of this table and was not read",
        ),
        found=text[:200],
        hint=both(f"是不是“{near.title.zh}”？", f"is it “{near.title.en}”?") if near else None,
    )


def note(code: str, zh: str, en: str, found: str = "") -> Fault:
    """Something to be known; nothing is refused for it."""
    return Fault(f"tables.{code}", both(zh, en), found=found)


def example_lines(table: Table, head: Head, below: Sequence[Sequence[Cell]]) -> frozenset[int]:
    """Lines of the template's example row, left where it stood: every cell is the column's example."""
    found = set()
    for offset, row in enumerate(below):
        if not blank(row) and all(
            _same(table.by_name[name], row[place] if place < len(row) else None) for name, place in head.places.items()
        ):
            found.add(head.first + offset + 1)
    return frozenset(found)


def _same(column: Column, cell: Cell) -> bool:
    if fold(said(cell)) == fold(column.example):
        return True
    if empty(cell) or not column.example:
        return False
    parse = parser(column)
    value: Any = parse(cell, column)
    return not isinstance(value, Fault) and value == parse(column.example, column)


def example_note(lines: frozenset[int]) -> list[Fault]:
    return [
        note(
            "example_row",
            f"第 {line} 行是模板的示例，没有读",
            f"Line {line} is the template's example and was not read",
        )
        for line in sorted(lines)
    ]


def unheaded(head: Head, below: Sequence[Sequence[Cell]]) -> list[Fault]:
    """Columns that hold something under no head, as far as the first rows show."""
    headed = {*head.places.values(), *head.unknown}
    found = sorted({place for row in below for place, cell in enumerate(row) if not empty(cell)} - headed)
    if not found:
        return []
    where = "、".join(map(letters, found))
    zh, en = f"{where} 列没有表头，没有读", f"Columns without a head were not read: {where}"
    return [note("unheaded", zh, en, where)]
