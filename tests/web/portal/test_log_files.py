"""The log for machines: stable addresses, exact bytes, caching for ever or for seconds."""

import gzip

import pytest

from jiannuo.ledger.models import Checkpoint, Entry
from jiannuo.tlog import checkpoint, merkle, note, tiles


@pytest.fixture
def log(city):
    return Checkpoint.objects.latest("size")


def test_the_checkpoint_is_signed_and_cached_for_seconds(client, log):
    response = client.get("/tlog/1/checkpoint".replace("1", str(log.epoch_id)))
    key = note.Verifier.parse(client.get("/tlog/key").content.decode())
    head = checkpoint.open_checkpoint(response.content.decode(), [key])
    assert head.size == log.size
    assert response["Content-Type"].startswith("text/plain")
    assert response["Cache-Control"] == "public, max-age=5"


def test_tiles_and_bundles_rebuild_the_root_and_are_immutable(client, log):
    base = f"/tlog/{log.epoch_id}/tile"
    response = client.get(f"{base}/entries/000.p/{log.size}")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["ETag"]
    leaves = list(tiles.unbundle(response.content))
    assert len(leaves) == log.size
    tile = client.get(f"{base}/0/000.p/{log.size}").content
    assert tile == b"".join(merkle.leaf_hash(leaf) for leaf in leaves)
    hashes = [tile[i : i + 32] for i in range(0, len(tile), 32)]

    def root(level):  # RFC 9162 section 2.1.1, written out once more
        if len(level) == 1:
            return level[0]
        split = 1 << ((len(level) - 1).bit_length() - 1)
        return merkle.node_hash(root(level[:split]), root(level[split:]))

    assert root(hashes) == bytes(log.root)


def test_bundles_are_gzipped_for_who_asks(client, log):
    path = f"/tlog/{log.epoch_id}/tile/entries/000.p/{log.size}"
    plain, packed = client.get(path), client.get(path, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed.content == client.get(path, headers={"accept-encoding": "gzip"}).content


@pytest.mark.parametrize(
    "rest", ["0/000", "0/001", "entries/000", "64/000", "0/0", "x", "0/000.p/0", "0/000.p/256", "entries/../key"]
)
def test_what_no_checkpoint_requires_is_not_there(client, log, rest):
    assert client.get(f"/tlog/{log.epoch_id}/tile/{rest}").status_code == 404


def test_the_withdrawn_list_names_numbers_and_basis_only(client, city):
    text = client.get("/tlog/withdrawn.txt").content.decode()
    for record in city.hidden:
        assert record.number not in text
    page = client.get("/en/log/withdrawn/").content.decode()
    assert "认定机关撤销" in page


def test_a_language_never_stands_in_an_address_for_machines(client, log):
    assert client.get(f"/en/tlog/{log.epoch_id}/checkpoint").status_code == 404


def test_a_leaf_page_opens_a_body_entry_and_leads_to_it(client, city):
    entry = Entry.objects.get(subject=city.old.ref, verb="body.merged")
    page = client.get(f"/en/log/{entry.epoch_id}/leaf/{entry.leaf}/").content.decode()
    assert bytes(entry.commitment).hex() in page
    assert f"/en/bodies/{city.old.pk}/" in page


@pytest.mark.parametrize("rest", ["checkpoint", "tile/entries/000.p/{size}", "tile/0/000.p/{size}"])
def test_whoever_holds_the_bytes_is_told_so_and_gets_none(client, log, rest):
    path = f"/tlog/{log.epoch_id}/{rest.format(size=log.size)}"
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == first["Cache-Control"]
    assert client.get(path, headers={"if-none-match": '"other"'}).content == first.content


def test_a_new_checkpoint_has_another_tag_and_an_old_partial_tile_stays(client, city, log):
    from django.utils import timezone

    from jiannuo.ledger import sequencer

    from .conftest import walked

    checkpoint_at, tile_at = f"/tlog/{log.epoch_id}/checkpoint", f"/tlog/{log.epoch_id}/tile/0/000.p/{log.size}"
    before, tile = client.get(checkpoint_at), client.get(tile_at)
    walked(city, title="又一件")
    sequencer.sequence(timezone.now())
    assert client.get(checkpoint_at)["ETag"] != before["ETag"]
    assert client.get(tile_at).content == tile.content


def test_the_log_page_lists_checkpoints_by_page_with_keys_and_addresses(client, city, log):
    from django.utils import timezone

    from jiannuo.ledger import sequencer

    from .conftest import walked

    for n in range(11):
        walked(city, "draft", title=f"第{n}件")
        sequencer.sequence(timezone.now())
    page = client.get("/en/log/").content.decode()
    assert 'href="?page=2#checkpoints"' in page
    assert note.encode(bytes(log.root)) in client.get("/en/log/?page=2").content.decode()
    assert client.get("/tlog/keys").content.decode().split("\n")[0].replace("+", "&#x2B;") in page.replace(
        "+", "&#x2B;"
    )
    assert f"/tlog/{log.epoch_id}/checkpoint" in page
    assert "note.NewVerifier" in page
