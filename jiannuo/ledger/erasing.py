"""After an erasure: rewriting the files so that no page still holds the text, and replaying erasures after a restore."""

from __future__ import annotations

from django.db import connection

from . import withdrawn
from .models import Entry


def vacuum() -> None:
    """Rewrite the database so that freed pages, indexes and write-ahead logs hold no erased text.

    SQLite: VACUUM and a truncated write-ahead log. PostgreSQL: VACUUM FULL, a checkpoint and a new log segment; with
    wal_recycle off the old segments are removed (docs/operations.md says what archived segments and backups need).
    Runs outside any transaction.
    """
    if connection.in_atomic_block:
        return  # only inside a test's own transaction; the caller's on_commit runs this for real
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM FULL")
            cursor.execute("CHECKPOINT")
            cursor.execute("SELECT pg_switch_wal()")
            cursor.execute("CHECKPOINT")


def brought_back() -> list[withdrawn.Line]:
    """Withdrawn subjects whose text stands in the database again: a backup from before the erasure was restored."""
    lines = withdrawn.read()
    back = set(
        Entry.objects.filter(subject__in={line.subject for line in lines}, public__isnull=False).values_list(
            "subject", flat=True
        )
    )
    return [line for line in lines if line.subject in back]
