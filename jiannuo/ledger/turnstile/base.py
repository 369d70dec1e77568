"""Django's SQLite backend whose transactions take a file lock first."""

import contextlib
import fcntl
import os
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

PATIENCE = 30.0  # seconds
PAUSE = 0.002  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    """Reads open no transaction and never wait; whoever begins one holds the turnstile until commit or rollback."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turnstile: int | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            if not self._in_transaction():
                self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    def _in_transaction(self) -> bool:
        return self.connection is not None and bool(self.connection.in_transaction)

    def _enter(self) -> None:
        """Wait in line, then for whoever is inside; who comes out joins the line anew and cannot overtake its first."""
        if self._turnstile is not None or self.is_in_memory_db():
            return
        name = self.settings_dict["NAME"]
        until = time.monotonic() + PATIENCE
        line = _locked(f"{name}.line", until)
        try:
            self._turnstile = _locked(f"{name}.turnstile", until)
        finally:
            os.close(line)

    def _leave(self) -> None:
        if self._turnstile is not None:
            os.close(self._turnstile)  # closing gives the lock up
            self._turnstile = None


def _locked(path: str, until: float) -> int:
    """A handle of the file that alone holds its lock, which the kernel releases when it is closed or its process dies.

    Raises:
        OperationalError: another held it until this hour of the monotonic clock.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return handle
            if time.monotonic() > until:
                raise OperationalError(f"waited {PATIENCE:.0f} s for another writer")
            time.sleep(PAUSE)
    except BaseException:
        os.close(handle)
        raise
