"""What happened: append-only entries, their sequencing into a transparency log, checkpoints and proofs."""
