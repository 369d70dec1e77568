"""Lists as files: the rows of the page under the same filters, no formula, nothing that is not public."""

import csv
import io
from datetime import date

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from jiannuo.ledger.actions import public_part
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.offered import Published
from jiannuo.records import shown
from jiannuo.registry.models import Body
from jiannuo.tables import Column, Kind, Table, both
from jiannuo.web.portal import asking
from tests.exchange import plain

from .conftest import SECRET, walked


def lines(answer):
    text = b"".join(answer.streaming_content)
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))


def test_the_file_has_the_rows_of_the_list_newest_first(client, city):
    answer = client.get("/records/download.csv")
    assert answer.streaming
    rows = lines(answer)
    assert {row["事由"] for row in rows} == {city.breach.title, city.inherited.title, city.honour.title}
    assert [row["生效日期"] for row in rows] == sorted((row["生效日期"] for row in rows), reverse=True)
    assert {row["种类"] for row in rows} == {"失信记录", "守信记录"}
    (row,) = [row for row in rows if row["事由"] == city.breach.title]
    assert row["公示至"] == city.breach.publication.ends.isoformat()
    assert row["造成损失（元）"] == "742200.00"
    assert row["依据"] == "sme:9"


def test_each_row_says_what_the_ledger_says(city):
    for ref, values, until in shown.rows(timezone.localdate()):
        facts = public_part(Entry.objects.get(subject=ref, verb="publication.clear"))["facts"]
        plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
        for name in (
            "number",
            "kind",
            "source",
            "title",
            "finding",
            "document_number",
            "decided",
            "served",
            "effective",
        ):
            assert plain[name] == facts[name], name
        assert (plain["body"], plain["organ"]) == (facts["body_name"], facts["organ_name"])
        assert (plain["severity"] or "", plain["correction"]) == (facts["severity"], facts["correction"])
        assert (None if plain["loss"] is None else str(plain["loss"])) == facts["loss"]
        assert {"from": plain["shown_from"], "until": until.isoformat()} == facts["public"]


def test_a_body_is_called_as_it_was_when_it_was_decided(city):
    from jiannuo.registry import actions as registry
    from tests import make

    before = city.bureau.name
    registry.rename(city.bureau, "云川市住房和城市建设局", document="更名", by=make.SYSTEM, on=timezone.localdate())
    assert before in {values["body"] for _ref, values, _until in shown.rows(timezone.localdate())}


def test_the_filters_of_the_page_hold_for_the_file(client, city):
    rows = lines(client.get("/records/download.csv?kind=honour"))
    assert [row["事由"] for row in rows] == [city.honour.title]
    assert lines(client.get("/records/download.csv?severity=serious")) == []


def test_the_page_links_the_file_with_its_filters(client, city):
    page = client.get("/en/records/?kind=honour&size=50&page=1").content.decode()
    assert 'href="/en/records/download.csv?kind=honour"' in page
    assert 'href="/en/records/download.xlsx?kind=honour"' in page


def test_nothing_hidden_is_in_the_file(client, city):
    text = b"".join(client.get("/records/download.csv").streaming_content).decode()
    assert SECRET not in text
    assert len(city.hidden) == 6


def test_what_was_withdrawn_is_out_at_once(client, city):
    from jiannuo.records import actions as records

    records.withdraw(city.breach.publication, reason="撤下", by=city.disclosure, on=timezone.localdate())
    assert city.breach.title not in {row["事由"] for row in lines(client.get("/records/download.csv"))}
    assert client.get("/records/download.csv")["Cache-Control"] == "no-store"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "＝1", "\t=1", "  =1"])
def test_no_text_is_a_formula_in_either_form(client, town, text):
    walked(town, finding=text)
    (row,) = lines(client.get("/records/download.csv"))
    assert row["查明的事实"].startswith("'") or row["查明的事实"][:1] not in "=+-@＝\t "
    book = load_workbook(io.BytesIO(b"".join(client.get("/records/download.xlsx").streaming_content)))
    assert {cell.data_type for line in book.active.iter_rows() for cell in line} <= {"s", "n", "d"}


def test_the_workbook_says_the_same(client, city):
    answer = client.get("/records/download.xlsx")
    assert "filename*=UTF-8''" in answer["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.max_row == 4
    assert city.breach.title in {cell.value for line in sheet.iter_rows() for cell in line}


def test_so_long_a_list_is_no_workbook_and_the_refusal_says_what_is(client, city, monkeypatch):
    monkeypatch.setattr(asking, "MOST_XLSX", 2)
    answer = client.get("/en/records/download.xlsx")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "At most 2 rows" in page
    assert "3 rows" in page
    assert "download.xlsx" not in client.get("/en/records/").content.decode()


def test_an_unknown_filter_is_refused_and_an_unknown_form_not_found(client, city):
    answer = client.get("/en/records/download.csv?kind=none")
    assert answer.status_code == 422
    assert "has no such value" in answer.content.decode()
    assert client.get("/records/download.pdf").status_code == 404


def test_the_list_of_bodies_is_a_file_under_its_filters(client, city, monkeypatch):
    column = Column("name", both("名称", "Name"), Kind.TEXT, both("名称", "name"))
    table = Table("bodies", both("机构", "Bodies"), both("机构", "bodies"), (column,), key=("name",))

    def rows(on):
        return ((body.ref, {"name": body.name}, None) for body in Body.objects.order_by("id"))

    plain.offer(monkeypatch, plain.data_set(table=table, published=Published(table, rows)))
    assert {row["名称"] for row in lines(client.get("/bodies/download.csv?county=city&state=all"))} == {
        body.name for body in Body.objects.filter(division__level="city")
    }
    assert [row["名称"] for row in lines(client.get("/bodies/download.csv?state=ended"))] == [city.old.name]
    assert 'href="/en/bodies/download.csv?state=ended"' in client.get("/en/bodies/?state=ended").content.decode()
    assert client.get("/en/bodies/download.csv?kind=none").status_code == 422


def test_a_list_of_bodies_that_no_room_offers_is_neither_linked_nor_found(client, city, monkeypatch):
    plain.offer(monkeypatch)
    assert client.get("/bodies/download.csv").status_code == 404
    assert "download.csv" not in client.get("/bodies/").content.decode()
