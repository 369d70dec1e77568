"""Every SELECT of a scheme, run and held against what it may answer: known units, once each, exact numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from jiannuo.rules.schema import Text

from .engines import Engine, Failed, TooLong
from .exact.numbers import Column
from .faults import Fault, Refused, both
from .guard import bind
from .loading import selects
from .scheme import Scheme
from .source import Key

SHOWN = 5  # units that a fault names


@dataclass(frozen=True)
class Unit:
    """Who is scored; `code` is its key in every table."""

    code: str
    title: str
    peer_group: str = ""


@dataclass(frozen=True)
class Cell:
    """What a measure gave for one unit. denominator and n are None where the SELECT has no such column."""

    numerator: Decimal
    denominator: Decimal | None = None
    n: int | None = None


@dataclass(frozen=True)
class Measured:
    """Everything the engine said, exact; columns in the order of the units, units by code."""

    units: Sequence[Unit]
    cells: Mapping[str, Sequence[Cell | None]]
    denominators: Mapping[str, Column]
    adjustments: Mapping[str, Column]
    caps: Mapping[str, Column]


def measure(scheme: Scheme, engine: Engine) -> Measured:
    """Run the scheme's SELECTs. Raises Refused with every fault found."""
    reader = _Reader(scheme, engine)
    rows = {path: reader.rows(path, text) for path, text in selects(scheme)}
    units = list(reader.units(rows["units", "select"])) if not reader.faults else []
    places = {unit.code: place for place, unit in enumerate(units)}
    columns = {path: reader.column(path, found, places) for path, found in rows.items() if path[0] != "units" and units}
    if reader.faults:
        raise Refused(reader.faults)

    def of(group: str) -> dict[str, Sequence[Cell | None]]:
        return {key: columns[group, key, "select"] for key in getattr(scheme, group)}

    def numbers(group: str) -> dict[str, Column]:
        return {key: [cell.numerator if cell else None for cell in cells] for key, cells in of(group).items()}

    return Measured(units, of("indicators"), numbers("denominators"), numbers("adjustments"), numbers("caps"))


class _Reader:
    """Collects faults, so that all of them are told at once."""

    def __init__(self, scheme: Scheme, engine: Engine) -> None:
        self.scheme, self.engine = scheme, engine
        self.faults: list[Fault] = []

    def fault(self, code: str, path: Key, zh: str, en: str, found: object = "", allowed: Text | None = None) -> None:
        key = ".".join(map(str, path))
        self.faults.append(Fault(f"measure.{code}", both(zh, en), key, found=str(found)[:300], allowed=allowed))

    def rows(self, path: Key, text: str) -> list[dict[str, Any]]:
        unbound = bind(text, self.engine.tables)
        if unbound:
            key = ".".join(map(str, path))
            self.faults += [replace(one, key=key) for one in unbound]
            return []
        try:
            return self.engine.run(text)
        except TooLong as error:
            self.fault("too_long", path, "查询超时，已中止", "The SELECT took too long and was stopped", error)
        except Failed as error:
            self.fault("failed", path, "引擎不能回答", "The engine could not answer", error)
        return []

    def units(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Unit]:
        path: Key = ("units", "select")
        codes = [self.code(path, row) for row in rows]
        if not rows:
            self.fault("no_units", path, "没有任何单位", "There are no units")
        if twice := _twice(codes):
            self.fault("twice", path, "单位重复", "Units stand twice", _some(twice))
        for code, row in sorted(zip(codes, rows, strict=True), key=lambda pair: pair[0]):
            yield Unit(code, str(row.get("title") or code), str(row.get("peer_group") or ""))

    def code(self, path: Key, row: Mapping[str, Any]) -> str:
        unit = row["unit"]
        if not isinstance(unit, str) or not unit.strip():
            found = repr(unit)
            if isinstance(unit, int) and not isinstance(unit, bool):
                return str(unit)
            allowed = both("文字或整数", "a text or a whole number")
            self.fault("unit", path, "单位为空或不是文字", "A unit is NULL, empty or no text", found, allowed)
            return found
        return unit

    def column(self, path: Key, rows: Sequence[Mapping[str, Any]], places: Mapping[str, int]) -> list[Cell | None]:
        codes = [self.code(path, row) for row in rows]
        if unknown := [code for code in codes if code not in places]:
            self.fault("unknown", path, "有不在单位名单中的单位", "Units that are not among the units", _some(unknown))
        if twice := _twice(codes):
            allowed = both("GROUP BY 单位", "GROUP BY the unit")
            self.fault("twice", path, "单位重复", "Units stand twice", _some(twice), allowed)
        out: list[Cell | None] = [None] * len(places)
        before = len(self.faults)
        for code, row in zip(codes, rows, strict=True):
            cell = self.cell(path, code, row)
            if len(self.faults) > before:
                break
            if code in places:
                out[places[code]] = cell
        return out

    def cell(self, path: Key, code: str, row: Mapping[str, Any]) -> Cell | None:
        found = {name: self.number(path, code, name, row[name]) for name in row if name != "unit"}
        numerator = found["numerator"]
        if numerator is None:
            return None
        n = found.get("n")
        if n is not None and (n != n.to_integral_value() or n < 0):
            self.fault("n", path, "n 应为件数", "n is a count", f"{code}: {n}")
        denominator = found.get("denominator")
        if denominator is not None and denominator < 0:
            self.fault("denominator", path, "分母为负", "A denominator is negative", f"{code}: {denominator}")
        return Cell(numerator, denominator, None if n is None else int(n))

    def number(self, path: Key, code: str, name: str, value: Any) -> Decimal | None:
        if isinstance(value, Decimal) and value.is_finite():
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        place = f"{code}: {name} = {value!r}"
        if value is None:
            allowed = both("没有数的单位不要给出行", "leave out units without a figure: WHERE … IS NOT NULL")
            self.fault("null", path, "数为空（NULL）", "A figure is NULL", place, allowed)
        elif isinstance(value, float):
            allowed = both("CAST(… AS DECIMAL(38, 10)) 后求和", "sum CAST(… AS DECIMAL(38, 10))")
            self.fault("inexact", path, "浮点数不精确", "A floating-point number is not exact", place, allowed)
        else:
            self.fault("number", path, "不是数", "This is not a number", place)
        return None


def _twice(codes: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    return [code for code in codes if code in seen or seen.add(code)]  # type: ignore[func-returns-value]


def _some(codes: Sequence[str]) -> str:
    named = "、".join(dict.fromkeys(codes[:SHOWN]))
    return named if len(codes) <= SHOWN else f"{named} … ({len(codes)})"
