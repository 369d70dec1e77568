"""`jiannuo log verify`: recompute everything from the rows, and say which row, leaf, tile or checkpoint is wrong."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from jiannuo.tlog import checkpoint, leaf, merkle, note, tiles

from . import keys, sequencer
from .models import Checkpoint, Entry, Epoch, Tile


def verify() -> Iterator[str]:
    """Every fault found, one sentence each; nothing when all holds."""
    for epoch in Epoch.objects.order_by("id"):
        yield from _verify_epoch(epoch)
    yield from _verify_witness()


def _verify_epoch(epoch: Epoch) -> Iterator[str]:
    hashes: list[bytes] = []
    for entry in Entry.objects.filter(epoch=epoch).order_by("leaf").iterator(chunk_size=2000):
        if entry.leaf != len(hashes):
            yield f"{epoch.origin}: leaf {len(hashes)} is missing; the next is {entry.leaf}"
            return
        yield from _verify_row(epoch, entry)
        hashes.append(merkle.leaf_hash(bytes(entry.commitment)))
    expected = tiles.grow(0, hashes, lambda level, index: b"")
    stored = {
        (level, index): bytes(data)
        for level, index, data in Tile.objects.filter(epoch=epoch).values_list("level", "index", "data")
    }
    for place in sorted(expected.keys() | stored.keys()):
        if expected.get(place) != stored.get(place):
            yield f"{epoch.origin}: tile {place[0]}/{place[1]} does not hold the hashes of its leaves"
    yield from _verify_checkpoints(epoch, expected, len(hashes))


def _verify_row(epoch: Epoch, entry: Entry) -> Iterator[str]:
    parts: list[tuple[leaf.Part, str | None, bytes | None]] = [
        ("public", entry.public, entry.public_salt),
        ("internal", entry.internal, entry.internal_salt),
    ]
    for part, text, salt in parts:
        if text is None or salt is None:
            continue
        if leaf.commitment(part, bytes(salt), text) != leaf.open_leaf(bytes(entry.commitment), part):
            yield f"{epoch.origin}: row {entry.pk} (leaf {entry.leaf}): the {part} text is not what was committed to"


def _verify_checkpoints(epoch: Epoch, expected: dict[tuple[int, int], bytes], size: int) -> Iterator[str]:
    subtree = tiles.subtree_reader(lambda level, index: expected.get((level, index), b""))
    verifier = keys.signer(epoch.origin).verifier
    last = 0
    for row in Checkpoint.objects.filter(epoch=epoch).order_by("size"):
        last = row.size
        try:
            signed = checkpoint.open_checkpoint(row.text, [verifier])
        except note.NoteError as error:
            yield f"{epoch.origin}: checkpoint {row.size}: {error}"
            continue
        if row.size > size:
            yield f"{epoch.origin}: checkpoint {row.size} speaks of more leaves than there are ({size})"
        elif signed.size != row.size or signed.root != merkle.range_hash(0, row.size, subtree):
            yield f"{epoch.origin}: checkpoint {row.size} does not have the root of its leaves"
    if last != size:
        yield f"{epoch.origin}: {size} leaves, but the last checkpoint speaks of {last}"


def _verify_witness() -> Iterator[str]:
    known = {text: True for text in Checkpoint.objects.values_list("text", flat=True)}
    for text in sequencer.witnessed():
        if text not in known:
            seen = checkpoint.parse(note.split(text)[0])
            root = base64.b64encode(seen.root).decode()
            yield f"{seen.origin}: the checkpoint of {seen.size} entries with root {root} beside the database is not in it"
