"""A value as a person types it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..describing import Column
from ..rows import said


def text(column: Column, value: Any) -> str:
    """2026-11-02, 1234.50, 是; a code is its key, a thing that was looked up its own words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return said(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
