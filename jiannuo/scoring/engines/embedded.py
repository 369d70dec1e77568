"""DuckDB inside this process: no file but the tables, no network, no extension, no change of settings."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import duckdb

from jiannuo.scoring.guard import written

from . import Failed, Limits, in_time, said


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
            raise Failed(said(error)) from None
        self._set("lock_configuration", True)

    def _set(self, name: str, value: object) -> None:
        self.connection.execute(f"SET {name} = $1", [value])

    def run(self, text: str) -> list[dict[str, Any]]:
        with in_time(self.limits, self.connection.interrupt, (duckdb.Error,)):
            answer = self.connection.execute(written(text, "duckdb"))
            names = [column[0] for column in answer.description or ()]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
