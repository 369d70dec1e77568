"""SQLite behind a turnstile: writers queue on a file lock before BEGIN IMMEDIATE, so that an import lets the web in.

Without it SQLite's own lock is polled with growing pauses and a web write beside a full import waited 1.8 to 5.6 s at
the 99th percentile; with it 0.13 s (docs/decisions/0002).
"""
