"""What we tell others about a table is what we do ourselves."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.tables import Kind, Rows, Table, check, schemas, writing

from . import own
from .own import GOOD, LOOKUPS, TABLE, codes

ROW = {**GOOD, "decided": "2026-11-02", "amount": "1234.50"}


def test_table_schema_holds_both_languages():
    told = schemas.frictionless(TABLE)
    json.dumps(told)
    assert told["primaryKey"] == ["number"]
    fields = {field["name"]: field for field in told["fields"]}
    assert list(fields) == [one.name for one in TABLE.columns]
    grade = fields["grade"]
    assert grade["title"] == "严重程度 / Severity"
    assert grade["titles"] == {"zh": "严重程度", "en": "Severity"}
    assert grade["constraints"]["enum"] == list(own.GRADES)
    assert grade["codes"]["serious"] == {"zh": "较重", "en": "Serious"}
    assert fields["amount"]["type"] == "number"
    assert fields["decided"]["type"] == "date"
    assert fields["number"]["constraints"] == {"required": True, "maxLength": 40}


def test_frictionless_takes_the_schema_and_what_we_write_by_it(tmp_path, monkeypatch):
    frictionless = pytest.importorskip("frictionless", reason="only the bench packages bring frictionless")
    monkeypatch.chdir(tmp_path)
    told = schemas.frictionless(TABLE)
    assert frictionless.Schema.metadata_validate(told) is None or not list(frictionless.Schema.metadata_validate(told))
    rows = [GOOD, {**GOOD, "number": "云记〔2026〕8号", "people": None, "open": False, "facts": "=1+1"}]
    (tmp_path / "t.csv").write_bytes(b"".join(writing.csv_lines(TABLE, rows, names=True)))
    schema = frictionless.Schema.from_descriptor(told)
    report = frictionless.Resource(path="t.csv", schema=schema, encoding="utf-8-sig").validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])
    (tmp_path / "t.csv").write_bytes(b"".join(writing.csv_lines(TABLE, [{**GOOD, "number": None}], names=True)))
    report = frictionless.Resource(path="t.csv", schema=schema, encoding="utf-8-sig").validate()
    assert not report.valid


@pytest.fixture(scope="module")
def validator():
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema comes with schemathesis")
    described = schemas.json_schema(TABLE)
    jsonschema.Draft202012Validator.check_schema(described)
    return jsonschema.Draft202012Validator(described)


def test_the_examples_of_the_schema_are_right_by_the_schema_and_by_the_check(validator):
    described = schemas.json_schema(TABLE)
    row = {name: one["examples"][0] for name, one in described["properties"].items()}
    row["number"], row["facts"] = "云记〔2026〕9号", "事实"
    assert list(validator.iter_errors(row)) == []
    assert check(TABLE, Rows.of([row]), LOOKUPS).faults == {}


def test_a_row_that_is_right_is_right_for_both(validator):
    assert list(validator.iter_errors(ROW)) == []
    assert check(TABLE, Rows.of([ROW]), LOOKUPS).good[0][1] == {**GOOD, "organ": "<云川市财政局>"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", None),
        ("number", ""),
        ("number", "长" * 41),
        ("grade", "议标"),
        ("uscc", "119901"),
        ("amount", "12.345"),
        ("amount", "三百"),
        ("people", 1.5),
        ("open", "也许"),
        ("division", "99O1"),
        ("nummer", "1"),
    ],
)
def test_a_row_that_is_wrong_is_wrong_for_both(validator, name, value):
    row = {**ROW, name: value}
    assert list(validator.iter_errors(row))
    assert check(TABLE, Rows.of([row]), LOOKUPS).faults


def test_a_missing_column_is_named(validator):
    row = {name: value for name, value in ROW.items() if name != "number"}
    assert list(validator.iter_errors(row))
    (fault,) = check(TABLE, Rows.of([row]), LOOKUPS).faults[0]
    assert (fault.code, fault.column) == ("tables.required", "number")


def test_an_unknown_column_names_the_nearest():
    found = check(TABLE, Rows.of([{**ROW, "nummer": "1"}, ROW | {"number": "云记〔2026〕8号"}]), LOOKUPS)
    (fault,) = found.faults[0]
    assert fault.code == "tables.no_such_column"
    assert "number" in fault.hint.en
    assert list(found.faults) == [0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(row=st.dictionaries(st.sampled_from([*ROW, "other"]), JSON))
def test_no_json_breaks_a_check(row):
    """Whatever an API client sends: good or a fault, never an error."""
    rows = Rows.of([row])
    found = check(TABLE, rows, LOOKUPS)
    assert len(found.good) + len(found.faults) == len(rows)
    json.dumps(rows.raw(0) if len(rows) else {}, ensure_ascii=False).encode()


def test_lists_where_a_value_belongs_are_refused():
    for one in TABLE.columns:
        row = {**ROW, one.name: ["x"]}
        faults = check(TABLE, Rows.of([row]), LOOKUPS).faults
        if one.kind not in (Kind.TEXT, Kind.LONG, Kind.NAME):
            assert faults, one.name


def test_a_sum_stays_exact_on_its_way_through_json():
    row = {**ROW, "amount": json.loads("0.1")}
    assert check(TABLE, Rows.of([row]), LOOKUPS).good[0][1]["amount"] == Decimal("0.10")


def test_codes_without_a_list_break_nothing():
    bare = Table("bare", own.NOTHING, own.NOTHING, (own.column("c", "代码", "Code", Kind.CODE),), ())
    assert codes(check(bare, Rows.of([{"c": "x"}]), {}).faults[0]) == ["tables.no_such_code"]
    schemas.json_schema(bare)
    schemas.frictionless(bare)
