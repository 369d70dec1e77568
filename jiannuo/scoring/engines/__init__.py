"""What runs the SELECTs. Each engine reads the same Parquet files and is given the same checked text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from jiannuo.scoring.faults import refuse

# Name → module and class; loaded when asked for, as each brings a large library.
ENGINES = {"duckdb": (".embedded", "DuckDB"), "spark": (".cluster", "Spark")}


@dataclass(frozen=True)
class Limits:
    """Of one SELECT: wall-clock seconds, and memory of the engine in MB."""

    seconds: float = 60
    memory: int = 2_000


class Failed(Exception):
    """The engine could not answer; the message is its own, in one line."""


class TooLong(Failed):
    """The SELECT was stopped at its time limit."""


def said(error: Exception) -> str:
    """What an engine says of itself, in one line."""
    return " ".join(str(error).split())[:300]


@contextmanager
def in_time(limits: Limits, stop: Callable[[], None], errors: tuple[type[Exception], ...]) -> Iterator[None]:
    """Calls `stop` at the time limit; the engine's own errors come out as TooLong or Failed."""
    late = threading.Event()

    def end() -> None:
        late.set()
        stop()

    timer = threading.Timer(limits.seconds, end)
    timer.start()
    try:
        yield
    except errors as error:
        raise (TooLong(f"{limits.seconds:g} s") if late.is_set() else Failed(said(error))) from None
    finally:
        timer.cancel()


class Engine(Protocol):
    """An open engine."""

    @property
    def tables(self) -> Mapping[str, Sequence[str]]:
        """Table → its columns."""

    def run(self, text: str) -> list[dict[str, Any]]:
        """The rows of a checked SELECT: texts, ints, Decimals, dates, None; a float where the SELECT gives one.

        Raises Failed, TooLong.
        """


def opened(name: str, tables: Mapping[str, Sequence[Path]], limits: Limits) -> AbstractContextManager[Engine]:
    """Open an engine over these tables. Raises Refused where it is not installed or not known."""
    if name not in ENGINES:
        raise refuse("engine.unknown", "没有这个引擎", "There is no such engine", found=name)
    module, made = ENGINES[name]
    try:
        engine = getattr(import_module(module, __name__), made)
    except ImportError as error:
        raise refuse(
            "engine.missing", f"没有安装引擎：{error.name}", f"The engine is not installed: {error.name}", found=name
        ) from None
    running: AbstractContextManager[Engine] = engine(tables, limits)
    return running
