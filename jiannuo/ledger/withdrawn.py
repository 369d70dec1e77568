"""The list of what was withdrawn, in a file beside the database, replayed after any restore."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Line:
    """One subject that was withdrawn: a number, its leaves, the day, and the legal basis."""

    subject: str
    leaves: tuple[int, ...]
    on: date
    basis: str


def path() -> Path:
    return Path(settings.LOG_DIR) / "withdrawn.jsonl"


def add(lines: Sequence[Line]) -> None:
    """Append to the list and wait until it is on the disk."""
    text = "".join(
        json.dumps({**asdict(line), "on": line.on.isoformat()}, ensure_ascii=False, sort_keys=True) + "\n"
        for line in lines
    )
    append_durably(path(), text)


def read() -> list[Line]:
    """All lines, oldest first. A line torn by a power cut was never acted on and is passed over."""
    if not path().exists():
        return []
    lines = []
    for text in path().read_text("utf-8", errors="replace").split("\n"):
        try:
            row = json.loads(text)
        except ValueError:
            continue
        lines.append(Line(row["subject"], tuple(row["leaves"]), date.fromisoformat(row["on"]), row["basis"]))
    return lines


def append_durably(file: Path, text: str) -> None:
    """Append and fsync, the folder too when the file is new."""
    is_new = not file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as handle:
        if not is_new and handle.tell():
            with file.open("rb") as reader:
                reader.seek(-1, os.SEEK_END)
                if reader.read(1) != b"\n":
                    handle.write(b"\n")  # a torn last line must not swallow the next
        handle.write(text.encode("utf-8"))
        handle.flush()
        os.fsync(handle.fileno())
    if is_new:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
