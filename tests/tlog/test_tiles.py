"""C2SP tlog-tiles: addresses in their one spelling, widths, bundles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.tlog import merkle, tiles
from jiannuo.tlog.tiles import ENTRIES, Address, parse_address

KNOWN = {
    "tile/0/000": Address(0, 0),
    "tile/0/x001/x234/067": Address(0, 1234067),  # the example of tlog-tiles
    "tile/1/x001/067.p/3": Address(1, 1067, 3),
    "tile/63/999.p/255": Address(63, 999, 255),
    "tile/entries/x001/000": Address(ENTRIES, 1000),
    "tile/entries/000.p/1": Address(ENTRIES, 0, 1),
}


@pytest.mark.parametrize("text", KNOWN)
def test_an_address_reads_and_writes_as_the_specification_shows(text):
    assert parse_address(text) == KNOWN[text]
    assert str(KNOWN[text]) == text


@given(st.integers(-1, 63), st.integers(0, 10**12), st.integers(1, 256))
def test_every_address_survives_writing_and_reading(level, index, width):
    address = Address(level, index, width)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",  # leading group of zeroes
        "tile/0/001/002",  # all but the last begin with x
        "tile/0/x001",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/entries/000/",
        "tile/data/000",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/../000",
        "tile/0/٠٠٠",  # digits, but not ASCII
    ],
)
def test_any_other_spelling_is_refused(text):
    with pytest.raises(ValueError, match="not the address"):
        parse_address(text)


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts():
    hashes = [merkle.leaf_hash(i.to_bytes(4, "big")) for i in range(70_000)]
    made = tiles.grow(0, hashes, lambda level, index: b"")
    widths = {place: len(data) // 32 for place, data in made.items()}
    assert [place for place in widths if place[0] == 0 and widths[place] == 256] == [(0, i) for i in range(273)]
    assert widths[0, 273] == 112
    assert (widths[1, 0], widths[1, 1], widths[2, 0]) == (256, 17, 1)
    assert len(made) == 273 + 1 + 1 + 1 + 1
    assert all(tiles.width_at(level, index, 70_000) == width for (level, index), width in widths.items())


def test_a_tree_of_256_is_one_full_tile_and_one_hash_above_it():
    made = tiles.grow(0, [bytes(32)] * 256, lambda level, index: b"")
    assert {place: len(data) // 32 for place, data in made.items()} == {(0, 0): 256, (1, 0): 1}


def test_growing_reads_only_the_partial_tiles_at_the_right_edge():
    asked = []

    def read(level, index):
        asked.append((level, index))
        return bytes(32 * 255)

    tiles.grow(256 * 300 + 7, [bytes(32)] * 256, read)
    assert asked == [(0, 300), (1, 1)]


def test_a_tile_that_is_too_short_is_not_built_upon():
    with pytest.raises(ValueError, match="tile 0/0 holds 1 hashes, 2 are needed"):
        tiles.grow(2, [bytes(32)], lambda level, index: bytes(32))
    with pytest.raises(ValueError, match="holds 0 hashes"):
        merkle.range_hash(0, 3, tiles.subtree_reader(lambda level, index: b""))


def test_widths_beyond_the_tree_are_zero():
    assert tiles.width_at(0, 0, 0) == 0
    assert tiles.width_at(0, 1, 256) == 0
    assert tiles.width_at(0, 1, 257) == 1
    assert tiles.width_at(ENTRIES, 1, 300) == 44
    assert tiles.width_at(1, 0, 300) == 1


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_back_its_entries(entries):
    assert list(tiles.unbundle(tiles.bundle(entries))) == entries


def test_a_bundle_that_ends_inside_an_entry_is_refused():
    whole = tiles.bundle([bytes(65), bytes(65)])
    assert len(whole) == 2 * 67
    for length in range(1, len(whole)):
        if length != 67:
            with pytest.raises(ValueError, match="ends inside"):
                list(tiles.unbundle(whole[:length]))
