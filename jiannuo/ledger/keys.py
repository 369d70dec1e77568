"""The log's keys: files outside the database and its backups, readable by the owner alone."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

from django.conf import settings

from jiannuo.tlog import note


class KeyProblem(Exception):
    """The key is missing, readable by others, or not fit for this log."""


def signer(origin: str) -> note.Ed25519Signer:
    """The key that signs for this origin.

    A trial makes its own. In production the key must exist, with mode 0600, and an origin that ends in /trial is refused.
    """
    path = settings.LOG_KEY_FILE
    is_trial = "/trial" in origin
    if not settings.TRIAL and is_trial:
        raise KeyProblem(f"{origin} is the origin of a trial; set JIANNUO_ORIGIN")
    if not path.exists():
        if not settings.TRIAL:
            raise KeyProblem(f"there is no key at {path}; make one with: jiannuo log make-key")
        make_key(path)
    return note.Ed25519Signer.from_seed(origin, read_key(path))


def make_key(path: Path) -> None:
    """Write a new private key, and refuse to write over one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(note.Ed25519Signer.generate("new").seed) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """The 32 bytes of a private key. Raises KeyProblem when others may read it or it is no key."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeyProblem(f"{path} may be read by others (mode {mode:o}); set it to 600")
    try:
        seed = base64.b64decode(path.read_bytes().strip(), validate=True)
    except ValueError:
        seed = b""
    if len(seed) != 32:
        raise KeyProblem(f"{path} does not hold a key of this log")
    return seed
