"""The log's keys: private ones in files outside the database and its backups, the public ones in a list beside it.

A rotation: `jiannuo log next-key` makes the next key and announces it in the log (entry `key.next`); from then on both
sign; `jiannuo log switch-key` lets the next one sign alone (entry `key.switched`). What the old one signed stays valid.
"""

from __future__ import annotations

import base64
import os
import stat
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiannuo.tlog import note

from .withdrawn import append_durably


class KeyProblem(Exception):
    """A key is missing, readable by others, or not fit for this log."""


def key_file() -> Path:
    return Path(settings.LOG_KEY_FILE)


def next_file() -> Path:
    """Where the next key waits during a rotation."""
    return key_file().with_name(key_file().name + ".next")


def signers(origin: str, *, last: str = "") -> list[note.Ed25519Signer]:
    """The keys that sign for this origin: the present one, and during a rotation the next one after it.

    last    the newest checkpoint of this origin, if there is one
    A trial makes its own key. In production the key must exist, with mode 0600, and an origin that ends in /trial is
    refused. Each key is in the public list before it signs. A key that is not in it, where others are, was never
    announced and is refused: whoever exchanges the file must not go on unseen under the same origin.
    """
    is_trial = "/trial" in origin
    if not settings.TRIAL and is_trial:
        raise KeyProblem(f"{origin} is the origin of a trial; set JIANNUO_ORIGIN")
    if not key_file().exists():
        if not settings.TRIAL:
            raise KeyProblem(f"there is no key at {key_file()}; make one with: jiannuo log make-key")
        make_key(key_file())
    present = _signer(origin, read_key(key_file()))
    known = public_keys(origin)
    if present.verifier not in known:
        if known or (last and not _signed(last, present.verifier)):
            raise KeyProblem(
                f"{key_file()} is not a key that {origin} was signed with; put the right one back, rotate it with "
                "`jiannuo log next-key`, or, if it is lost, begin a new epoch"
            )
        _list(present.verifier)
    out = [present]
    if next_file().exists():
        following = _signer(origin, read_key(next_file()))
        if following.verifier not in known:
            _list(following.verifier)
        out.append(following)
    return out


def public_keys(origin: str | None = None) -> list[note.Verifier]:
    """Every key that the log, or one origin of it, was ever signed with, oldest first. Needs no private key."""
    path = _public_file()
    if not path.exists():
        return []
    out = []
    for line in path.read_text("utf-8", errors="replace").split("\n"):
        try:
            verifier = _verifier(line)
        except note.NoteError:
            continue  # a line torn by a power cut; the key had not signed yet
        if origin in (None, verifier.name):
            out.append(verifier)
    return out


def signed_by(text: str) -> list[note.Verifier]:
    """The listed keys that a checkpoint carries signatures of, in their order: the present one is the first."""
    _body, signatures = note.split(text)
    known = {(verifier.name, verifier.key_id): verifier for verifier in public_keys()}
    found = [known.get((name, blob[:4])) for name, blob in signatures]
    return [verifier for verifier in found if verifier is not None]


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


def _public_file() -> Path:
    return Path(settings.LOG_DIR) / "keys"


# The files are read anew each time, so that an exchanged key is noticed; what follows from their contents is kept.
_signer = lru_cache(maxsize=8)(note.Ed25519Signer.from_seed)
_verifier = lru_cache(maxsize=256)(note.Verifier.parse)


def _list(verifier: note.Verifier) -> None:
    append_durably(_public_file(), f"{verifier}\n")


def _signed(text: str, verifier: note.Verifier) -> bool:
    try:
        note.open_note(text, [verifier])
    except note.NoteError:
        return False
    return True
