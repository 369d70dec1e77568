"""A measure comes from people whom we need not trust."""

import duckdb
import pytest

from jiannuo.scoring.guard import bind, check, written

GIVEN = (("unit", "numerator"), ("denominator", "n"))

GOOD = [
    "SELECT unit, COUNT(*) AS numerator FROM t GROUP BY unit",
    "SELECT unit, SUM(CASE WHEN kept = 'yes' THEN 1 ELSE 0 END) AS numerator, COUNT(*) AS n FROM t GROUP BY unit",
    "WITH due AS (SELECT unit, x FROM t WHERE d >= DATE '2026-01-01') SELECT unit, x AS numerator FROM due",
    "SELECT unit, COUNT(*) FILTER (WHERE x > 0.5) AS numerator, COUNT(DISTINCT k) AS n FROM t GROUP BY 1",
    "SELECT CAST(k AS VARCHAR) AS unit, SUM(CAST(x AS DECIMAL(38, 6))) AS numerator FROM t GROUP BY 1",
    "SELECT unit, MAX(x) AS numerator FROM t WHERE EXISTS (SELECT k FROM u WHERE y = x) GROUP BY 1 HAVING MAX(x) > 1",
]
BAD = {
    "DROP TABLE t": "not_select",
    "INSERT INTO t SELECT unit, 1 AS numerator FROM t": "not_select",
    "COPY t TO '/tmp/out.csv'": "not_select",
    "ATTACH 'other.db'": "not_select",
    "PRAGMA database_list": "not_select",
    "SET enable_external_access = true": "not_select",
    "INSTALL httpfs": "not_select",
    "SELECT 1 AS unit, 2 AS numerator; DROP TABLE t": "statements",
    "": "statements",
    "SELECT (((": "sql",
    "SELECT * FROM t": "star",
    "SELECT unit, x / 2 AS numerator FROM t": "division",
    "SELECT unit, x % 2 AS numerator FROM t": "division",
    "SELECT unit, x AS numerator FROM read_csv('/etc/passwd')": "table",
    "SELECT unit, x AS numerator FROM other.t": "table",
    "SELECT unit, x AS numerator FROM information_schema.tables": "table",
    "SELECT unit, getenv('HOME') AS numerator FROM t": "form",
    "SELECT unit, random() AS numerator FROM t": "form",
    "SELECT unit, AVG(x) AS numerator FROM t GROUP BY unit": "form",
    "SELECT unit, ROUND(x, 2) AS numerator FROM t": "form",
    "SELECT unit, x AS numerator FROM t ORDER BY x LIMIT 1": "form",
    "SELECT unit, SUM(x) OVER () AS numerator FROM t": "form",
    "SELECT unit, x AS numerator FROM t TABLESAMPLE 10%": "form",
    "SELECT unit, x AS numerator FROM t, (VALUES (1)) v(k)": "form",
    "WITH RECURSIVE a AS (SELECT 1 AS unit UNION ALL SELECT unit + 1 FROM a) SELECT unit FROM a": "recursive",
    "SELECT unit, CAST(x AS INTEGER) AS numerator FROM t": "cast",
    "SELECT unit, CAST(x AS DOUBLE) AS numerator FROM t": "cast",
    "SELECT unit, TRY_CAST(x AS DATE) AS numerator FROM t": "form",
    "SELECT unit, 1e300 AS numerator FROM t": "literal",
    "SELECT unit FROM t": "columns",
    "SELECT unit, x AS numerator, x AS more FROM t": "columns",
    "SELECT unit, unit, x AS numerator FROM t": "columns",
}
TABLES = {"t": ["unit", "x", "k", "d", "kept"], "u": ["k", "y"]}


@pytest.mark.parametrize("text", GOOD)
def test_what_is_allowed(text):
    assert check(text, *GIVEN) == []
    assert bind(text, TABLES) == []


@pytest.mark.parametrize("text", GOOD)
def test_what_an_engine_gets_is_written_from_what_was_checked_and_means_the_same(text):
    commented = text.replace("SELECT", "SELECT /* of a person ; DROP TABLE t -- */", 1)
    assert written(commented, "duckdb") == written(text, "duckdb")
    with duckdb.connect() as engine:
        engine.execute(
            "CREATE TABLE t AS SELECT * FROM (VALUES ('a', 0.25, 1, DATE '2026-01-02', 'yes'),"
            " ('a', 4, 2, DATE '2025-12-31', 'no'), ('b', 2, 2, NULL, 'yes')) s(unit, x, k, d, kept)"
        )
        engine.execute("CREATE TABLE u AS SELECT * FROM (VALUES (1, 4), (2, 2)) s(k, y)")
        rows = [sorted(engine.execute(one).fetchall(), key=str) for one in (text, written(text, "duckdb"))]
    assert rows[0] == rows[1] != []


@pytest.mark.parametrize("text", BAD)
def test_what_is_refused(text):
    faults = check(text, *GIVEN)
    assert f"measure.{BAD[text]}" in {fault.code for fault in faults}


def test_the_line_of_the_fault():
    (fault,) = check("SELECT unit,\n  SUM(x)\n    / SUM(k) AS numerator\nFROM t GROUP BY unit", *GIVEN)
    assert (fault.code, fault.line) == ("measure.division", 2)


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("SELECT unit, x AS numerator FROM nothing", "no_table", "nothing"),
        ("SELECT unit, x AS numerator FROM '/etc/passwd'", "no_table", "/etc/passwd"),
        ("SELECT unit, z AS numerator FROM t", "no_column", "z"),
        ("SELECT unit, u.x AS numerator FROM t JOIN u USING (k)", "no_column", "u.x"),
        ("SELECT unit, k AS numerator FROM t JOIN u ON t.k = u.k", "ambiguous", "k"),
        ("SELECT unit, y AS numerator FROM (SELECT unit, x FROM t) s", "no_column", "y"),
    ],
)
def test_names_that_are_not_there(text, code, found):
    assert check(text, *GIVEN) == []
    assert [(fault.code, fault.found) for fault in bind(text, TABLES)] == [(f"measure.{code}", found)]
