"""A value as a person types it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..describing import Column, Kind
from ..rows import said

# Kinds whose text cannot be a formula: they hold what we wrote, not what somebody typed.
SAFE = {Kind.DAY, Kind.AMOUNT, Kind.WHOLE, Kind.YES_NO}
# What a spreadsheet may take for a formula when it opens text, half- and full-width; apostrophes that stand before.
_RISKY = re.compile(r"'*\s*[=+\-@＝＋－＠\t\r]")
_FIRST = set("'=+-@＝＋－＠")


def text(column: Column, value: Any) -> str:
    """2026-11-02, 1234.50, 是; a code is its key, a thing that was looked up its own words.

    What is read back from it is the value.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return said(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def shielded(column: Column, value: Any) -> str:
    """The same for a file of bare text, where a spreadsheet would take =1+1 for a formula: with an apostrophe before.

    The reader takes one apostrophe away where it shields something.
    """
    words = text(column, value)
    return f"'{words}" if words and column.kind not in SAFE and _RISKY.match(words) else words


def risky(texts: Sequence[str]) -> bool:
    """Whether any of these may need its shield: asked once for many, and answered by how they begin."""
    return any(first in _FIRST or first.isspace() for first in {text[:1] for text in texts})
