"""A table as others describe tables: Frictionless Table Schema, JSON Schema of an API row."""

from __future__ import annotations

from typing import Any

from .describing import Column, Kind, Table

_FRICTIONLESS = {Kind.DAY: "date", Kind.AMOUNT: "number", Kind.WHOLE: "integer", Kind.YES_NO: "boolean"}


def frictionless(table: Table) -> dict[str, Any]:
    """Frictionless Table Schema, with titles and descriptions in both languages."""
    return {"fields": [_field(column) for column in table.columns], "primaryKey": list(table.key)}


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.most:
        constraints["maxLength"] = column.most
    if column.codes:
        constraints["enum"] = list(column.codes())
    return {
        "name": column.name,
        "type": _FRICTIONLESS.get(column.kind, "string"),
        "title": f"{column.title.zh} / {column.title.en}",
        "description": f"{column.about.zh} / {column.about.en}",
        **({"constraints": constraints} if constraints else {}),
    }


def json_schema(table: Table) -> dict[str, Any]:
    """JSON Schema (2020-12) of one row as the API takes it."""
    return {
        "type": "object",
        "title": f"{table.title.zh} / {table.title.en}",
        "properties": {
            column.name: {"type": "string", "title": f"{column.title.zh} / {column.title.en}"}
            for column in table.columns
        },
        "required": [column.name for column in table.columns if column.required],
        "additionalProperties": False,
    }
