"""Giving entries their leaves. The one commit point is a database transaction; the files beside it are a witness.

Trust: whoever holds the key can sign; whoever can write the database can at most be found out by `log verify`; whoever
restores a backup is stopped here, because a log must never sign two histories.
"""

from __future__ import annotations

import fcntl
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from jiannuo.tlog import checkpoint, merkle, note, tiles

from . import keys
from .actions import Draft, append
from .models import Checkpoint, Entry, Epoch, Tile
from .withdrawn import append_durably

BATCH = 256
LOCK = 0x4A4E_4C4F  # the advisory lock of the sequencer on PostgreSQL ("JNLO")

# One checkpoint in the file beside the database: origin, size, root; an empty line; signatures; an empty line. What a
# power cut or a full disk tore off matches nowhere, and never hides what stands after it.
_NOTE = re.compile(r"^([^\n]+\n[0-9]+\n[A-Za-z0-9+/]{43}=\n\n(?:— [^\n]+\n)+)\n", re.MULTILINE)
TAIL = 1024  # bytes; the last checkpoint is almost always among them


class LogAhead(Exception):
    """The checkpoints beside the database know more than the database: a backup was restored, or a disk lost writes.

    Going on would sign a second history. `jiannuo log new-epoch` begins a new one that names the old one's end.
    """


@dataclass(frozen=True)
class Head:
    """Where the present tree stands. edge: the known tiles on its right edge, {(level, index): hashes}."""

    epoch: Epoch
    size: int
    root: bytes
    text: str
    edge: Mapping[tuple[int, int], bytes] = field(default_factory=dict)


def witness_file() -> Path:
    return Path(settings.LOG_DIR) / "checkpoints"


def head() -> Head | None:
    """The newest checkpoint of the present epoch; None before the first. An epoch begins with its first checkpoint."""
    last = Checkpoint.objects.select_related("epoch").order_by("-epoch_id", "-size").first()
    if last is None:
        return None
    return Head(last.epoch, last.size, bytes(last.root), last.text)


def sequence(now: datetime) -> int:
    """Number all waiting entries that are not quiet, in batches, one transaction each. Returns how many.

    Takes `leaf IS NULL ORDER BY id`, never "above the last id": on PostgreSQL ids commit out of order, and a late one
    is taken by the next round. Two sequencers at once wait for each other. Raises LogAhead or keys.KeyProblem.
    """

    def waiting() -> list[tuple[int, bytes]]:
        found = Entry.objects.filter(leaf__isnull=True, quiet=False).order_by("id")
        return [(pk, bytes(commitment)) for pk, commitment in found.values_list("id", "commitment")[:BATCH]]

    return _number(waiting, now)


def sequence_quiet(now: datetime, before: date) -> int:
    """Number the quiet entries of days before `before`, in random order.

    The order of arrival would tell when a reporter came (practice §4).
    """

    def waiting() -> list[tuple[int, bytes]]:
        found = Entry.objects.filter(leaf__isnull=True, quiet=True, on__lt=before).order_by("id")
        rows = list(found.values_list("id", "commitment")[: 100 * BATCH])
        chosen = random.SystemRandom().sample(rows, min(BATCH, len(rows)))
        return [(pk, bytes(commitment)) for pk, commitment in chosen]

    return _number(waiting, now)


def _number(waiting: Callable[[], list[tuple[int, bytes]]], now: datetime) -> int:
    """Give leaves to what waits, batch after batch: each one transaction, then one line in the file beside.

    Where the tree stands is read once and carried on: nobody else numbers meanwhile. Somebody who did on another
    machine, with another folder, would make the next transaction fail on the constraint that a leaf is given once.
    """
    total = 0
    at: Head | None = None
    with alone():
        while True:
            with transaction.atomic():
                _lock()
                if at is None:
                    at = head() or _nothing()
                    signers = keys.signers(at.epoch.origin, last=at.text)
                    _compare_with_witness(at)
                rows = waiting()
                if not rows:
                    return total
                at = _commit(at, rows, signers, now)
            # After the commit: so the witness never knows more than the database unless the database lost something.
            append_durably(witness_file(), at.text + "\n")
            total += len(rows)


def _commit(at: Head, rows: Sequence[tuple[int, bytes]], signers: Sequence[note.Signer], now: datetime) -> Head:
    """Leaf numbers, tiles and signed checkpoint, as rows of the running transaction. Returns where it stands then."""
    if at.epoch.pk is None:
        at.epoch.save()
    held = dict(at.edge)

    def read(level: int, index: int) -> bytes:
        if (level, index) not in held:
            row = Tile.objects.filter(epoch=at.epoch, level=level, index=index).values_list("data", flat=True).first()
            held[level, index] = bytes(row) if row is not None else b""
        return held[level, index]

    changed = tiles.grow(at.size, [merkle.leaf_hash(commitment) for _, commitment in rows], read)
    held.update(changed)
    size = at.size + len(rows)
    root = merkle.range_hash(0, size, tiles.subtree_reader(read))
    text = checkpoint.sign(checkpoint.Checkpoint(at.epoch.origin, size, root), signers)
    places = [value for place, (pk, _) in enumerate(rows) for value in (pk, at.size + place)]
    with connection.cursor() as cursor:
        # One statement for the batch. (column1, column2) is what both databases call the columns of VALUES.
        cursor.execute(
            "UPDATE ledger_entry SET epoch_id = %s, leaf = given.column2 FROM (VALUES "  # noqa: S608  (marks only)
            + ", ".join(["(%s, %s)"] * len(rows))
            + ") AS given WHERE ledger_entry.id = given.column1 AND ledger_entry.leaf IS NULL",
            [at.epoch.pk, *places],
        )
        if cursor.rowcount != len(rows):
            raise RuntimeError(f"{len(rows)} entries were to be numbered, {cursor.rowcount} were waiting")
    Tile.objects.bulk_create(
        [Tile(epoch=at.epoch, level=level, index=index, data=data) for (level, index), data in changed.items()],
        update_conflicts=True,
        unique_fields=["epoch", "level", "index"],
        update_fields=["data"],
    )
    Checkpoint.objects.create(epoch=at.epoch, size=size, root=root, text=text, at=now)
    # What the next batch grows on: at each level the tile in which the next hash will stand.
    edge = {key: data for key, data in held.items() if key[1] == size >> (tiles.HEIGHT * (key[0] + 1))}
    return Head(at.epoch, size, root, text, edge)


def new_epoch(now: datetime, *, reason: str, on: date) -> Epoch:
    """Begin a new tree under a new origin; its first leaf names the last checkpoint that was ever signed before."""
    with alone():
        with transaction.atomic():
            _lock()
            before = head()
            seen = witnessed()
            last = seen[-1] if seen else (before.text if before else "")
            number = 1 + max(Epoch.objects.count(), len({_parse(text).origin for text in seen}))
            epoch = Epoch.objects.create(origin=f"{settings.ORIGIN}/{number}", previous=last)
            signers = keys.signers(epoch.origin)
            public = {"previous": last, "reason": reason, "key": str(signers[0].verifier), "lost": lost()}
            entry = append([Draft(verb="log.epoch", subject="ledger", on=on, public=public)], at=now)[0]
            start = Head(epoch, 0, merkle.EMPTY_ROOT, "")
            begun = _commit(start, [(entry.pk, bytes(entry.commitment))], signers, now)
        append_durably(witness_file(), begun.text + "\n")
    return epoch


def witnessed() -> list[str]:
    """The checkpoints in the file beside the database, oldest first; one torn by a power cut is passed over."""
    return _notes(0)


def lost() -> dict[str, list[int]]:
    """Of each tree that the file beside knows more of than the database: [entries still there, entries once signed]."""
    known = set(Checkpoint.objects.values_list("text", flat=True))
    out: dict[str, list[int]] = {}
    for seen in (_parse(text) for text in witnessed() if text not in known):
        kept = Checkpoint.objects.filter(epoch__origin=seen.origin).order_by("-size").values_list("size", flat=True)
        out[seen.origin] = [kept.first() or 0, max(seen.size, out.get(seen.origin, [0, 0])[1])]
    return out


def _notes(start: int) -> list[str]:
    """The whole checkpoints in the file from this byte on."""
    if not witness_file().exists():
        return []
    with witness_file().open("rb") as file:
        file.seek(start)
        found = _NOTE.findall(file.read().decode("utf-8", errors="replace"))
    return [text for text in found if _is_checkpoint(text)]


def _last_witnessed() -> str | None:
    """The last checkpoint in the file, reading only its end where that is enough."""
    size = witness_file().stat().st_size if witness_file().exists() else 0
    found = _notes(max(0, size - TAIL)) or _notes(0)
    return found[-1] if found else None


def _is_checkpoint(text: str) -> bool:
    try:
        _parse(text)
    except note.NoteError:
        return False
    return True


def _parse(text: str) -> checkpoint.Checkpoint:
    return checkpoint.parse(note.split(text)[0])


def _compare_with_witness(at: Head) -> None:
    """Stop a second history; and where the database is right and the file behind, let the file catch up."""
    last = _last_witnessed()
    reached = 0
    if last is not None:
        seen = _parse(last)
        if seen.origin != at.epoch.origin:
            if not Epoch.objects.filter(origin=seen.origin, pk__lt=at.epoch.pk).exists():
                raise LogAhead(
                    f"the checkpoints beside the database end in {seen.origin}, the database in {at.epoch.origin}; "
                    "a backup was restored: run `jiannuo log new-epoch`"
                )
        elif seen.size > at.size:
            raise LogAhead(
                f"the checkpoints beside the database reach entry {seen.size}, the database only {at.size}; "
                "a backup was restored or writes were lost: run `jiannuo log new-epoch`"
            )
        else:
            if _root_at(at, seen.size) != seen.root:
                raise LogAhead(
                    f"the checkpoint of {seen.size} entries beside the database has another root than the "
                    "database's; find out which is right, then run `jiannuo log new-epoch`"
                )
            reached = seen.size
    if reached < at.size:
        # Stopped between commit and append (a power cut, a full disk).
        texts = Checkpoint.objects.filter(epoch=at.epoch, size__gt=reached).order_by("size")
        append_durably(witness_file(), "".join(f"{text}\n" for text in texts.values_list("text", flat=True)))


def _root_at(at: Head, size: int) -> bytes | None:
    if size == at.size:
        return at.root
    root = Checkpoint.objects.filter(epoch=at.epoch, size=size).values_list("root", flat=True).first()
    return None if root is None else bytes(root)


def _nothing() -> Head:
    """Before the first checkpoint: its epoch is stored with it."""
    if witnessed():
        raise LogAhead("there are checkpoints beside an empty database: run `jiannuo log new-epoch`")
    epoch = Epoch.objects.filter(origin=settings.ORIGIN).first() or Epoch(origin=settings.ORIGIN)
    return Head(epoch, 0, merkle.EMPTY_ROOT, "")


@contextmanager
def alone() -> Iterator[None]:
    """One sequencer at a time, until the file beside has what was committed: in another order it would guard less."""
    path = witness_file().with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _lock() -> None:
    """On PostgreSQL also one among machines that do not see the same folder. SQLite's turnstile sees to it anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
