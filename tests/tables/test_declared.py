"""Every data set that the rooms declare: its template, its schemas, its example."""

import pytest

from jiannuo.lifecycle.offered import data_sets
from jiannuo.tables import Kind, Rows, check, schemas, writing
from jiannuo.tables.reading import read

from .own import codes, read_all

pytestmark = pytest.mark.django_db  # code lists may come from the database
NAMES = ["divisions", "bodies", "successions", "posts", "parties", "records"]


@pytest.fixture(params=NAMES)
def table(request):
    return data_sets()[request.param].table


def test_they_are_there():
    assert set(NAMES) <= set(data_sets())


def test_its_template_is_read_back(table, tmp_path):
    writing.template(table, tmp_path / "t.xlsx")
    reading = read(tmp_path / "t.xlsx", table, file_name="t.xlsx")
    assert reading.columns == [one.name for one in table.columns]
    assert codes(reading.notes) == ["tables.example_row"]
    assert len(read_all(reading)) == 0


def test_its_example_is_right_by_its_own_rules(table):
    """Names are looked up elsewhere; everything else must be as its column says."""
    found = check(table, Rows.of([{one.name: one.example for one in table.columns}]), {})
    assert [fault.column for some in found.faults.values() for fault in some] == []


def test_its_heads_tell_its_columns_apart(table):
    """No two columns may be headed alike, in either language or by name."""
    from jiannuo.tables.folding import fold

    for one in table.columns:
        others = {
            fold(words)
            for other in table.columns
            if other is not one
            for words in (other.title.zh, other.title.en, other.name)
        }
        assert fold(one.title.zh) not in others
        assert fold(one.title.en) not in others


def test_its_schemas_stand(table):
    told = schemas.frictionless(table)
    assert [field["name"] for field in told["fields"]] == [one.name for one in table.columns]
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema comes with schemathesis")
    jsonschema.Draft202012Validator.check_schema(schemas.json_schema(table))


def test_its_csv_is_read_back(table, tmp_path):
    row = check(table, Rows.of([{one.name: one.example for one in table.columns}]), {}).good[0][1]
    row |= {one.name: f"另一{row[one.name]}" for one in table.columns if one.kind is Kind.TEXT and row[one.name]}
    for names in (True, False):
        (tmp_path / "t.csv").write_bytes(b"".join(writing.csv_lines(table, [row], names=names)))
        found = check(table, read_all(read(tmp_path / "t.csv", table, file_name="t.csv")), {})
        if not found.faults:  # a longer text may be too long for its column
            assert found.good[0][1] == row
