"""A result as files: CSV tables (UTF-8 with BOM, as Excel wants it), one JSON of what it was made of, one page."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal
from pathlib import Path

from .comparing import Move
from .exact.numbers import published
from .faults import refuse
from .report import report
from .result import Result
from .robust import Intervals
from .scoring import Scored

SHOWN = Context(prec=15)  # significant digits of the steps between; the published scores are rounded by the scheme
Row = Sequence[object]
FILES = (
    "scores.csv", "figures.csv", "contributions.csv", "intervals.csv", "moves.csv", "causes.csv", "report.html",
    "result.json",
)  # fmt: skip
PREFIX = ".writing-"


def ready(out: Path, *data: Path) -> None:
    """Asked before anything is worked out. Raises Refused if the results could not be put into this folder."""
    if any(out.resolve() == folder.resolve() for folder in data):
        zh, en = "结果不能放进数据目录，否则会被当成数据", "Results do not go among the data, or they are read as such"
        raise refuse("out.is_data", zh, en, found=out)
    there = next(place for place in (out.absolute(), *out.absolute().parents) if place.exists())
    try:
        with tempfile.TemporaryDirectory(dir=there, prefix=PREFIX):
            pass
    except OSError as error:
        found = f"{out}: {error.strerror}"
        raise refuse(
            "out.unwritable", "结果目录不能写", "The folder of the results cannot be written", found=found
        ) from None


def write(scored: Scored, out: Path, intervals: Intervals | None = None, moves: Sequence[Move] | None = None) -> None:
    """All of FILES that this result has, in place of those of an earlier one; each is there whole or not at all."""
    result = scored.result
    tables = {
        "scores.csv": _scores(result),
        "figures.csv": _figures(result),
        "contributions.csv": _contributions(result),
    }
    if intervals is not None:
        tables["intervals.csv"] = _intervals(result, intervals)
    if moves is not None:
        tables |= {"moves.csv": _moves(moves), "causes.csv": _causes(moves)}
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=PREFIX) as folder:
        made = Path(folder)
        for name, rows in tables.items():
            _csv(made / name, rows)
        (made / "report.html").write_text(report(scored, intervals, moves), "utf-8")
        (made / "result.json").write_text(_made_of(scored, intervals), "utf-8")
        is_ours = (out / "result.json").exists()
        for name in FILES:
            if (made / name).exists():
                (made / name).replace(out / name)
            elif is_ours:
                (out / name).unlink(missing_ok=True)


def _made_of(scored: Scored, intervals: Intervals | None) -> str:
    result = scored.result
    made = {
        "scheme": result.scheme.name,
        "version": result.scheme.version,
        "status": result.scheme.status.value,
        "scheme_sha256": scored.scheme_digest,
        "data_sha256": dict(sorted(scored.data_digests.items())),
        "units": len(result.units),
        "scored": sum(score is not None for score in result.index),
    }
    if intervals is not None:
        made["robustness"] = intervals.how.model_dump(mode="json")
    return json.dumps(made, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _moves(moves: Sequence[Move]) -> Iterator[Row]:
    """Who moved."""
    yield ("unit", "title", "score_before", "score_after", "rank_before", "rank_after", "climbed")
    for m in moves:
        yield (m.unit.code, m.unit.title, m.score_before, m.score_after, m.rank_before, m.rank_after, m.climbed)


def _causes(moves: Sequence[Move]) -> Iterator[Row]:
    """Why, one line for each cause."""
    yield ("unit", "cause", "brought")
    for move in moves:
        for name, value in move.causes.items():
            yield (move.unit.code, name, value)


def _scores(result: Result) -> Iterator[Row]:
    dimensions = [key for key in result.scheme.dimensions if key != result.scheme.root]
    yield (
        "unit", "title", "peer_group", "status", "index", "score", "rank", "rank_in_group", "grade", "grade_earned",
        "caps",
        *dimensions, *result.points,
    )  # fmt: skip
    for place, unit in enumerate(result.units):
        score = result.index[place]
        yield (
            unit.code,
            unit.title,
            unit.peer_group,
            "insufficient" if score is None else "scored",
            result.published[result.scheme.root][place],
            score,
            result.ranks[place],
            result.ranks_in_group[place],
            result.grades[place],
            result.earned[place],
            " ".join(result.capped.get(place, ())),
            *(result.published[key][place] for key in dimensions),
            *(published(column[place] or Decimal(0), result.scheme.digits) for column in result.points.values()),
        )


def _figures(result: Result) -> Iterator[Row]:
    steps = ("raw", "denominated", "imputed", "treated", "normalised")
    yield ("unit", "indicator", "numerator", "denominator", "n", *steps, "state", "moved")
    for key, one in result.figures.items():
        for place, unit in enumerate(result.units):
            cell = one.cells[place]
            values = (one.raw, one.denominated, one.imputed, one.treated.values, one.normalised)
            yield (
                unit.code,
                key,
                *((cell.numerator, cell.denominator, cell.n) if cell else (None, None, None)),
                *(None if column[place] is None else SHOWN.plus(column[place] or Decimal(0)) for column in values),
                one.states.get(place, ""),
                one.treated.moved.get(place, ""),
            )


def _contributions(result: Result) -> Iterator[Row]:
    yield ("unit", "dimension", "part", "weight", "score", "brought", "basis")
    for place, unit in enumerate(result.units):
        for dimension in result.scheme.dimensions:
            for share in result.shares(dimension, place):
                score, digits = published(share.score, result.scheme.digits), SHOWN.plus(share.weight)
                yield (unit.code, dimension, share.part, digits, score, share.brought, share.basis)


def _intervals(result: Result, intervals: Intervals) -> Iterator[Row]:
    yield ("unit", "rank", "low", "median", "high", "share")
    for unit, rank, one in zip(result.units, result.ranks, intervals.units, strict=True):
        if one is not None:
            yield (unit.code, rank, one.low, one.median, one.high, f"{one.share:.4f}")


def _csv(path: Path, rows: Iterator[Row]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        for row in rows:
            writer.writerow([_text(value) for value in row])


def _text(value: object) -> str:
    """Decimals without exponent; a text that a spreadsheet would take for a formula is quoted."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return str(value)
