"""DuckDB inside this process: no file but the tables, no network, no extension, no change of settings."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import duckdb

from . import Failed, Limits, TooLong


class DuckDB:
    """An engine over Parquet files, locked before the first SELECT."""

    def __init__(self, tables: Mapping[str, Sequence[Path]], limits: Limits) -> None:
        self.limits = limits
        files = [str(file) for group in tables.values() for file in group]
        self.connection = duckdb.connect()
        self._set("memory_limit", f"{limits.memory}MB")
        self._set("temp_directory", "")
        self._set("threads", os.cpu_count() or 1)
        for name in (
            "enable_progress_bar",
            "autoinstall_known_extensions",
            "autoload_known_extensions",
            "allow_community_extensions",
        ):
            self._set(name, False)
        self._set("allowed_paths", files)
        self._set("enable_external_access", False)
        self.tables: dict[str, list[str]] = {}
        try:
            for name, group in tables.items():
                listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in group)
                self.connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet([{listed}])')  # noqa: S608
                described = self.connection.execute(f'DESCRIBE "{name}"').fetchall()
                self.tables[name] = [row[0] for row in described]
        except duckdb.Error as error:
            self.connection.close()
            raise Failed(_said(error)) from None
        self._set("lock_configuration", True)

    def _set(self, name: str, value: object) -> None:
        self.connection.execute(f"SET {name} = $1", [value])

    def run(self, text: str) -> list[dict[str, Any]]:
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.connection.interrupt()

        timer = threading.Timer(self.limits.seconds, stop)
        timer.start()
        try:
            answer = self.connection.execute(text)
            names = [column[0] for column in answer.description or ()]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        except duckdb.InterruptException:
            raise TooLong(f"{self.limits.seconds:g} s") from None
        except duckdb.Error as error:
            raise (TooLong(f"{self.limits.seconds:g} s") if late.is_set() else Failed(_said(error))) from None
        finally:
            timer.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
