"""Files that were handed in: written as they come, under random names, so that a name tells nothing.

A file that is still coming bears the ending .part; only when it is whole and on the disk does it get its name, and only
then is there a batch. What a broken connection or a killed process left behind, nobody knows of: the sweep removes it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.refused import Refused

PART = ".part"
ZIP, WORKBOOK = b"PK\x03\x04", ".xlsx"  # what writes comments into a workbook wants to see this ending
PIECE = 1 << 20  # bytes read at once
DAY = 24 * 3600  # seconds

# A file: its bytes, where it lies, or its pieces as they come.
Data = bytes | Path | Iterable[bytes]


@dataclass(frozen=True)
class Stored:
    """name under our folder; SHA-256 in hex; size in bytes."""

    name: str
    digest: str
    size: int


def folder() -> Path:
    return Path(settings.EXCHANGE_DIR) / "batches"


def path_of(name: str) -> Path:
    return folder() / name


def keep(data: Data) -> Stored:
    """Write a file piece by piece, durably. Raises Refused for an empty or too large one, and leaves nothing then."""
    most = settings.EXCHANGE_MAX_BYTES
    name = secrets.token_hex(16)
    part = path_of(name + PART)
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size, start = hashlib.sha256(), 0, b""
    try:
        with part.open("xb") as file:
            for piece in _pieces(data):
                size += len(piece)
                if size > most:
                    raise too_large(most)
                start = start or piece[: len(ZIP)]
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            raise Refused(
                "exchange.empty_file",
                _("The file is empty."),
                field="file",
                found=_("0 bytes"),
                allowed=_("Save it once more, and hand in the file that was saved."),
            )
        name += WORKBOOK if start == ZIP else ""
        part.rename(path_of(name))
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder()
    return Stored(name, digest.hexdigest(), size)


def again(name: str) -> str:
    """The same file under another name: each of two batches then keeps and loses its own."""
    other = secrets.token_hex(16) + path_of(name).suffix
    os.link(path_of(name), path_of(other))
    _sync_folder()
    return other


def remove(name: str) -> None:
    path_of(name).unlink(missing_ok=True)


def strangers(known: Collection[str]) -> Iterator[Path]:
    """Files of more than a day ago that no batch names: uploads that broke off."""
    for file in folder().glob("*"):
        if file.name not in known and time.time() - file.stat().st_mtime > DAY:
            yield file


def too_large(most: int) -> Refused:
    return Refused(
        "exchange.too_large",
        _("The file is too large."),
        field="file",
        allowed=_("At most %(size)s MB: hand it in as several files.") % {"size": most // 1_000_000},
    )


def _pieces(data: Data) -> Iterable[bytes]:
    if isinstance(data, bytes):
        return [data]
    return _read(data) if isinstance(data, Path) else data


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _sync_folder() -> None:
    handle = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
