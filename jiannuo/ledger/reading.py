"""Reading the ledger: timelines, proofs, the state of the log, tiles and bundles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from jiannuo.tlog import leaf, merkle, note, proof, tiles

from . import keys, withdrawn
from .models import Checkpoint, Entry, Epoch, Tile
from .sequencer import head


def timeline(refs: Sequence[str]) -> QuerySet[Entry]:
    """The entries about these subjects, oldest first."""
    return Entry.objects.filter(subject__in=refs).order_by("id")


@dataclass(frozen=True)
class State:
    """The log at a glance. `key` is the present public key, as `name+hash+key`."""

    origin: str
    size: int
    root: bytes
    text: str
    at: datetime | None
    withdrawn: int
    waiting: int
    key: str


def state() -> State | None:
    """How the log stands; None before its first epoch."""
    now = head()
    if now is None:
        return None
    last = Checkpoint.objects.filter(epoch=now.epoch, size=now.size).first()
    return State(
        origin=now.epoch.origin,
        size=now.size,
        root=now.root,
        text=now.text,
        at=last.at if last else None,
        withdrawn=sum(len(line.leaves) for line in withdrawn.read()),
        waiting=Entry.objects.filter(leaf__isnull=True).count(),
        key=str(_present(now.text)),
    )


@dataclass(frozen=True)
class PublicKey:
    """A key that the log is or was signed with. standing: "present", "next" (a rotation runs) or "past"."""

    text: str
    origin: str
    standing: str


def public_keys() -> list[PublicKey]:
    """Every public key of the log, newest first: what a past one signed stays valid."""
    now = head()
    signing = keys.signed_by(now.text) if now and now.text else []
    out = []
    for verifier in reversed(keys.public_keys()):
        standing = "past" if verifier not in signing else "present" if verifier == signing[0] else "next"
        out.append(PublicKey(str(verifier), verifier.name, standing))
    return out


def _present(text: str) -> note.Verifier | str:
    """The key whose signature stands first under a checkpoint; "" when the list of keys was lost."""
    return next(iter(keys.signed_by(text)), "") if text else ""


def tile(epoch: Epoch, address: tiles.Address) -> bytes | None:
    """The bytes at an address; None unless a checkpoint requires that tile, so nobody invents widths."""
    size = Checkpoint.objects.filter(epoch=epoch).order_by("-size").values_list("size", flat=True).first() or 0
    if tiles.width_at(address.level, address.index, size) < address.width:
        return None
    if address.width < tiles.WIDTH and not _is_checkpointed(epoch, address):
        return None
    if address.level == tiles.ENTRIES:
        start = address.index * tiles.WIDTH
        rows = Entry.objects.filter(epoch=epoch, leaf__gte=start, leaf__lt=start + address.width).order_by("leaf")
        return tiles.bundle([bytes(row) for row in rows.values_list("commitment", flat=True)])
    data = (
        Tile.objects.filter(epoch=epoch, level=address.level, index=address.index)
        .values_list("data", flat=True)
        .first()
    )
    return bytes(data)[: address.width * merkle.HASH_SIZE] if data is not None else None


def _is_checkpointed(epoch: Epoch, address: tiles.Address) -> bool:
    """Some signed size needs the tile at just this width."""
    level = max(address.level, 0)
    low = (address.index * tiles.WIDTH + address.width) << (tiles.HEIGHT * level)
    high = low + (1 << (tiles.HEIGHT * level))
    return Checkpoint.objects.filter(epoch=epoch, size__gte=low, size__lt=high).exists()


def make_proof(entry: Entry, part: leaf.Part = "public") -> proof.Proof | None:
    """The proof that opens one part of an entry under the newest checkpoint of its epoch.

    None while it has no leaf yet, or when its text was erased.
    """
    texts = {"public": (entry.public, entry.public_salt), "internal": (entry.internal, entry.internal_salt)}
    text, salt = texts[part]
    if entry.leaf is None or entry.epoch is None or text is None or salt is None:
        return None
    last = Checkpoint.objects.filter(epoch=entry.epoch).order_by("-size").first()
    if last is None:
        return None

    path = merkle.inclusion_proof(
        entry.leaf, last.size, tiles.subtree_reader(tiles_for(entry.epoch, entry.leaf, last.size))
    )
    other: leaf.Part = "internal" if part == "public" else "public"
    return proof.Proof(
        part=part,
        text=text,
        salt=bytes(salt),
        other=leaf.open_leaf(bytes(entry.commitment), other),
        key=str(_present(last.text)),
        index=entry.leaf,
        path=tuple(path),
        note=last.text,
    )


def tiles_for(epoch: Epoch, index: int, size: int) -> tiles.ReadTile:
    """The tiles on the way of leaf `index` to the root, and those on the right edge, fetched with one query."""
    wanted, level = set(), 0
    while size >> (tiles.HEIGHT * level):
        up = tiles.HEIGHT * (level + 1)
        wanted |= {(level, index >> up), (level, size >> up)}
        level += 1
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT level, "index", data FROM ledger_tile WHERE epoch_id = %s AND (level, "index") IN (VALUES '  # noqa: S608  (marks only)
            + ", ".join(["(%s, %s)"] * len(wanted))
            + ")",
            [epoch.pk, *(number for place in wanted for number in place)],
        )
        held = {(level, index): bytes(data) for level, index, data in cursor.fetchall()}
    return lambda level, index: held.get((level, index), b"")
