"""How fast the ledger is on a database, durable, beside pymerkle's: `python bench/ledger.py [ENTRIES]`.

Ours: entries appended in transactions of 500; sequenced in batches of 256, each one transaction with leaf numbers,
tiles, root and signed checkpoint, synced by the database (SQLite: synchronous=FULL), and one more sync of the file
beside it; inclusion proofs of leaves at random, made from the rows (`prove`) and from entry to signed proof file,
verified (`prove whole`); the whole log checked from the rows. On SQLite in a temporary folder (BENCH_FOLDER says
where), or on the empty database at BENCH_DATABASE_URL.

pymerkle (GPL, so never in the product): its SQLite tree, the 65-byte leaves alone in batches of 256, with SQLite's
default of one full sync a batch, the root after each; proofs of leaves at random, with its cache of subtrees as it
comes and fills. `prove first` is a proof in a process that has made none: nothing cached here, the tree just opened
there.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.tlog import BATCH, leaves_of, rate

PROOFS = 2000
FIRST = 20


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        os.environ.update(JIANNUO_VAR=folder, DJANGO_SETTINGS_MODULE="jiannuo.settings")
        os.environ["DATABASE_URL"] = os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        mine = dict(ours(count))
        try:
            other = dict(pymerkle(count, Path(folder)))
        except ImportError:
            other = {}
            print("pymerkle is absent, so there is no comparison: pip install pymerkle (GPL-3, for this bench only)")
    for what, (figure, words) in mine.items():
        line = f"{what:12}{figure:10,.0f} a second ({words})"
        if theirs := other.get(what):
            line += f"; pymerkle {theirs:,.0f}: {figure / theirs:.1f} times as fast"
        print(line)


def ours(count: int) -> Iterator[tuple[str, tuple[float, str]]]:
    from django.db import connection
    from django.utils import timezone

    from jiannuo.ledger import reading, sequencer, verifying
    from jiannuo.ledger.actions import Draft, append
    from jiannuo.ledger.models import Checkpoint, Entry
    from jiannuo.tlog import merkle, note, proof, tiles

    if Entry.objects.exists():
        sys.exit("the database at BENCH_DATABASE_URL holds entries; the bench wants an empty one")
    print(f"{count} entries on {connection.vendor}")
    day = date(2026, 11, 24)
    drafts = [
        Draft(
            "record.notify", f"record:{i}", day, public={"facts": {"body": "云川市", "number": i}}, internal={"by": "x"}
        )
        for i in range(count)
    ]
    start = perf_counter()
    for at in range(0, count, 500):
        append(drafts[at : at + 500])
    yield "append", (count / (perf_counter() - start), "entries, 500 a transaction")

    start = perf_counter()
    numbered = sequencer.sequence(timezone.now())
    yield "sequence", (numbered / (perf_counter() - start), "entries, batches of 256 with root, checkpoint, full sync")

    head = sequencer.head()
    assert head is not None
    hashes = {leaf: merkle.leaf_hash(bytes(data)) for leaf, data in Entry.objects.values_list("leaf", "commitment")}

    def prove(index: int) -> None:
        read = reading.tiles_for(head.epoch, index, head.size)
        path = merkle.inclusion_proof(index, head.size, tiles.subtree_reader(read))
        merkle.verify_inclusion(index, head.size, hashes[index], path, head.root)

    def first(index: int) -> None:
        tiles.nodes.cache_clear()
        tiles.root.cache_clear()
        prove(index)

    yield "prove", (rate(prove, numbered, PROOFS), "inclusion proofs from the rows, made and verified")
    yield "prove first", (rate(first, numbered, FIRST), "the same, each as if it were the first")

    def whole(index: int) -> None:
        made = reading.make_proof(Entry.objects.select_related("epoch").get(epoch=head.epoch, leaf=index))
        assert made is not None
        proof.verify(made, [note.Verifier.parse(made.key)])

    yield "prove whole", (rate(whole, numbered, PROOFS // 4), "proof files from entry to signature, made and verified")

    start = perf_counter()
    faults = list(verifying.verify())
    yield "verify", (numbered / (perf_counter() - start), f"entries, {Checkpoint.objects.count()} checkpoints")
    if faults:
        sys.exit("\n".join(faults))


def pymerkle(count: int, folder: Path) -> Iterator[tuple[str, float]]:
    from pymerkle import SqliteTree, verify_inclusion

    leaves, file = leaves_of(count), str(folder / "pymerkle.sqlite3")
    tree = SqliteTree(file)
    start = perf_counter()
    for at in range(0, count, BATCH):
        tree.append_entries(leaves[at : at + BATCH])
        tree.get_root()
    yield "sequence", count / (perf_counter() - start)
    root = tree.get_root()

    def prove(index: int) -> None:
        verify_inclusion(tree.get_leaf(index + 1), root, tree.prove_inclusion(index + 1))

    def first(index: int) -> None:
        with SqliteTree(file) as opened:
            verify_inclusion(opened.get_leaf(index + 1), root, opened.prove_inclusion(index + 1))

    yield "prove", rate(prove, count, PROOFS)
    yield "prove first", rate(first, count, FIRST)


if __name__ == "__main__":
    main()
