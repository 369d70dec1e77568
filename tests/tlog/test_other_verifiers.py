"""Our log read by other people's programs: Go's checksum-database packages and sigstore-python."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from jiannuo.tlog import merkle, tiles
from tests.tlog.small_log import SIGNER, log_of

INSTALL = "apt-get install golang-go golang-golang-x-mod-dev"
SOURCE = Path(__file__).parent / "go" / "main.go"
LOG = log_of(1000, batch=300)


@pytest.fixture(scope="module")
def go(tmp_path_factory):
    """Runs the Go reader over an input and gives its one line."""
    if not shutil.which("go") or not Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/note").exists():
        pytest.skip(f"no Go with golang.org/x/mod here; {INSTALL}")
    folder = tmp_path_factory.mktemp("go")
    environment = {
        "PATH": "/usr/bin:/bin:/usr/local/go/bin",
        "GOPATH": "/usr/share/gocode",
        "GO111MODULE": "off",
        "GOCACHE": str(folder / "cache"),
        "HOME": str(folder),
    }
    program = folder / "check"
    subprocess.run(["go", "build", "-o", program, SOURCE], env=environment, check=True)

    def run(value):
        answer = subprocess.run([program], input=json.dumps(value), capture_output=True, text=True, check=False)
        assert (answer.returncode == 0) == (answer.stdout == "ok\n")
        return answer.stdout.strip() or answer.stderr

    return run


def b64(data):
    return base64.b64encode(data).decode()


def given_to_go(index):
    tree = LOG.subtree()
    return {
        "Key": LOG.key,
        "Checkpoint": LOG.head,
        "Index": index,
        "Leaf": b64(LOG.leaf(index)),
        "Path": [b64(item) for item in merkle.inclusion_proof(index, LOG.size, tree)],
        "Older": LOG.checkpoints[300],
        "Prefix": [b64(item) for item in merkle.consistency_proof(300, LOG.size, tree)],
        "Tiles": [
            {"Path": str(tiles.Address(level, place, len(data) // 32)), "Data": b64(data)}
            for (level, place), data in LOG.tiles.items()
        ],
    }


@pytest.mark.parametrize("index", [0, 255, 256, 299, 767, 768, 999])
def test_go_accepts_our_checkpoint_leaf_proofs_and_tiles(go, index):
    assert go(given_to_go(index)) == "ok"


def changed(text):
    """The base64 with one bit of its bytes turned."""
    data = bytearray(base64.b64decode(text))
    data[7] ^= 1
    return b64(bytes(data))


REFUSED = {
    "leaf": ("inclusion", lambda v: v.update(Leaf=changed(v["Leaf"]))),
    "index": ("inclusion", lambda v: v.update(Index=v["Index"] + 1)),
    "path": ("inclusion", lambda v: v["Path"].__setitem__(0, changed(v["Path"][0]))),
    "short path": ("inclusion", lambda v: v["Path"].pop()),
    "prefix": ("consistency", lambda v: v["Prefix"].__setitem__(0, changed(v["Prefix"][0]))),
    "older state": ("consistency", lambda v: v.update(Older=LOG.checkpoints[600])),
    "tile": ("tiles", lambda v: v["Tiles"][0].update(Data=changed(v["Tiles"][0]["Data"]))),
    "size": ("note", lambda v: v.update(Checkpoint=v["Checkpoint"].replace("\n1000\n", "\n1001\n"))),
    "key": ("note", lambda v: v.update(Key="example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_go_refuses_what_was_altered(go, what):
    step, alter = REFUSED[what]
    value = given_to_go(5)
    alter(value)
    assert go(value).startswith(f"{step}:")


def test_sigstore_reads_our_checkpoint_and_proves_our_inclusion():
    reader = pytest.importorskip("sigstore._internal.rekor.checkpoint")
    note = reader.SignedNote.from_text(LOG.head)
    assert [(s.name, s.sig_hash) for s in note.signatures] == [(SIGNER.name, SIGNER.key_id)]
    head = reader.LogCheckpoint.from_text(note.note)
    root = merkle.range_hash(0, LOG.size, LOG.subtree())
    assert (head.origin, head.log_size, head.log_hash) == (SIGNER.name, LOG.size, root.hex())
