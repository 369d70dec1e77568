"""A table as others describe tables: Frictionless Table Schema, JSON Schema of an API row."""

from __future__ import annotations

from typing import Any

from jiannuo.rules.schema import Text

from .columns import parsed
from .describing import Column, Kind, Table
from .uscc import ALPHABET
from .values import numbers, words
from .writing.saying import text

_TYPES = {Kind.DAY: "date", Kind.AMOUNT: "number", Kind.WHOLE: "integer", Kind.YES_NO: "boolean"}
_DIGITS = "^[0-9]+$"
_USCC = f"^[{ALPHABET}]{{18}}$"


def in_both(text: Text) -> str:
    """For formats that know one language: Chinese first."""
    return text.zh if text.zh == text.en else f"{text.zh} / {text.en}"


def frictionless(table: Table) -> dict[str, Any]:
    """Frictionless Table Schema (v1) of the data as published: columns' names as heads, codes as keys.

    `title` and `description` hold both languages; `titles` and `descriptions` hold them apart, and `codes` the titles
    of the codes: properties of ours, which the specification allows.
    """
    fields = [_field(column) for column in table.columns]
    return {
        "title": in_both(table.title),
        "description": in_both(table.about),
        "titles": _apart(table.title),
        "fields": fields,
        "primaryKey": list(table.key),
        "missingValues": [""],
    }


def _apart(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.kind, "string"),
        "title": in_both(column.title),
        "description": in_both(column.about),
        "titles": _apart(column.title),
        "descriptions": _apart(column.about),
    }
    if column.example:
        field["example"] = column.example
    if column.kind is Kind.YES_NO:
        field |= {"trueValues": ["是", "true"], "falseValues": ["否", "false"]}
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.kind is Kind.DIGITS:
        constraints["pattern"] = _DIGITS
    if column.kind is Kind.USCC and column.strict:
        constraints["pattern"] = _USCC
    if column.kind in (Kind.TEXT, Kind.LONG, Kind.NAME, Kind.DIGITS):
        constraints["maxLength"] = words.most(column)
    if column.kind is Kind.CODE and column.codes:
        codes = column.codes()
        constraints["enum"] = list(codes)
        field["codes"] = {key: _apart(title) for key, title in codes.items()}
    return field | ({"constraints": constraints} if constraints else {})


def json_schema(table: Table) -> dict[str, Any]:
    """JSON Schema (2020-12) of one row as the API takes it.

    It says how a row is best written. The check takes more (titles of codes, days in other shapes); whatever this
    schema allows in form the check takes or refuses with a reason.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": in_both(table.title),
        "description": in_both(table.about),
        "properties": {column.name: _property(column) for column in table.columns},
        "required": [column.name for column in table.columns if column.required],
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, Any]:
    kinds: dict[Kind, dict[str, Any]] = {
        Kind.DAY: {"type": "string", "format": "date"},
        # As text, so that no reader's binary number touches it.
        Kind.AMOUNT: {"type": "string", "pattern": r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$"},
        Kind.WHOLE: {"type": "integer", "minimum": -numbers.MOST_WHOLE + 1, "maximum": numbers.MOST_WHOLE - 1},
        Kind.YES_NO: {"type": "boolean"},
        Kind.DIGITS: {"type": "string", "pattern": _DIGITS, "maxLength": words.most(column)},
        Kind.USCC: {"type": "string", "pattern": _USCC} if column.strict else {"type": "string", "maxLength": 18},
    }
    plain: dict[str, Any] = {"type": "string", "maxLength": words.most(column)}
    described = kinds.get(column.kind, plain)
    if column.kind is Kind.CODE and column.codes:
        codes = column.codes()
        described = {"type": "string", "enum": list(codes)}
        told = "；".join(f"{key} {in_both(title)}" for key, title in codes.items())
        about = f"{in_both(column.about)}\n{told}"
    else:
        about = in_both(column.about)
    if column.required and described["type"] == "string" and "enum" not in described:
        described = {"minLength": 1, **described}
    if not column.required:
        described = {**described, "type": [described["type"], "null"]}
        if "enum" in described:
            described["enum"] = [*described["enum"], None]
    examples = {"examples": [_example(column)]} if column.example else {}
    return {**described, "title": in_both(column.title), "description": about, **examples}


def _example(column: Column) -> Any:
    """The example as the API would take it."""
    value = parsed(column, [column.example])[0][0]
    return value if isinstance(value, bool | int) else text(column, value) or column.example
