"""The same SELECTs on both engines: the same bytes."""

import filecmp
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.scoring.make import indicator, plan, text, written

SELECTS = {
    "kept": """
        SELECT body AS unit, SUM(CASE WHEN late <= 0 THEN 1 ELSE 0 END) AS numerator, COUNT(*) AS denominator,
          COUNT(*) FILTER (WHERE due >= DATE '2026-02-01') AS n
        FROM facts GROUP BY body
    """,
    "yuan": "SELECT body AS unit, SUM(yuan * share) AS numerator FROM facts JOIN shares USING (body) GROUP BY body",
    "worst": "WITH w AS (SELECT body, MAX(yuan) AS m FROM facts GROUP BY 1) SELECT body AS unit, m AS numerator FROM w",
}


@pytest.fixture
def trial(tmp_path):
    """A scheme and its tables, small, of every form that differs between dialects."""
    data = tmp_path / "data"
    data.mkdir()
    bodies = [f"机构{n}" for n in range(7)]
    (data / "units.csv").write_text("unit\n" + "\n".join(bodies), "utf-8")
    (data / "shares.csv").write_text(
        "body,share\n" + "\n".join(f"{b},0.{n + 1}7" for n, b in enumerate(bodies)), "utf-8"
    )
    facts = [f"{bodies[n % 7]},{n % 11 - 5},{n * 37 % 1000}.{n % 100:02},2026-{1 + n % 9:02}-11" for n in range(500)]
    (data / "facts.csv").write_text("body,late,yuan,due\n" + "\n".join(facts), "utf-8")
    values = plan(indicators={key: indicator(select=one) for key, one in SELECTS.items()})
    values["robustness"] = {"replicates": 20, "seed": 1}
    values["units"] = {"title": text("单位"), "select": "SELECT unit FROM units"}
    scheme = tmp_path / "trial.yaml"
    scheme.write_text(written(values), "utf-8")
    return scheme, data


def same_bytes(trial, tmp_path, env):
    outs = [tmp_path / engine for engine in ("duckdb", "spark")]
    for out in outs:
        # A process each: Spark keeps its session for the life of one.
        command = [sys.executable, "-m", "jiannuo.scoring", *map(str, trial), "-o", str(out), "--engine", out.name]
        subprocess.run(command, env={**os.environ, **env}, check=True, timeout=300)
    names = sorted(file.name for file in outs[0].iterdir())
    assert "scores.csv" in names
    assert filecmp.cmpfiles(*outs, names, shallow=False) == (names, [], [])


@pytest.fixture
def spark():
    """Where pyspark lies."""
    pyspark = pytest.importorskip("pyspark", reason="Spark comes with the extra `spark`")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17: apt-get install -y openjdk-17-jre-headless")
    return Path(pyspark.__file__).parent


@pytest.mark.slow
@pytest.mark.usefixtures("spark")
def test_duckdb_and_spark_give_the_same_bytes(trial, tmp_path):
    same_bytes(trial, tmp_path, {"SPARK_MASTER": "local[2]"})


@pytest.mark.slow
def test_a_master_with_two_workers_gives_the_same_bytes(spark, trial, tmp_path):
    deploy = "org.apache.spark.deploy"
    with ExitStack() as stack:
        master = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
        log = stack.enter_context(started(spark, [f"{deploy}.master.Master", *master], tmp_path / "master.log"))
        url = said(log, r"Starting Spark master at (spark://[0-9.:]+)")
        for n in (1, 2):
            worker = ["--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g", "--work-dir"]
            command = [f"{deploy}.worker.Worker", *worker, str(tmp_path / f"work{n}"), url]
            said(stack.enter_context(started(spark, command, tmp_path / f"worker{n}.log")), "(Successfully registered)")
        same_bytes(trial, tmp_path, {"SPARK_MASTER": url})
        assert "Registered app jiannuo-scoring" in log.read_text("utf-8")


@contextmanager
def started(home, command, log):
    """A process of Spark on loopback, ended by its id; what it says goes into `log`."""
    env = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    with log.open("wb") as file:
        process = subprocess.Popen([home / "bin/spark-class", *command], env=env, stdout=file, stderr=file)
    try:
        yield log
    finally:
        process.terminate()
        process.wait(30)


def said(log, pattern, seconds=60):
    """What the log says by this pattern, as soon as it says it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := re.search(pattern, log.read_text("utf-8", errors="replace")):
            return found[1]
        time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8", errors="replace")[-2000:])
