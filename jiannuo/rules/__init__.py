"""What the law says: loads and checks rulebook/, the working-day calendar, terms and clocks. Pure: no tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .loader import BadRulebook, Rulebook, load

_paths: tuple[Path, tuple[Path, ...]] = (Path(__file__).resolve().parent.parent.parent / "rulebook", ())
_book: Rulebook | None = None


def configure(base: Path, overlays: Sequence[Path] = ()) -> None:
    """Say where the rulebook lies; the settings do so once at start-up."""
    global _paths, _book
    _paths, _book = (base, tuple(overlays)), None


def book() -> Rulebook:
    """The rulebook in force, read once."""
    global _book
    if _book is None:
        _book = load(*_paths)
    return _book


__all__ = ["BadRulebook", "Rulebook", "book", "configure", "load"]
