"""`jiannuo log verify`: recompute everything from the rows, and say which row, leaf, tile or checkpoint is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator

from jiannuo.tlog import checkpoint, leaf, merkle, note, tiles

from . import keys, sequencer, withdrawn
from .actions import looks_of, public_part
from .models import Checkpoint, Entry, Epoch, Tile

CHUNK = 2048


def verify() -> Iterator[str]:
    """Every fault found, one sentence each; nothing when all holds.

    About half a minute and 32 MB for a million entries; nothing is sequenced meanwhile.
    """
    with sequencer.alone():
        yield from _verify()


def _verify() -> Iterator[str]:
    gone = {line.subject for line in withdrawn.read()}
    for epoch in Epoch.objects.order_by("id"):
        yield from _verify_epoch(epoch, gone)
    for entry in Entry.objects.filter(leaf__isnull=True).iterator(chunk_size=CHUNK):
        yield from _verify_row(f"row {entry.pk} (waiting)", entry, gone)
    yield from _verify_witness()
    yield from _verify_keys()
    yield from _verify_looks()


def _verify_epoch(epoch: Epoch, gone: set[str]) -> Iterator[str]:
    expected: dict[tuple[int, int], bytes] = {}
    size = 0
    hashes: list[bytes] = []

    def read(level: int, index: int) -> bytes:
        return expected.get((level, index), b"")

    for entry in Entry.objects.filter(epoch=epoch).order_by("leaf").iterator(chunk_size=CHUNK):
        place = size + len(hashes)
        if entry.leaf != place:
            yield f"{epoch.origin}: leaf {place} is missing; the next is {entry.leaf}"
            return
        yield from _verify_row(f"{epoch.origin}: row {entry.pk} (leaf {entry.leaf})", entry, gone)
        hashes.append(merkle.leaf_hash(bytes(entry.commitment)))
        if len(hashes) == CHUNK:
            expected |= tiles.grow(size, hashes, read)
            size, hashes = size + CHUNK, []
    expected |= tiles.grow(size, hashes, read)
    yield from _verify_tiles(epoch, expected)
    yield from _verify_checkpoints(epoch, expected, size + len(hashes))


def _verify_row(where: str, entry: Entry, gone: set[str]) -> Iterator[str]:
    """Text against commitment, the columns that repeat the text, and that nobody took a text away unlawfully."""
    parts: list[tuple[leaf.Part, str | None, bytes | memoryview | None]] = [
        ("public", entry.public, entry.public_salt),
        ("internal", entry.internal, entry.internal_salt),
    ]
    for part, text, salt in parts:
        if text is None or salt is None:
            if entry.subject not in gone:
                yield f"{where}: the {part} text is gone, and the list beside the database names no withdrawal of it"
        elif leaf.commitment(part, bytes(salt), text) != leaf.open_leaf(bytes(entry.commitment), part):
            yield f"{where}: the {part} text is not what was committed to"
        elif part == "public":
            said = json.loads(text)
            columns = {"verb": entry.verb, "subject": entry.subject, "body": entry.body, "on": entry.on.isoformat()}
            for name, value in columns.items():
                if said[name] != value:
                    yield f"{where}: the column {name} says {value!r}, the text {said[name]!r}"


def _verify_tiles(epoch: Epoch, expected: dict[tuple[int, int], bytes]) -> Iterator[str]:
    missing = set(expected)
    for level, index, data in (
        Tile.objects.filter(epoch=epoch).order_by("level", "index").values_list("level", "index", "data").iterator()
    ):
        missing.discard((level, index))
        if expected.get((level, index)) != bytes(data):
            yield f"{epoch.origin}: tile {level}/{index} does not hold the hashes of its leaves"
    for level, index in sorted(missing):
        yield f"{epoch.origin}: tile {level}/{index} is missing"


def _verify_checkpoints(epoch: Epoch, expected: dict[tuple[int, int], bytes], size: int) -> Iterator[str]:
    subtree = tiles.subtree_reader(lambda level, index: expected.get((level, index), b""))
    verifiers = keys.public_keys(epoch.origin)
    last = 0
    for row in Checkpoint.objects.filter(epoch=epoch).order_by("size"):
        last = row.size
        try:
            signed = checkpoint.open_checkpoint(row.text, verifiers)
        except note.NoteError as error:
            yield f"{epoch.origin}: checkpoint {row.size}: {error}"
            continue
        if row.size > size:
            yield f"{epoch.origin}: checkpoint {row.size} speaks of more leaves than there are ({size})"
        elif (signed.origin, signed.size) != (epoch.origin, row.size) or not (
            signed.root == bytes(row.root) == merkle.range_hash(0, row.size, subtree)
        ):
            yield f"{epoch.origin}: checkpoint {row.size} does not have the root of its leaves"
    if last != size:
        yield f"{epoch.origin}: {size} leaves, but the last checkpoint speaks of {last}"


def _verify_witness() -> Iterator[str]:
    """File and database hold the same checkpoints, but for those that the newest epoch says were lost."""
    known = set(Checkpoint.objects.values_list("text", flat=True))
    begun = Entry.objects.filter(verb="log.epoch", leaf__isnull=False).order_by("id").last()
    lost = public_part(begun).get("lost", {}) if begun else {}
    witnessed = sequencer.witnessed()
    for text in known - set(witnessed):
        seen = checkpoint.parse(note.split(text)[0])
        yield f"{seen.origin}: checkpoint {seen.size} is not in the witness file"
    for text in witnessed:
        seen = checkpoint.parse(note.split(text)[0])
        kept, signed = lost.get(seen.origin, (0, 0))
        if text not in known and not kept < seen.size <= signed:
            root = note.encode(seen.root)
            yield f"{seen.origin}: checkpoint {seen.size} ({root}) of the witness file is not in the database"


def _verify_keys() -> Iterator[str]:
    """Every key after the first was announced in the log: by the key before it, or by the entry that began an epoch."""
    entries = Entry.objects.filter(verb__in=("key.next", "log.epoch"), leaf__isnull=False)
    announced = {note.Verifier.parse(key).key for entry in entries if (key := public_part(entry).get("key"))}
    for verifier in keys.public_keys()[1:]:
        if verifier.key not in announced and verifier.key != keys.public_keys()[0].key:
            yield f"{verifier.name}: the key {verifier} was never announced in the log"


def _verify_looks() -> Iterator[str]:
    """The looks of each past day are those that its entry committed to; an erased purpose is no fault."""
    for entry in Entry.objects.filter(verb="ledger.looks", internal__isnull=False).order_by("id"):
        stated, found = json.loads(entry.internal or "{}")["looks"], looks_of(entry.on)
        alike = [a[:4] == b[:4] and b[4] in (a[4], None) for a, b in zip(stated, found, strict=False)]
        if len(stated) != len(found) or not all(alike):
            yield f"the looks of {entry.on} are not those that were committed to"
