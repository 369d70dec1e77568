"""How fast the log's arithmetic is, beside pymerkle's, both in memory: `python bench/tlog.py [LEAVES]`.

Ours: leaves of 65 bytes appended in batches of 256, with tiles, root and signed checkpoint for each batch; then
inclusion proofs out of tiles, each made and verified. pymerkle (GPL, so never in the product): appended one by one to
its in-memory tree, the root for each 256, proofs likewise. bench/ledger.py says what a database and full sync cost.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jiannuo.tlog import checkpoint, merkle, note, tiles

BATCH = 256
PROOFS = 2000


def leaves_of(count: int) -> list[bytes]:
    chance = random.Random(1)
    return [b"\x01" + chance.randbytes(64) for _ in range(count)]


def ours(leaves: list[bytes]) -> Iterator[tuple[str, float]]:
    signer = note.Ed25519Signer.generate("bench.example/log")
    held: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        return held.get((level, index), b"")

    start = perf_counter()
    size, root = 0, merkle.EMPTY_ROOT
    while size < len(leaves):
        batch = [merkle.leaf_hash(leaf) for leaf in leaves[size : size + BATCH]]
        held.update(tiles.grow(size, batch, read))
        size += len(batch)
        root = merkle.range_hash(0, size, tiles.subtree_reader(read))
        checkpoint.sign(checkpoint.Checkpoint(signer.name, size, root), [signer])
    yield "append", len(leaves) / (perf_counter() - start)

    def prove(index: int) -> None:
        path = merkle.inclusion_proof(index, size, tiles.subtree_reader(read))
        merkle.verify_inclusion(index, size, merkle.leaf_hash(leaves[index]), path, root)

    yield "prove", rate(prove, size)


def pymerkle(leaves: list[bytes]) -> Iterator[tuple[str, float]]:
    from pymerkle import InmemoryTree, verify_inclusion

    tree = InmemoryTree(algorithm="sha256")
    start = perf_counter()
    for number, leaf in enumerate(leaves, 1):
        tree.append_entry(leaf)
        if number % BATCH == 0:
            tree.get_root()
    yield "append", len(leaves) / (perf_counter() - start)
    root = tree.get_root()

    def prove(index: int) -> None:
        verify_inclusion(tree.get_leaf(index + 1), root, tree.prove_inclusion(index + 1))

    yield "prove", rate(prove, len(leaves))


def rate(prove: Callable[[int], None], size: int, proofs: int = PROOFS) -> float:
    """Proofs a second, of leaves taken at random."""
    chance = random.Random(2)
    start = perf_counter()
    for _ in range(proofs):
        prove(chance.randrange(size))
    return proofs / (perf_counter() - start)


def main() -> None:
    leaves = leaves_of(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    mine = dict(ours(leaves))
    try:
        other = dict(pymerkle(leaves))
    except ImportError:
        other = {}
    words = {"append": "leaves/s, a signed root per 256", "prove": "proofs/s, made and verified"}
    for what, figure in mine.items():
        line = f"{what:7} {figure:10,.0f} {words[what]}"
        if other:
            line += f"; pymerkle in memory {other[what]:,.0f}: {figure / other[what]:.1f} times as fast"
        print(line)
    if not other:
        print("pymerkle is absent, so there is no comparison: pip install pymerkle (GPL-3, for this bench only)")


if __name__ == "__main__":
    main()
