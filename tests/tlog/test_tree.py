"""The growing tree, its roots and proofs, against RFC 6962's own recursion."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.tlog import merkle, tiles

LEAVES = [merkle.leaf_hash(str(i).encode()) for i in range(1200)]


def recursive_root(hashes):
    """RFC 6962 section 2.1, word for word."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else hashlib.sha256().digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return merkle.node_hash(recursive_root(hashes[:split]), recursive_root(hashes[split:]))


def grown(sizes):
    """Tiles of a tree grown to each of these sizes in turn."""
    held = {}
    at = 0
    for size in sizes:
        held.update(tiles.grow(at, LEAVES[at:size], lambda level, index: held.get((level, index), b"")))
        at = size
    return held


def subtrees_of(held):
    return tiles.subtree_reader(lambda level, index: held.get((level, index), b""))


TREE = subtrees_of(grown([1200]))
steps = st.lists(st.integers(0, 1200), min_size=1, max_size=6).map(sorted)
pairs = st.tuples(st.integers(0, 1200), st.integers(0, 1200)).map(sorted)


@given(st.integers(0, 1200))
def test_the_root_is_that_of_the_recursion(size):
    expected = recursive_root(LEAVES[:size])
    assert merkle.root_of(LEAVES[:size]) == expected
    assert merkle.range_hash(0, size, TREE) == expected


@given(steps)
def test_however_a_tree_grows_it_has_the_same_tiles_and_root(sizes):
    held = grown(sizes)
    last = sizes[-1]
    assert held == grown([last])
    assert merkle.range_hash(0, last, subtrees_of(held)) == recursive_root(LEAVES[:last])


@given(st.integers(1, 1200), st.data())
def test_every_leaf_can_be_shown_to_be_in_every_tree_that_holds_it(size, data):
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(index, size, TREE)
    root = merkle.range_hash(0, size, TREE)
    merkle.verify_inclusion(index, size, LEAVES[index], path, root)


@given(st.integers(2, 1200), st.data())
def test_an_altered_inclusion_proof_is_refused(size, data):
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(index, size, TREE)
    root = merkle.range_hash(0, size, TREE)
    step = data.draw(st.integers(0, len(path) - 1))
    bad = [*path[:step], flipped(path[step], data), *path[step + 1 :]]
    other = data.draw(st.integers(0, size - 1).filter(lambda at: at != index))
    for arguments in (
        (index, size, LEAVES[index], bad, root),
        (index, size, LEAVES[index], path[:-1], root),
        (index, size, LEAVES[index], [*path, root], root),
        (index, size, LEAVES[index], path, flipped(root, data)),
        (index, size, LEAVES[other], path, root),
        (other, size, LEAVES[index], path, root),
        (size, size, LEAVES[index], path, root),
        (-1, size, LEAVES[index], path, root),
    ):
        with pytest.raises(merkle.ProofError):
            merkle.verify_inclusion(*arguments)


@given(pairs)
def test_every_older_tree_can_be_shown_to_be_a_prefix(sizes):
    old, new = sizes
    path = merkle.consistency_proof(old, new, TREE)
    roots = merkle.range_hash(0, old, TREE), merkle.range_hash(0, new, TREE)
    if old:
        merkle.verify_consistency(old, new, path, *roots)
    else:
        assert path == []
        with pytest.raises(merkle.ProofError, match="nothing to prove"):
            merkle.verify_consistency(old, new, path, *roots)


@given(st.integers(1, 1199), st.data())
def test_an_altered_consistency_proof_is_refused(old, data):
    new = data.draw(st.integers(old + 1, 1200))
    path = merkle.consistency_proof(old, new, TREE)
    first, second = merkle.range_hash(0, old, TREE), merkle.range_hash(0, new, TREE)
    step = data.draw(st.integers(0, len(path) - 1))
    bad = [*path[:step], flipped(path[step], data), *path[step + 1 :]]
    for arguments in (
        (old, new, bad, first, second),
        (old, new, path[:-1], first, second),
        (old, new, [*path, second], first, second),
        (old, new, path, flipped(first, data), second),
        (old, new, path, first, flipped(second, data)),
        (old, new, path, second, first),
        (new, old, path, second, first),
    ):
        with pytest.raises(merkle.ProofError):
            merkle.verify_consistency(*arguments)


def test_a_rewritten_leaf_cannot_be_hidden_behind_a_later_checkpoint():
    forged = [*LEAVES[:700]]
    forged[3] = merkle.leaf_hash(b"rewritten")
    held = tiles.grow(0, forged, lambda level, index: b"")
    rewritten = subtrees_of(held)
    path = merkle.consistency_proof(500, 700, rewritten)
    with pytest.raises(merkle.ProofError, match="old root"):
        merkle.verify_consistency(500, 700, path, merkle.range_hash(0, 500, TREE), merkle.range_hash(0, 700, rewritten))


def test_a_proof_is_only_made_for_leaves_and_prefixes_that_exist():
    for index, size in ((5, 5), (-1, 5), (0, 0)):
        with pytest.raises(merkle.ProofError):
            merkle.inclusion_proof(index, size, TREE)
    for old, new in ((6, 5), (-1, 5)):
        with pytest.raises(merkle.ProofError):
            merkle.consistency_proof(old, new, TREE)


def test_a_hash_that_is_not_32_bytes_is_refused_before_it_is_hashed():
    root = merkle.root_of(LEAVES[:2])
    with pytest.raises(merkle.ProofError, match="32 bytes"):
        merkle.verify_inclusion(0, 2, LEAVES[0], [LEAVES[1] + b"\0"], root)


def test_a_leaf_never_passes_for_a_node():
    left, right = LEAVES[0], LEAVES[1]
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


def flipped(value, data):
    """The value with one bit turned."""
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    number = int.from_bytes(value, "big") ^ (1 << bit)
    return number.to_bytes(len(value), "big")
