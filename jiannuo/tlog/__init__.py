"""The arithmetic of a transparency log: pure, no Django, no tables.

leaf        what is committed to: canonical text, salts, the 65-byte leaf
merkle      RFC 6962: hashes, proofs, the growing tree
tiles       C2SP tlog-tiles: addresses, tiles, entry bundles
note        C2SP signed-note: Ed25519 signatures over a text
checkpoint  C2SP tlog-checkpoint: origin, size, root
proof       the file a reader downloads: one part opened, its path to a signed root
verify      the offline verifier behind `jiannuo verify`, which needs no database

A proof opens one part of an entry and leaves the other closed. Whoever erases text and salt leaves the leaf as it
was, so every other proof still holds: a log that can forget.
"""
