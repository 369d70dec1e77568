"""Changing the log's key, so that nobody who holds the old public key is left without a way to the new one."""

from __future__ import annotations

import os
from datetime import date, datetime

from django.db import transaction

from jiannuo.tlog import note

from . import keys, sequencer
from .actions import Draft, append, public_part
from .models import Entry


def announce(now: datetime, *, on: date) -> note.Verifier:
    """Make the next key and name it in the log; from the next checkpoint on both keys sign.

    A second call changes nothing. Raises LogAhead or KeyProblem, as the sequencer does.
    """
    sequencer.sequence(now)
    origin = _origin()
    if not keys.next_file().exists():
        keys.make_key(keys.next_file())
    present, following = (signer.verifier for signer in keys.signers(origin))
    _once("key.next", following, {"key": str(following), "present": str(present)}, now, on)
    sequencer.sequence(now)
    return following


def switch(now: datetime, *, on: date) -> note.Verifier:
    """Let the next key sign alone. The old private key is written over; its public key stays in the list for good.

    Raises KeyProblem when no next key has been announced and signed with. After a power cut, call it again.
    """
    origin = _origin()
    sequencer.sequence(now)
    if keys.next_file().exists():
        head = sequencer.head()
        following = keys.signers(origin)[1].verifier
        if head is None or following not in keys.signed_by(head.text) or not _named("key.next", following):
            raise keys.KeyProblem("the next key has not signed a checkpoint yet; run `jiannuo log next-key` again")
        os.replace(keys.next_file(), keys.key_file())
    present = keys.signers(origin)[0].verifier
    if not (announced := _named("key.next", present)):
        raise keys.KeyProblem("no next key was announced; do that first, with: jiannuo log next-key")
    _once("key.switched", present, {"key": str(present), "retired": announced["present"]}, now, on)
    sequencer.sequence(now)
    return present


def _origin() -> str:
    head = sequencer.head()
    if head is None:
        raise keys.KeyProblem("the log has not begun, so there is nothing to announce a key in")
    return head.epoch.origin


@transaction.atomic
def _once(verb: str, key: note.Verifier, public: dict[str, str], now: datetime, on: date) -> None:
    if not _named(verb, key):
        append([Draft(verb=verb, subject="ledger", on=on, public=public)], at=now)


def _named(verb: str, key: note.Verifier) -> dict[str, str] | None:
    """The public part of the entry that names this key."""
    told = map(public_part, Entry.objects.filter(verb=verb))
    return next((public for public in told if public.get("key") == str(key)), None)
