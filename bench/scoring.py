"""Composite indices: `python bench/scoring.py [--large]`.

- The ASEM index, where its data lie beside the checkout: figures → missing data → outliers → normalisation → four
  levels, rebuilt for each replicate. COINr, in R, took 12.7–18.6 s for 100 (measured apart: R is not in this run).
- 1 000 draws of weights for 60 units × 49 indicators, one level, min–max, ranks: beside pymcdm (TOPSIS) and
  scikit-criteria (weighted sum), which score one draw a call.
- The exact base result of 3 000 units × 49 indicators, in decimals, with outliers.
- Two indicators over 10 million fact rows of 3 000 units on DuckDB, from Parquet to ranks; with --large 100 million.
  Beside it the whole command on DuckDB and on Spark (two cores of this machine), whose files must be the same bytes.
"""

from __future__ import annotations

import filecmp
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from jiannuo.scoring import compute, robustness  # noqa: E402
from jiannuo.scoring.engines import Limits  # noqa: E402
from jiannuo.scoring.scheme import Robustness  # noqa: E402
from jiannuo.scoring.scoring import score  # noqa: E402
from tests.scoring.make import indicator, measured, plan, scheme, text, written  # noqa: E402

ASEM = ROOT.parent / "shared" / "data" / "asem"


def timed(call, times=3):
    """Result and the least of some times, in seconds."""
    least = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        result = call()
        least = min(least, time.perf_counter() - start)
    return result, least


def main() -> None:
    asem()
    draws()
    exact()
    facts(10_000_000)
    if "--large" in sys.argv:
        facts(100_000_000)


def asem() -> None:
    if not ASEM.exists():
        print("skipped: no ASEM data beside the checkout")
        return
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ASEM / "coin_Data_1_Raw.csv", Path(folder) / "raw.csv")
        shutil.copy(ASEM / "coin_Input_Denominators.csv", Path(folder) / "denominators.csv")
        result = score(ROOT / "docs/scoring/asem.yaml", Path(folder)).result
    _, base = timed(lambda: compute_again(result))
    print(f"ASEM 51 × 49, exact, from measured figures to ranks: {base:.3f} s")
    for count, times in ((100, 3), (10_000, 1)):
        how = result.scheme.robustness.model_copy(update={"replicates": count})
        _, took = timed(lambda how=how: robustness(result, how), times)
        print(f"ASEM 51 × 49, {count:6,} replicates, base ranks those of the decimals: {took:7.3f} s")


def compute_again(result):
    from jiannuo.scoring.measuring import Measured

    below = {}  # the figures as denominated: division is not what is timed
    cells = {key: one.cells for key, one in result.figures.items()}
    plain = result.scheme.model_copy(
        update={
            "indicators": {
                key: one.model_copy(update={"denomination": None}) for key, one in result.scheme.indicators.items()
            }
        }
    )
    return compute(plain, Measured(result.units, cells, below, {}, {})).ranks


def draws() -> None:
    units, indicators, count = 60, 49, 1_000
    random = np.random.default_rng(1)
    matrix = random.random((units, indicators)).round(6)
    columns = {f"i{n:02}": list(matrix[:, n]) for n in range(indicators)}
    result = compute(scheme(tuple(columns)), measured(columns))
    how = Robustness(replicates=count, seed=1, weights=Decimal("0.5"))
    _, ours = timed(lambda: robustness(result, how))
    print(f"{count:,} draws of weights, {units} × {indicators}: ours {ours:.3f} s")
    weights = random.random((count, indicators))
    weights /= weights.sum(axis=1, keepdims=True)
    try:
        from pymcdm.helpers import rrankdata
        from pymcdm.methods import TOPSIS

        topsis, types = TOPSIS(), np.ones(indicators)
        _, took = timed(lambda: [rrankdata(topsis(matrix, one, types)) for one in weights], 1)
        print(f"  pymcdm, TOPSIS: {took:.3f} s, {took / ours:.0f} × ours")
        import skcriteria
        from skcriteria.agg.simple import WeightedSumModel
        from skcriteria.preprocessing.scalers import MinMaxScaler

        model, scaler = WeightedSumModel(), MinMaxScaler(target="matrix")

        def one(weight):
            data = skcriteria.mkdm(matrix, [max] * indicators, weights=weight)
            return model.evaluate(scaler.transform(data)).rank_

        part = weights[:100]
        _, took = timed(lambda: [one(weight) for weight in part], 1)
        took *= count / len(part)
        print(f"  scikit-criteria, weighted sum ({len(part)} draws, scaled up): {took:.3f} s, {took / ours:.0f} × ours")
    except ImportError as error:
        print(f"skipped: {error.name} comes with the bench packages")


def exact() -> None:
    random = np.random.default_rng(2)
    columns = {f"i{n:02}": [f"{x:.6f}" for x in random.normal(50, 15, 3000)] for n in range(49)}
    made = scheme(tuple(columns), defaults={"treatment": {"winsorise": 6}})
    figures = measured(columns)
    _, took = timed(lambda: compute(made, figures).ranks)
    print(f"exact base result, 3 000 × 49: {took:.3f} s")


def facts(rows: int) -> None:
    """kept: share of facts that were kept; yuan: sum of a decimal."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        with duckdb.connect() as connection:
            connection.execute("SET enable_progress_bar = false")
            for name, query in (("facts", FACTS.format(rows=rows)), ("units", UNITS)):
                connection.execute(f"COPY ({query}) TO '{data}/{name}.parquet' (FORMAT parquet)")
        values = plan(
            dimensions={"index": {"title": text("总分")}, "conduct": {"title": text("行为"), "parent": "index"}},
            indicators={
                "kept": indicator("conduct", select=KEPT),
                "yuan": indicator(
                    "conduct", select="SELECT body AS unit, SUM(yuan) AS numerator FROM facts GROUP BY body"
                ),
            },
        )
        path = Path(folder) / "trial.yaml"
        path.write_text(written(values), "utf-8")
        scored, took = timed(lambda: score(path, data, limits=Limits(seconds=300, memory=3_000)), 1)
        assert all(scored.result.ranks)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{rows:,} fact rows, 3 000 units, two levels, DuckDB: {took:.2f} s, digest of the file included; "
            f"peak of the process {memory:,.0f} MB"
        )
        both_engines(path, data, Path(folder))


def both_engines(path: Path, data: Path, folder: Path) -> None:
    if find_spec("pyspark") is None or shutil.which("java") is None:
        print("  skipped: Spark comes with the extra `spark` and needs Java 17")
        return
    outs, times = [folder / engine for engine in ("duckdb", "spark")], []
    for out in outs:
        command = [sys.executable, "-m", "jiannuo.scoring", str(path), str(data), "-o", str(out), "--engine", out.name]
        start = time.perf_counter()
        subprocess.run([*command, "--seconds", "900", "--memory", "3000"], check=True, capture_output=True, cwd=ROOT)
        times.append(time.perf_counter() - start)
    names = sorted(file.name for file in outs[0].iterdir())
    if filecmp.cmpfiles(*outs, names, shallow=False) != (names, [], []):
        raise SystemExit(f"the two engines differ in {names}")
    print(
        f"  the whole command: DuckDB {times[0]:.1f} s, Spark on two cores {times[1]:.1f} s; {len(names)} files, "
        "the same bytes"
    )


FACTS = """
    SELECT 'u' || lpad(CAST(hash(i) % 3000 AS VARCHAR), 4, '0') AS body, CAST(hash(i + 1) % 41 AS INTEGER) - 30 AS late,
      CAST(hash(i + 2) % 1000000 AS DECIMAL(18, 2)) * 0.01 AS yuan
    FROM range({rows}) t(i)
"""
UNITS = "SELECT 'u' || lpad(CAST(i AS VARCHAR), 4, '0') AS unit FROM range(3000) t(i)"
KEPT = (
    "SELECT body AS unit, SUM(CASE WHEN late <= 0 THEN 1 ELSE 0 END) AS numerator, COUNT(*) AS denominator "
    "FROM facts GROUP BY body"
)


if __name__ == "__main__":
    main()
