"""Tables and engines: exact types, refused answers, a locked engine; and the whole command."""

import csv
import filecmp
import os
import subprocess
import sys
from decimal import Decimal

import duckdb
import pytest

from jiannuo.scoring import Refused
from jiannuo.scoring.command import main
from jiannuo.scoring.data import collect
from jiannuo.scoring.engines import Failed, Limits, TooLong, opened
from jiannuo.scoring.scoring import score
from tests.scoring.make import indicator, plan, written


@pytest.fixture
def folder(tmp_path):
    out = tmp_path / "data"
    out.mkdir()
    (out / "units.csv").write_text("unit\nu1\nu2\nu3\n", "utf-8")
    (out / "t.csv").write_text("unit,x\nu1,1\nu2,2.50\nu3,0.1\nu3,0.2\n", "utf-8")
    return out


@pytest.fixture
def trial(tmp_path):
    def write(**more):
        path = tmp_path / "trial.yaml"
        path.write_text(written(plan(("a",), **more)), "utf-8")
        return path

    return write


def select(text):
    values = plan(("a",))
    values["indicators"]["a"]["select"] = text
    return {"indicators": values["indicators"]}


def codes(trial, folder, **more):
    with pytest.raises(Refused) as refused:
        score(trial(**more), folder)
    for fault in refused.value.faults:
        assert (fault.file, fault.key) == ("trial.yaml", "indicators.a.select")
        assert fault.line > 1
    return [fault.code for fault in refused.value.faults]


def test_a_tenth_and_two_tenths_are_three_tenths(trial, folder):
    result = score(trial(), folder).result
    assert result.figures["a"].raw == [Decimal(1), Decimal("2.50"), Decimal("0.30")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT unit, x AS numerator FROM t", "measure.twice"),
        ("SELECT 'u9' AS unit, COUNT(*) AS numerator FROM t", "measure.unknown"),
        ("SELECT unit, NULL AS numerator FROM units", "measure.null"),
        ("SELECT NULL AS unit, COUNT(*) AS numerator FROM t", "measure.unit"),
        ("SELECT unit, 'many' AS numerator FROM units", "measure.number"),
        ("SELECT unit, y AS numerator FROM t", "measure.no_column"),
        ("SELECT unit, x AS numerator FROM secrets", "measure.no_table"),
    ],
)
def test_answers_that_are_refused(trial, folder, text, code):
    assert code in codes(trial, folder, **select(text))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("bad.csv", "unit,x\na,inf\nb,2\n", "data.endless"),
        ("bad.csv", "unit,x\na,NaN\nb,2\n", "data.endless"),
        ("bad.csv", "unit,x\na,1,2,3\n", "data.csv"),
        ("bad.csv", "", "data.empty"),
        ("bad.csv", "unit,x y\na,1\n", "data.columns"),
        ("b-d.csv", "unit\na\n", "data.name"),
        ("T.csv", "unit\na\n", "data.twice"),
        ("bad.csv", f"x\n{'9' * 40}\n0.5\n", "data.digits"),
    ],
)
def test_bad_tables(folder, tmp_path, name, content, code):
    (folder / name).write_text(content, "utf-8")
    with pytest.raises(Refused) as refused:
        collect(folder, tmp_path)
    assert [fault.code for fault in refused.value.faults] == [code]
    assert refused.value.faults[0].file.lower() == name.lower() or code == "data.twice"


def test_no_folder_and_an_empty_one(tmp_path):
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(Refused):
            collect(path, tmp_path)


def test_the_types_of_a_csv(folder, tmp_path):
    (folder / "k.csv").write_text("code,n,d,day,small\n007,1,1.5,2026-01-02,2e-06\n,-2,,2026-01-03,1\n", "utf-8")
    data = collect(folder, tmp_path)
    with opened("duckdb", data.tables, Limits()) as engine:
        rows = engine.run("SELECT code, n, d, day, small FROM k")
    assert rows[0]["code"] == "007"
    assert rows[0]["small"] == Decimal("0.000002")
    assert (rows[1]["code"], rows[1]["n"], rows[1]["d"]) == (None, -2, None)
    assert rows[0]["day"].isoformat() == "2026-01-02"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY units TO '{out}'",
        "ATTACH '{out}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_text('/etc/passwd')",
    ],
)
def test_the_engine_is_locked_even_where_the_guard_is_not_asked(folder, tmp_path, text):
    data = collect(folder, tmp_path)
    with opened("duckdb", data.tables, Limits()) as engine, pytest.raises(duckdb.Error):
        engine.connection.execute(text.format(out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_select_that_never_ends_is_stopped(folder, tmp_path):
    (folder / "n.csv").write_text("n\n" + "\n".join(map(str, range(3000))), "utf-8")
    data = collect(folder, tmp_path)
    endless = "SELECT COUNT(*) AS c FROM n a, n b, n c, n d WHERE a.n + b.n + c.n + d.n = 7"
    with opened("duckdb", data.tables, Limits(seconds=0.5)) as engine:
        with pytest.raises(TooLong):
            engine.run(endless)
        assert engine.run("SELECT COUNT(*) AS c FROM n") == [{"c": 3000}]


def test_memory_has_its_limit(folder, tmp_path):
    (folder / "n.csv").write_text("n\n" + "\n".join(map(str, range(4000))), "utf-8")
    data = collect(folder, tmp_path)
    hungry = "SELECT COUNT(*) AS c FROM (SELECT DISTINCT a.n * 4000 + b.n AS k FROM n a, n b) x"
    with opened("duckdb", data.tables, Limits(memory=60)) as engine, pytest.raises(Failed):
        engine.run(hungry)


def test_the_command(trial, folder, tmp_path, capsys):
    more = {"robustness": {"replicates": 20, "seed": 1}}
    out = tmp_path / "out"
    assert main([str(trial(**more)), str(folder), "-o", str(out), "--against", str(folder), "--language", "en"]) == 0
    assert "3 units ranked" in capsys.readouterr().out
    names = {path.name for path in out.iterdir()}
    assert names == {
        "scores.csv", "figures.csv", "contributions.csv", "intervals.csv", "moves.csv", "causes.csv", "result.json",
        "report.html",
    }  # fmt: skip
    with (out / "scores.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["unit"], row["score"], row["rank"]) for row in rows] == [
        ("u1", "31.82", "2"), ("u2", "100.00", "1"), ("u3", "0.00", "3"),
    ]  # fmt: skip
    page = (out / "report.html").read_text("utf-8")
    assert "<script" not in page
    assert "http" not in page
    assert 'lang="en"' in page


def test_results_take_the_place_of_earlier_ones_and_leave_none_of_them(trial, folder, tmp_path):
    out = tmp_path / "out"
    more = {"robustness": {"replicates": 20, "seed": 1}}
    assert main([str(trial(**more)), str(folder), "-o", str(out), "--against", str(folder)]) == 0
    (out / "notes.txt").write_text("of somebody else", "utf-8")
    assert main([str(trial()), str(folder), "-o", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == {
        "scores.csv", "figures.csv", "contributions.csv", "result.json", "report.html", "notes.txt",
    }  # fmt: skip


@pytest.mark.parametrize("where", ["file", "file/below", "data"])
def test_where_results_cannot_go_is_said_before_anything_is_worked_out(trial, folder, tmp_path, capsys, where):
    (tmp_path / "file").write_text("", "utf-8")
    out = folder if where == "data" else tmp_path / where
    assert main([str(tmp_path / "no scheme"), str(folder), "-o", str(out)]) == 1
    said = capsys.readouterr().err
    assert str(out) in said
    assert "no scheme" not in said
    assert not (folder / "scores.csv").exists()


def test_what_is_wrong_in_many_places_in_the_same_way_is_said_once(trial, folder, tmp_path, capsys):
    keys = "abcdefghi"
    path = trial(indicators={key: indicator(select="SELECT unit, x AS numerator FROM gone") for key in keys})
    assert main([str(path), str(folder), "-o", str(tmp_path / "out")]) == 1
    first, others = capsys.readouterr().err.splitlines()
    assert "indicators.a.select" in first
    assert "同样还有 8 处：indicators.b.select" in others
    assert others.endswith("…")


def test_the_command_says_every_fault_in_the_language_asked_for(trial, folder, tmp_path, capsys):
    path = trial(**select("SELECT unit, x / 2 AS numerator FROM t"))
    for language, words in (("zh", "查询中不作除法"), ("en", "does not divide")):
        assert main([str(path), str(folder), "-o", str(tmp_path / "out"), "--language", language]) == 1
        assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_text_that_a_spreadsheet_would_run_is_quoted(trial, folder, tmp_path):
    (folder / "units.csv").write_text("unit,title\nu1,=1+1\nu2,@x\nu3,b\n", "utf-8")
    values = trial(units={"title": {"zh": "单位", "en": "Units"}, "select": "SELECT unit, title FROM units"})
    assert main([str(values), str(folder), "-o", str(tmp_path / "out")]) == 0
    with (tmp_path / "out" / "scores.csv").open(encoding="utf-8-sig") as file:
        assert [row["title"] for row in csv.DictReader(file)] == ["'=1+1", "'@x", "b"]


def test_the_same_bytes_whatever_the_processor(trial, folder, tmp_path):
    """Two kernels of the linear algebra library that numpy may have, and two seeds of Python's hashes."""
    path = trial(robustness={"replicates": 50, "seed": 1})
    outs = []
    for kernel, seed in (("Prescott", "1"), ("Haswell", "2")):
        out = tmp_path / kernel
        env = {**os.environ, "OPENBLAS_CORETYPE": kernel, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "jiannuo.scoring", str(path), str(folder), "-o", str(out)]
        subprocess.run(command, env=env, check=True, capture_output=True)
        outs.append(out)
    names = sorted(file.name for file in outs[0].iterdir())
    assert filecmp.cmpfiles(*outs, names, shallow=False) == (names, [], [])


def test_it_needs_no_django():
    code = "import sys, jiannuo.scoring.command; assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
