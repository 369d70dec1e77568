"""What search forgets: everything."""

from collections.abc import Sequence
from datetime import date

from . import actions


def forget(refs: Sequence[str], *, basis: str, on: date, by: str) -> None:
    actions.drop(refs)
