"""RFC 6962 section 2.1: hashes, inclusion and consistency proofs, verified and made from subtree hashes."""

import hashlib
from collections.abc import Callable, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

# Gives the Merkle Tree Hash of the complete subtree (height, index): its 2**height leaves begin at index << height.
Subtree = Callable[[int, int], bytes]


class ProofError(ValueError):
    """A proof that does not prove what it claims, or cannot be one."""


def leaf_hash(leaf: bytes) -> bytes:
    """The 32 bytes that stand for an entry in the tree."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32 bytes over two subtrees; the prefix keeps a node from ever passing for a leaf."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes; simple and slow, the yardstick for everything else."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees, as (height, index), that make up the leaves [start, end), left to right.

    `start` must be where a subtree of the recursion of RFC 6962 begins, which every caller here sees to.
    """
    parts = []
    while start < end:
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        parts.append((height, start >> height))
        start += 1 << height
    return parts


def range_hash(start: int, end: int, subtree: Subtree) -> bytes:
    """MTH(D[start:end]) from complete subtrees."""
    hashes = [subtree(height, index) for height, index in subtrees(start, end)]
    if not hashes:
        return EMPTY_ROOT
    result = hashes.pop()
    while hashes:
        result = node_hash(hashes.pop(), result)
    return result


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves, from the leaf up (RFC 6962 2.1.1).

    Raises ProofError when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size} leaves")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(range_hash(start, middle, subtree))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """The proof that the tree of `old` leaves is a prefix of that of `new` (RFC 6962 2.1.2).

    Empty when old is 0 or new. Raises ProofError when old is not in 0..new.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} leaves has no prefix of {old}")
    if old in (0, new):
        return []
    start, end, path, whole = 0, new, [], True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(range_hash(start, middle, subtree))
            start, whole = middle, False
    if not whole:
        path.append(range_hash(start, end, subtree))
    return path[::-1]


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes, *, start: int = 0
) -> None:
    """Raise ProofError unless `leaf` (a leaf hash) stands at `index` of the tree with this size and root.

    RFC 9162 2.1.3.2. With `start`, root is that of the subtree [start, size), as witnesses sign them.
    """
    _check_subtree(start, size)
    if not start <= index < size:
        raise ProofError(f"leaf {index} is not among the leaves {start} to {size - 1}")
    _check_hashes([leaf, root, *proof])
    node, last, result = index - start, size - start - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("the proof is longer than the tree is high")
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError("the proof is shorter than the tree is high")
    if result != root:
        raise ProofError("the proof leads to another root")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise ProofError unless the tree (old, old_root) is a prefix of (new, new_root) (RFC 9162 2.1.4.2).

    From an empty tree there is nothing to prove, and that is refused.
    """
    if old == 0:
        raise ProofError("there is nothing to prove of an empty tree")
    verify_subtree_consistency(0, old, new, proof, old_root, new_root)


def verify_subtree_consistency(
    start: int, old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Raise ProofError unless the leaves [start, old) under old_root stand so in the tree (new, new_root).

    draft-ietf-plants-merkle-tree-certs, section 4.4. No leaves are in every tree, under the empty root.
    """
    if 0 <= start == old <= new:
        if proof or old_root != EMPTY_ROOT:
            raise ProofError("no leaves have the empty root and need no hash")
        return
    _check_subtree(start, old)
    if old > new:
        raise ProofError(f"a tree of {new} leaves holds no leaf {old - 1}")
    _check_hashes(proof)
    first, node, last = start, old - 1, new - 1
    if node == last:
        while first != node:
            first, node, last = first >> 1, node >> 1, last >> 1
    else:
        while first != node and node & 1:
            first, node, last = first >> 1, node >> 1, last >> 1
    path = list(proof)
    if first == node:
        path.insert(0, old_root)
    if not path:
        raise ProofError("the proof is empty")
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("the proof is longer than the tree is high")
        if node & 1 or node == last:
            if first < node:
                older = node_hash(sibling, older)
            newer = node_hash(sibling, newer)
            while not node & 1 and node:
                first, node, last = first >> 1, node >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        first, node, last = first >> 1, node >> 1, last >> 1
    if last != 0:
        raise ProofError("the proof is shorter than the tree is high")
    if older != old_root:
        raise ProofError("the proof leads to another old root")
    if newer != new_root:
        raise ProofError("the proof leads to another new root")


def _check_subtree(start: int, end: int) -> None:
    if not 0 <= start < end:
        raise ProofError(f"there are no leaves from {start} to before {end}")
    if start % (1 << (end - start - 1).bit_length()):
        raise ProofError(f"no subtree begins at leaf {start} and ends before {end}")


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(item) != HASH_SIZE for item in hashes):
        raise ProofError("a hash is not 32 bytes")
