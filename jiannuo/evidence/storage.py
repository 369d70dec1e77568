"""Files of documents: under random names, so that equal files are separate and a name tells nothing."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

# What the first bytes of an allowed file look like; names and claimed types are not believed.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument"),
)
MAX_SIZE = 20 * 1024 * 1024


def sniff(data: bytes) -> str | None:
    """The media type by content: PDF, PNG, JPEG, an Office file, or plain UTF-8 text; None for everything else."""
    for start, media_type in SIGNATURES:
        if data.startswith(start):
            return media_type
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "text/plain" if not any(ord(char) < 32 and char not in "\r\n\t" for char in text) else None


def keep(data: bytes, folder: str = "") -> str:
    """Write a file durably; returns its path below EVIDENCE_DIR."""
    name = secrets.token_hex(16)
    relative = Path(folder) / name[:2] / name[2:]
    place = Path(settings.EVIDENCE_DIR) / relative
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with place.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return str(relative)


def read(path: str) -> bytes:
    return (Path(settings.EVIDENCE_DIR) / path).read_bytes()


def remove(path: str) -> None:
    (Path(settings.EVIDENCE_DIR) / path).unlink(missing_ok=True)
