"""A whole log in memory, made only of the pure functions: what the ledger does with rows, without rows."""

from jiannuo.tlog import checkpoint, leaf, merkle, note, proof, tiles

ORIGIN = "log.example/yunchuan"
# A fixed key, so that a failing test fails again.
SIGNER = note.Ed25519Signer.from_seed(ORIGIN, bytes(range(32)))
STRANGER = note.Ed25519Signer.from_seed("log.example/other", bytes(32))


class SmallLog:
    """Entries with two parts, tiles, and a checkpoint after each growth."""

    def __init__(self, signer=SIGNER):
        self.signer = signer
        self.entries = []
        self.tiles = {}
        self.checkpoints = {}

    def add(self, texts):
        """Append entries given as (public, internal); signs once."""
        before = len(self.entries)
        for public, internal in texts:
            salts = leaf.new_salt(), leaf.new_salt()
            made = leaf.make_leaf(
                leaf.commitment("public", salts[0], public), leaf.commitment("internal", salts[1], internal)
            )
            self.entries.append(({"public": (public, salts[0]), "internal": (internal, salts[1])}, made))
        hashes = [merkle.leaf_hash(made) for _, made in self.entries[before:]]
        self.tiles.update(tiles.grow(before, hashes, self.read))
        size = len(self.entries)
        head = checkpoint.Checkpoint(self.signer.name, size, merkle.range_hash(0, size, self.subtree()))
        self.checkpoints[size] = checkpoint.sign(head, [self.signer])
        return self

    def read(self, level, index):
        return self.tiles.get((level, index), b"")

    def subtree(self):
        return tiles.subtree_reader(self.read)

    @property
    def size(self):
        return len(self.entries)

    @property
    def head(self):
        return self.checkpoints[self.size]

    @property
    def key(self):
        return str(self.signer.verifier)

    def leaf(self, index):
        return self.entries[index][1]

    def proof(self, index, part="public"):
        parts, made = self.entries[index]
        text, salt = parts[part]
        return proof.Proof(
            part=part,
            text=text,
            salt=salt,
            other=leaf.open_leaf(made, "internal" if part == "public" else "public"),
            key=self.key,
            index=index,
            path=tuple(merkle.inclusion_proof(index, self.size, self.subtree())),
            note=self.head,
        )


def log_of(size, batch=256):
    """A log of `size` entries, grown in batches."""
    log = SmallLog()
    while log.size < size:
        end = min(size, log.size + batch)
        log.add([(text_of(i), leaf.canonical({"by": f"person:{i}"})) for i in range(log.size, end)])
    return log


def text_of(index):
    return leaf.canonical(
        {
            "verb": "record.notify",
            "subject": f"record:{index}",
            "on": "2026-11-24",
            "facts": {"body": "云川市城市管理局", "number": index, "public": index % 2 == 0},
        }
    )
