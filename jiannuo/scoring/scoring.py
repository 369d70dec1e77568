"""The whole way: scheme and folder in, result out."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .computing import compute
from .data import collect
from .engines import Failed, Limits, opened
from .faults import Fault, Refused, refuse
from .loading import checked, digest
from .measuring import measure
from .result import Result
from .source import Source, read


@dataclass(frozen=True)
class Scored:
    """A result, and what it was made of: SHA-256 of the scheme and of each file of the data."""

    result: Result
    scheme_digest: str
    data_digests: Mapping[str, str]


def score(scheme: Path, data: Path, *, engine: str = "duckdb", limits: Limits | None = None) -> Scored:
    """Score the units of a folder by a scheme. Raises Refused with every fault found."""
    source = read(scheme)
    made = checked(source)
    with tempfile.TemporaryDirectory(prefix="jiannuo-scoring-") as scratch:
        found = collect(data, Path(scratch))
        try:
            with opened(engine, found.tables, limits or Limits()) as running:
                result = compute(made, measure(made, running))
        except Failed as error:
            raise refuse("engine.failed", "引擎打不开数据", "The engine cannot open the data", found=error) from None
        except Refused as refused:
            raise Refused([_placed(fault, source) for fault in refused.faults]) from None
    return Scored(result, digest(made), found.digests)


def _placed(fault: Fault, source: Source) -> Fault:
    """With file and line of its key; of a SELECT the line was counted from its first."""
    if not fault.key or fault.file:
        return fault
    return replace(fault, file=source.file, line=source.line(fault.key.split(".")) + fault.line)
