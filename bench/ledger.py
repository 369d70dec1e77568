"""How fast the ledger is, durable, on a database of its own: `python -m bench.ledger [ENTRIES]`.

Appends entries in transactions of 500, sequences them in batches of 256, each with its tiles, its signed checkpoint and
one fsync of the file beside the database, makes and verifies proofs, and checks the whole log from the rows. On SQLite
in a temporary folder, or on the empty database at BENCH_DATABASE_URL.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from datetime import date
from time import perf_counter

PROOFS = 200


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(JIANNUO_VAR=folder, DJANGO_SETTINGS_MODULE="jiannuo.settings")
        os.environ["DATABASE_URL"] = os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        measure(count)


def measure(count: int) -> None:
    from django.utils import timezone

    from jiannuo.ledger import reading, sequencer, verifying
    from jiannuo.ledger.actions import Draft, append
    from jiannuo.ledger.models import Entry
    from jiannuo.tlog import note, proof

    if Entry.objects.exists():
        sys.exit("the database at BENCH_DATABASE_URL holds entries; the bench wants an empty one")
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
    tell("append", count, perf_counter() - start, "entries")

    start = perf_counter()
    numbered = sequencer.sequence(timezone.now())
    tell("sequence", numbered, perf_counter() - start, "entries")

    chance = random.Random(1)
    entries = list(Entry.objects.filter(leaf__in=chance.sample(range(numbered), min(PROOFS, numbered))))
    start = perf_counter()
    for entry in entries:
        made = reading.make_proof(entry)
        assert made is not None
        proof.verify(made, [note.Verifier.parse(made.key)])
    tell("prove", len(entries), perf_counter() - start, "proofs, made and verified")

    start = perf_counter()
    faults = list(verifying.verify())
    tell("verify", numbered, perf_counter() - start, f"entries, {len(faults)} faults")
    sys.exit(1 if faults else 0)


def tell(what: str, count: int, seconds: float, unit: str) -> None:
    print(f"{what:9}{count / seconds:10,.0f} a second ({count} {unit} in {seconds:.2f} s)")


if __name__ == "__main__":
    main()
