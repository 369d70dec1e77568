"""Real data that may lie beside the checkout; a stranger's machine does not have it."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def shared(path: str) -> Path:
    """The file or folder, or a skip that says what is missing."""
    found = FOLDER / path
    if not found.exists():
        pytest.skip(f"no real data beside the checkout: shared/data/{path}")
    return found
