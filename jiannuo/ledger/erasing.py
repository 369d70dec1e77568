"""After an erasure: rewriting the files so that no page holds the text, and finding what a restore brought back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import connection

from . import withdrawn
from .models import Entry

log = structlog.get_logger(__name__)
PATIENCE = 20.0  # seconds to wait for readers that still see what was erased


def _mark() -> Path:
    return Path(settings.LOG_DIR) / "rewrite"


def want() -> None:
    """Ask the worker to rewrite the files. The mark lies beside the database, so it outlives a crash."""
    _mark().parent.mkdir(parents=True, exist_ok=True)
    _mark().touch()


def is_wanted() -> bool:
    return _mark().exists()


def rewrite() -> bool:
    """Rewrite the files if an erasure asked for it; returns whether nothing is left to do.

    The mark goes first and comes back when the rewriting fails, so an erasure that comes meanwhile is not lost. A
    failure (no right, no room, a reader that does not end) is logged and tried again in the next round.
    """
    if not is_wanted():
        return True
    _mark().unlink()
    try:
        done = vacuum()
    except Exception:
        want()
        raise
    if not done:
        want()
        log.warning("erasing.waits", reason="a transaction from before the erasure is still open")
    return done


def vacuum() -> bool:
    """Rewrite the database so that freed pages, statistics, indexes and write-ahead logs hold no erased text.

    SQLite: VACUUM and a truncated write-ahead log. PostgreSQL: statistics anew (they keep frequent values), VACUUM
    FULL, a checkpoint and a new log segment; with wal_recycle off the old segments are removed (docs/operations.md says
    which rights this takes and what archived segments and backups need). Runs outside any transaction. Returns False
    while somebody reads what was before the erasure: then the old pages cannot go yet.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _pages, _moved = cursor.fetchone()
            return not busy
        if not _older_ended(cursor):
            return False
        cursor.execute("ANALYZE")
        cursor.execute("VACUUM FULL")
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_switch_wal()")
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW wal_recycle")
        if cursor.fetchone()[0] == "on":
            log.warning("erasing.wal_recycled", reason="recycled segments keep old bytes; set wal_recycle = off")
    return True


def _older_ended(cursor: Any) -> bool:
    """Whether every transaction that began before now has ended, within our patience."""
    cursor.execute("SELECT clock_timestamp()")
    (start,) = cursor.fetchone()
    until = time.monotonic() + PATIENCE
    while True:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend' AND xact_start < %s",
            [start],
        )
        if not cursor.fetchone()[0]:
            return True
        if time.monotonic() > until:
            return False
        time.sleep(0.1)


def brought_back() -> list[withdrawn.Line]:
    """Withdrawn subjects whose text stands in the database again: a backup from before the erasure was restored."""
    lines = withdrawn.read()
    back = set(
        Entry.objects.filter(subject__in={line.subject for line in lines}, public__isnull=False).values_list(
            "subject", flat=True
        )
    )
    return [line for line in lines if line.subject in back]
