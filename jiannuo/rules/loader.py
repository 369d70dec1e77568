"""Reading the rulebook: YAML without its traps, checked against the schema, a city's directory laid over the base."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from . import calendar as days
from .calendar import Calendar
from .schema import (
    CalendarFile,
    Exception_,
    Instrument,
    Label,
    Naming,
    Principle,
    Remedy,
    Rule,
    SeverityClass,
    Source,
    Status,
    Strict,
    TermRow,
)
from .terms import NoValue, Term


class BadRulebook(Exception):
    """What is wrong in the rulebook, one line each, with file, line and key."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(problems))


class _Loader(yaml.SafeLoader):
    """YAML in which `on` is a word and 010 a text; a key may stand once."""


# YAML 1.1 reads on/yes as booleans, 010 as 8 and 1.10 as 1.1: keep true/false, whole numbers and dates only.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])

LINE = "__line__"


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} is not a text: quote it", key_node.start_mark
            )
        if key in out:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", key_node.start_mark)
        out[key] = loader.construct_object(value_node, deep=True)
        if isinstance(out[key], dict):
            out[key][LINE] = key_node.start_mark.line + 1
    return out


def _day(loader: _Loader, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise yaml.constructor.ConstructorError(
            None, None, f"{node.value} is no day: {error}", node.start_mark
        ) from error


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)

Row = TypeVar("Row", bound=Strict)
GROUPS: dict[str, type[Strict]] = {
    "instruments": Instrument,
    "principles": Principle,
    "terms": TermRow,
    "sources": Source,
    "classes": SeverityClass,
    "exceptions": Exception_,
    "remedies": Remedy,
    "labels": Label,
    "naming": Naming,
}


@dataclass(frozen=True)
class Listed:
    """A rule as the public page lists it."""

    group: str
    key: str
    rule: Rule


@dataclass(frozen=True)
class Rulebook:
    """All that the law says to us, with how sure we are. `digest` names this edition.

    `places` says where each rule stands: (group, key) → "terms/records.yaml:12", inside rulebook/.
    """

    instruments: Mapping[str, Instrument]
    principles: Mapping[str, Principle]
    terms: Mapping[str, Term]
    sources: Mapping[str, Source]
    classes: Mapping[str, SeverityClass]
    exceptions: Mapping[str, Exception_]
    remedies: Mapping[str, Remedy]
    labels: Mapping[str, Label]
    naming: Mapping[str, Naming]
    calendar: Calendar
    digest: str
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def rules(self) -> Iterator[Listed]:
        """Every rule, group by group, in the order of the files."""
        for key, term in self.terms.items():
            yield Listed("terms", key, term.row)
        groups: dict[str, Mapping[str, Rule]] = {
            "principles": self.principles,
            "sources": self.sources,
            "classes": self.classes,
            "exceptions": self.exceptions,
            "remedies": self.remedies,
            "naming": self.naming,
        }
        for group, rows in groups.items():
            for key, rule in rows.items():
                yield Listed(group, key, rule)

    def severity(self, loss: Decimal | None, impact: str) -> str:
        """The gravest class that this loss (yuan) or impact reaches: a proposal of the machine, decided by a person."""
        reached = ""
        for key, row in self.classes.items():
            by_loss = row.loss_from is not None and loss is not None and loss >= row.loss_from
            if by_loss or impact in row.impacts:
                reached = key
        return reached or next(iter(self.classes))

    def remedy(self, body_kind: str) -> Remedy | None:
        return next((row for row in self.remedies.values() if body_kind in row.subjects), None)


def load(base: Path, overlays: Sequence[Path] = ()) -> Rulebook:
    """Read and check a rulebook. Raises BadRulebook with every problem found."""
    problems: list[str] = []
    raw: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
    calendars: list[CalendarFile] = []
    for place, folder in enumerate((base, *overlays)):
        if not folder.is_dir():
            problems.append(f"{folder}: there is no such folder")
            continue
        for file in sorted(folder.rglob("*.yaml")):
            if place == 0 and "cities" in file.relative_to(base).parts:
                continue
            name = str(file.relative_to(base if file.is_relative_to(base) else folder))
            _read(file, folder, name, place > 0, raw, calendars, problems)
    rows = {group: _checked(group, raw[group], problems) for group in GROUPS}
    calendar = days.overlay((c.holidays, c.workdays, c.published) for c in calendars)
    terms = {key: Term(key, row, calendar) for key, row in rows["terms"].items() if isinstance(row, TermRow)}
    problems += _citations(rows)
    problems += _links(rows)
    problems += examples(terms)
    if problems:
        raise BadRulebook(problems)
    plain = {group: {key: row.model_dump(mode="json") for key, row in sorted(rows[group].items())} for group in rows}
    plain["calendar"] = {str(n): c.model_dump(mode="json") for n, c in enumerate(calendars)}
    digest = hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    named: dict[str, Any] = {**rows, "terms": terms}
    places = {(group, key): f"{row['__file__']}:{row[LINE]}" for group in raw for key, row in raw[group].items()}
    return Rulebook(calendar=calendar, digest=digest, places=places, **named)


def _read(
    file: Path,
    folder: Path,
    name: str,
    is_overlay: bool,
    raw: dict[str, dict[str, Any]],
    calendars: list[CalendarFile],
    problems: list[str],
) -> None:
    group = file.relative_to(folder).parts[0].removesuffix(".yaml")
    try:
        content = yaml.load(file.read_text("utf-8"), Loader=_Loader)  # noqa: S506  (a SafeLoader with fewer types)
    except yaml.YAMLError as error:
        problems.append(f"{name}: {' '.join(str(error).split())}")
        return
    if not isinstance(content, dict):
        problems.append(f"{name}: expected keys at the top, found {type(content).__name__}")
        return
    if group == "calendar":
        content.pop(LINE, None)
        try:
            calendars.append(CalendarFile.model_validate(content))
        except ValidationError as error:
            problems.extend(f"{name}: {line}" for line in _lines(error))
        return
    if group not in raw:
        problems.append(f"{name}: no such group of rules; there are {', '.join(GROUPS)} and calendar")
        return
    for key, row in content.items():
        if key in raw[group] and not is_overlay:
            problems.append(f"{name}: the key {key!r} stands in {raw[group][key]['__file__']} already")
            continue
        if not isinstance(row, dict):
            problems.append(f"{name}: {key}: expected fields, found {type(row).__name__}")
            continue
        if is_overlay and key in raw[group] and not row.get("overrides"):
            problems.append(f"{name}: {key}: replaces a rule of the base; say why in `overrides:`")
        raw[group][key] = {**row, "__file__": name}


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strip(item) for key, item in value.items() if key not in (LINE, "__file__")}
    return [_strip(item) for item in value] if isinstance(value, list) else value


def _checked(group: str, raw: dict[str, Any], problems: list[str]) -> dict[str, Any]:
    rows = {}
    for key, row in raw.items():
        try:
            rows[key] = GROUPS[group].model_validate(_strip(row))
        except ValidationError as error:
            where = f"{row.get('__file__')}, line {row.get(LINE, '?')}, {key}"
            problems.extend(f"{where}: {line}" for line in _lines(error))
    return rows


def _lines(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(map(str, one['loc'])) or 'as a whole'}: {one['msg']} (found {one['input']!r})"[:400]
        for one in error.errors()
    ]


def _citations(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    known = rows["instruments"]
    problems = []
    for group, members in rows.items():
        for key, row in members.items():
            cites = list(getattr(row, "cite", ()))
            for value in getattr(row, "values", ()):
                cites += value.cite
            problems += [
                f"{group}.{key}: cites {c.instrument!r}, which is not among the instruments"
                for c in cites
                if c.instrument not in known
            ]
    return problems


def _links(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Keys that one rule names of another must exist."""
    wanted = [(f"classes.{k}", t) for k, r in rows["classes"].items() for t in (r.min_term, r.max_term) if t]
    wanted += [(f"exceptions.{k}", r.recheck) for k, r in rows["exceptions"].items() if r.recheck]
    return [
        f"{who}: names the term {term!r}, which does not exist" for who, term in wanted if term not in rows["terms"]
    ]


def examples(terms: Mapping[str, Term]) -> list[str]:
    """What the worked examples get wrong, one line each."""
    problems = []
    for key, term in terms.items():
        for example in term.row.examples:
            try:
                got: date | str = term.deadline(example.start).last_day
            except NoValue as error:
                got = str(error)
            if got != example.last_day:
                problems.append(
                    f"terms.{key}: the example from {example.start} says {example.last_day}, counting gives {got}"
                )
    return problems


__all__ = ["BadRulebook", "Rulebook", "Status", "load"]
