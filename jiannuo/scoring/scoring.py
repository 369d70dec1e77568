"""The whole way: scheme and folder in, result out."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .computing import compute
from .data import collect
from .engines import Failed, Limits, opened
from .faults import refuse
from .loading import digest, load
from .measuring import measure
from .result import Result


@dataclass(frozen=True)
class Scored:
    """A result, and what it was made of: SHA-256 of the scheme and of each file of the data."""

    result: Result
    scheme_digest: str
    data_digests: Mapping[str, str]


def score(scheme: Path, data: Path, *, engine: str = "duckdb", limits: Limits | None = None) -> Scored:
    """Score the units of a folder by a scheme. Raises Refused with every fault found."""
    read = load(scheme)
    with tempfile.TemporaryDirectory(prefix="jiannuo-scoring-") as scratch:
        found = collect(data, Path(scratch))
        try:
            with opened(engine, found.tables, limits or Limits()) as running:
                measured = measure(read, running, scheme.name)
        except Failed as error:
            raise refuse(
                "engine.failed", "引擎打不开数据", "The engine cannot open the data", found=str(error)
            ) from None
    return Scored(compute(read, measured, scheme.name), digest(read), found.digests)
