"""C2SP tlog-tiles: addresses, tiles and entry bundles."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from .merkle import HASH_SIZE

HEIGHT = 8
WIDTH = 256

# Gives the bytes of the tile at (level, index), at least the width that is needed.
ReadTile = Callable[[int, int], bytes]

_ADDRESS = re.compile(r"tile/(entries|0|[1-9][0-9]?)((?:/x[0-9]{3})*/[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
ENTRIES = -1


@dataclass(frozen=True)
class Address:
    """Where a tile lives. level: 0 to 63, or ENTRIES for an entry bundle; width: 1 to 256, 256 being a full tile."""

    level: int
    index: int
    width: int = WIDTH

    def __str__(self) -> str:
        level = "entries" if self.level == ENTRIES else str(self.level)
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{partial}"


def parse_address(text: str) -> Address:
    """The address in its one spelling. Raises ValueError for every other."""
    match = _ADDRESS.fullmatch(text)
    if match:
        level, groups, width = match.groups()
        address = Address(
            ENTRIES if level == "entries" else int(level),
            int("".join(group.lstrip("x") for group in groups.strip("/").split("/"))),
            int(width) if width else WIDTH,
        )
        if address.level <= 63 and (not width or address.width < WIDTH) and str(address) == text:
            return address
    raise ValueError(f"not the address of a tile: {text!r}")


def width_at(level: int, index: int, size: int) -> int:
    """How many hashes the tile at (level, index) holds in a tree of `size` leaves: 0 to 256."""
    total = size >> (HEIGHT * max(level, 0))
    return max(0, min(WIDTH, total - index * WIDTH))


def subtree_reader(read: ReadTile) -> Callable[[int, int], bytes]:
    """Subtree hashes (height, index) out of tiles; each tile is read once."""
    seen: dict[tuple[int, int], bytes] = {}

    def subtree(height: int, index: int) -> bytes:
        level, within = divmod(height, HEIGHT)
        first = index << within  # place of the subtree's first hash in the tile's level
        tile_index, offset = divmod(first, WIDTH)
        if (level, tile_index) not in seen:
            seen[level, tile_index] = read(level, tile_index)
        data = seen[level, tile_index]
        start, end = offset * HASH_SIZE, (offset + (1 << within)) * HASH_SIZE
        if len(data) < end:
            raise ValueError(f"tile {level}/{tile_index} holds {len(data) // HASH_SIZE} hashes, more are needed")
        if len(data) == WIDTH * HASH_SIZE:
            return nodes(data)[within][start >> within : end >> within]
        return root(data[start:end])

    return subtree


@lru_cache(maxsize=512)
def nodes(full: bytes) -> tuple[bytes, ...]:
    """The hashes of a full tile and of the nodes over them, height by height, the last being its root.

    A full tile never changes and every proof through it needs these, so they are kept: some 16 KB for each tile.
    """
    rows = [full]
    while len(rows[-1]) > HASH_SIZE:
        rows.append(_above(rows[-1]))
    return tuple(rows)


@lru_cache(maxsize=512)
def root(hashes: bytes) -> bytes:
    """The root over 1, 2, 4, … 128 hashes. The pieces of the right edge are asked for again by every proof."""
    while len(hashes) > HASH_SIZE:
        hashes = _above(hashes)
    return hashes


def _above(hashes: bytes) -> bytes:
    """The node hashes over neighbouring pairs."""
    pairs = range(0, len(hashes), 2 * HASH_SIZE)
    return b"".join([sha256(b"\x01" + hashes[at : at + 2 * HASH_SIZE]).digest() for at in pairs])


def grow(size: int, leaf_hashes: Sequence[bytes], read: ReadTile) -> dict[tuple[int, int], bytes]:
    """The tiles that change when these leaf hashes are added to a tree of `size` leaves, each at its new width.

    `read` is asked only for the partial tiles on the right edge. Returns {(level, index): bytes}.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, at, adding = 0, size, list(leaf_hashes)
    while adding:
        upward = []
        index, offset = divmod(at, WIDTH)
        buffer = read(level, index)[: offset * HASH_SIZE] if offset else b""
        if len(buffer) != offset * HASH_SIZE:
            raise ValueError(f"tile {level}/{index} holds {len(buffer) // HASH_SIZE} hashes, {offset} are needed")
        for start in range(0, len(adding), WIDTH):
            buffer += b"".join(adding[start : start + WIDTH])
            while len(buffer) >= WIDTH * HASH_SIZE:
                full, buffer = buffer[: WIDTH * HASH_SIZE], buffer[WIDTH * HASH_SIZE :]
                changed[level, index] = full
                upward.append(nodes(full)[-1])
                index += 1
        if buffer:
            changed[level, index] = buffer
        level, at, adding = level + 1, at // WIDTH, upward
    return changed


def bundle(leaves: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry behind its length as a big-endian uint16."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def unbundle(data: bytes) -> Iterator[bytes]:
    """The entries of a bundle. Raises ValueError when it ends inside one."""
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if len(data) < at + 2 or len(entry) != length:
            raise ValueError("the bundle ends inside an entry")
        yield entry
        at += 2 + length
