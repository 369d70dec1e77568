"""What becomes of each row: nothing is lost, nothing doubled, and no good row waits for a bad one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from jiannuo.exchange import actions, storage
from jiannuo.exchange.models import Batch, Row
from jiannuo.ledger.actions import public_part
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.refused import Refused, RefusedMany, listed
from jiannuo.records.models import Record
from tests import make
from tests.exchange import plain


@pytest.fixture(autouse=True)
def _offered(monkeypatch):
    plain.offer(monkeypatch)


def outcomes(batch: Batch) -> dict[int, str]:
    return dict(Row.objects.filter(batch=batch).values_list("line", "outcome"))


def test_every_row_is_entered_by_the_rooms_own_action_and_kept_as_it_was(town):
    batch = plain.done(town, plain.as_csv(plain.rows(3)))
    assert (batch.stage, batch.counts, batch.read, batch.total) == ("done", {"new": 3}, 3, 3)
    assert batch.number == "2026-000001"
    record = Record.objects.get(document_number="云政认〔2026〕2号")
    assert (record.state, record.loss, record.entered_by_id) == ("draft", Decimal("12.50"), town.registrar.person_id)
    row = Row.objects.get(ref=record.ref)
    assert (row.line, row.raw["loss"], row.outcome) == (3, "12.50", "new")
    assert Entry.objects.filter(verb="record.enter").count() == 3


def test_the_same_file_twice_changes_nothing(town):
    data = plain.as_xlsx(plain.rows(5))
    first = plain.done(town, data, file_name="a.xlsx")
    entries = Entry.objects.count()
    second = plain.done(town, data, file_name="a.xlsx")
    assert first.counts == {"new": 5}
    assert second.counts == {"same": 5}
    assert second.pk != first.pk
    assert Record.objects.count() == 5
    assert Entry.objects.count() == entries + 1  # that it was taken
    assert set(Row.objects.filter(batch=second).values_list("ref", flat=True)) == {r.ref for r in Record.objects.all()}


def test_a_bad_cell_holds_up_no_other_row_and_the_mended_file_completes_it(town):
    given = plain.rows(5)
    given[1]["decided"] = "2026-02-30"
    given[3]["body"] = "云川市没有这个局"
    batch = plain.done(town, plain.as_csv(given))
    assert outcomes(batch) == {2: "new", 3: "refused", 4: "new", 5: "refused", 6: "new"}
    bad = Row.objects.get(batch=batch, line=3)
    (fault,) = bad.faults
    assert (fault["column"], fault["found"]) == ("decided", "2026-02-30")
    assert fault["message"]["zh"]
    assert fault["message"]["en"]
    assert bad.raw["decided"] == "2026-02-30"

    given[1]["decided"], given[3]["body"] = "2026-02-28", "市城建局"
    again = plain.done(town, plain.as_csv(given), mends=batch)
    assert again.counts == {"same": 3, "new": 2}
    assert Record.objects.count() == 5


@pytest.mark.parametrize("enter", [plain.enter, plain.plainly])
def test_what_the_action_refuses_stands_beside_the_row_in_both_languages(town, monkeypatch, enter):
    plain.offer(monkeypatch, plain.data_set(enter=enter))
    given = plain.rows(7)
    given[2] |= {"decided": "2026-12-24", "loss": "-3"}
    batch = plain.done(town, plain.as_csv(given))
    assert batch.counts == {"new": 6, "refused": 1}
    faults = Row.objects.get(batch=batch, line=4).faults
    assert [one["column"] for one in faults if one.get("column")] == ["decided", "loss"]
    assert faults[0]["message"] == {
        "zh": "决定日不能晚于今天。",
        "en": "A decision of the future cannot be entered.",
    }
    assert faults[0]["found"] == "2026-12-24"
    assert "2026-11-09" in faults[0]["allowed"]["zh"]
    assert Record.objects.count() == 6


def test_what_a_refusal_lists_is_rendered_in_each_language(town, monkeypatch):
    def enter(rows, **_who):
        raise RefusedMany([Refused("x", _("Bad."), field="title", allowed=listed([_("Record"), _("Body")]))])

    plain.offer(monkeypatch, plain.data_set(enter=enter))
    batch = plain.done(town, plain.as_csv(plain.rows(1)))
    (fault,) = Row.objects.get(batch=batch).faults
    assert fault["allowed"] == {"zh": "记录、机构", "en": "Record, Body"}


def test_a_row_on_which_the_system_breaks_is_kept_and_holds_up_no_other(town, monkeypatch):
    def enter(rows, **who):
        if any(row["title"] == "坏" for row in rows):
            raise ValueError("a mistake of ours")
        return plain.enter(rows, **who)

    plain.offer(monkeypatch, plain.data_set(enter=enter))
    given = plain.rows(9)
    given[4]["title"] = "坏"
    batch = plain.done(town, plain.as_csv(given))
    assert batch.counts == {"new": 8, "refused": 1}
    row = Row.objects.get(batch=batch, line=6)
    assert row.raw["title"] == "坏"
    assert row.faults[0]["code"] == "exchange.broke"


def test_another_content_waits_as_a_difference_with_the_version_seen(town):
    plain.done(town, plain.as_csv(plain.rows(2)))
    given = plain.rows(2)
    given[1]["loss"] = "99"
    batch = plain.done(town, plain.as_csv(given))
    assert batch.counts == {"same": 1, "changed": 1}
    row = Row.objects.get(batch=batch, outcome="changed")
    assert row.difference == [{"column": "loss", "was": "12.50", "now": "99.00"}]
    assert row.version == 1
    assert Record.objects.get(document_number="云政认〔2026〕2号").loss == Decimal("12.50")


def test_a_column_that_the_file_lacks_is_no_difference(town):
    plain.done(town, plain.as_csv(plain.rows(1)))
    text = plain.as_csv(plain.rows(1)).decode()
    without = "\n".join(line.rpartition(",")[0] for line in text.splitlines()).encode()
    assert plain.done(town, without).counts == {"same": 1}


def test_an_empty_cell_of_a_column_that_the_file_has_is_one(town):
    plain.done(town, plain.as_csv(plain.rows(1)))
    batch = plain.done(town, plain.as_csv(plain.rows(1, loss="")))
    assert Row.objects.get(batch=batch).difference == [{"column": "loss", "was": "12.50", "now": ""}]


@pytest.mark.parametrize("size", [2, 500])
def test_two_rows_about_the_same_are_told_wherever_the_pieces_end(town, monkeypatch, size):
    monkeypatch.setattr("jiannuo.exchange.intake.MOST", size)
    monkeypatch.setattr("jiannuo.exchange.intake.LEAST", size)
    monkeypatch.setattr("jiannuo.exchange.intake.Opened.size", size)
    given = [*plain.rows(4), *plain.rows(1)]
    batch = plain.done(town, plain.as_csv(given))
    assert outcomes(batch) == {2: "new", 3: "new", 4: "new", 5: "new", 6: "refused"}
    (fault,) = Row.objects.get(batch=batch, line=6).faults
    assert fault["code"] == "tables.repeated"
    assert "2" in fault["message"]["zh"]


def test_what_others_entered_between_looking_and_entering_is_asked_for_again(town, monkeypatch):
    """A natural key that is taken meanwhile is found by the database: then it stands, and the rest goes in."""
    rival = plain.rows(2)[1]
    state = {"raced": False}

    def enter(rows, **who):
        if not state["raced"]:
            state["raced"] = True
            values = next(row for row in rows if row["number"] == rival["number"])
            plain.enter([values], **who)
            raise IntegrityError("UNIQUE constraint failed")
        return plain.enter(rows, **who)

    # The rival's own transaction is committed; here it would be rolled back with the savepoint, so it is put before it.
    def known(rows):
        if not state.get("looked"):
            state["looked"] = True
            return [None for _row in rows]
        return plain.known(rows)

    plain.enter(
        [
            {
                "number": rival["number"],
                "body": town.bureau,
                "title": "逾期付款",
                "decided": date(2026, 11, 2),
                "loss": Decimal("12.5"),
            }
        ],
        provider=town.city,
        by=town.registrar,
        on=make.MONDAY,
    )
    plain.offer(monkeypatch, plain.data_set(enter=enter, known=known))
    batch = plain.done(town, plain.as_csv(plain.rows(5)))
    assert batch.counts == {"new": 4, "same": 1}
    assert Record.objects.filter(document_number=rival["number"]).count() == 1


def test_a_finished_batch_is_one_entry_that_names_the_provider_and_no_person(town):
    batch = plain.done(town, plain.as_csv(plain.rows(2)))
    entry = Entry.objects.get(verb="batch.taken")
    assert batch.taken == entry.pk
    assert (entry.subject, entry.body) == (batch.ref, town.city.ref)
    public = public_part(entry)
    assert public["number"] == batch.number
    assert public["counts"] == {"new": 2}
    assert public["digest"] == batch.digest
    assert town.registrar.ref not in (entry.public or "")
    assert town.registrar.ref in (entry.internal or "")
    first = Entry.objects.get(pk=batch.first_entry)
    assert first.verb == "record.enter"
    assert batch.last_entry == entry.pk


def test_whoever_has_no_post_hands_in_nothing(town):
    with pytest.raises(Refused) as refused:
        plain.hand_in(town, b"x", by=town.stranger)
    assert refused.value.code == "machine.not_your_role"
    assert not Batch.objects.exists()
    assert not storage.folder().exists()


def test_whose_post_ends_before_the_worker_comes_has_handed_in_for_nothing(town):
    from jiannuo.accounts import actions as accounts
    from jiannuo.accounts.models import Grant
    from jiannuo.lifecycle.actor import SYSTEM

    batch = plain.hand_in(town, plain.as_csv(plain.rows(1)))
    grant = Grant.objects.get(person_id=town.registrar.person_id)
    accounts.revoke_grant(grant, reason="调岗", by=SYSTEM, on=make.MONDAY)
    plain.work_all()
    batch.refresh_from_db()
    assert batch.stage == "refused"
    assert batch.faults[0]["code"] == "exchange.no_more_rights"
    assert storage.path_of(batch.stored).exists()
    assert not Record.objects.exists()


def test_a_file_that_is_no_table_is_refused_as_a_whole_and_kept(town):
    batch = plain.done(town, b"%PDF-1.7 nothing of ours")
    assert batch.stage == "refused"
    assert batch.faults
    assert batch.faults[0]["message"]["zh"]
    assert storage.path_of(batch.stored).read_bytes() == b"%PDF-1.7 nothing of ours"
    assert batch.finished
    assert not Entry.objects.filter(verb="batch.taken").exists()


def test_a_workbook_that_stops_half_way_is_refused_before_any_row_is_entered(town):
    whole = plain.as_xlsx(plain.rows(50))
    batch = plain.done(town, whole[: len(whole) // 2], file_name="a.xlsx")
    assert batch.stage == "refused"
    assert batch.faults
    assert not Record.objects.exists()


def test_rows_of_a_call_are_worked_at_once(town):
    who = {"dataset": "plain", "provider": town.city, "channel": "api", "by": town.registrar, "on": make.MONDAY}
    given = plain.rows(3)
    given[2]["decided"] = "昨天"
    batch = actions.receive_rows(given, **who)
    assert (batch.stage, batch.counts) == ("done", {"new": 2, "refused": 1})
    assert outcomes(batch) == {1: "new", 2: "new", 3: "refused"}
    again = actions.receive_rows(given, **who)
    assert again.counts == {"same": 2, "refused": 1}
    assert again.digest == batch.digest
    assert Record.objects.count() == 2


def test_what_a_row_of_a_call_leaves_out_it_leaves_as_it_is(town):
    who = {"dataset": "plain", "provider": town.city, "channel": "api", "by": town.registrar, "on": make.MONDAY}
    given = plain.rows(2)
    actions.receive_rows(given, **who)
    del given[0]["loss"]
    given[1]["loss"] = None
    batch = actions.receive_rows(given, **who)
    assert outcomes(batch) == {1: "same", 2: "changed"}


def test_too_many_rows_in_one_call_are_refused_with_what_is_allowed(town):
    who = {"dataset": "plain", "provider": town.city, "channel": "api", "by": town.registrar, "on": make.MONDAY}
    for count in (0, 501):
        with pytest.raises(Refused) as refused:
            actions.receive_rows(plain.rows(count), **who)
        assert refused.value.code == "exchange.how_many"
        assert "500" in str(refused.value.allowed)


def test_text_that_no_database_keeps_is_kept_as_near_as_can_be(town):
    who = {"dataset": "plain", "provider": town.city, "channel": "api", "by": town.registrar, "on": make.MONDAY}
    batch = actions.receive_rows(plain.rows(1, loss="a\0b\ud800"), **who)
    row = Row.objects.get(batch=batch)
    assert row.outcome == "refused"
    assert row.raw["loss"].startswith("a\ufffdb")


def test_the_workbook_that_comes_back_is_mended_and_completes_the_batch(town):
    given = plain.rows(3)
    given[1]["decided"] = "2026-02-30"
    batch = plain.done(town, plain.as_xlsx(given), file_name="a.xlsx")
    data = actions.errors_file(batch)
    from io import BytesIO

    from openpyxl import load_workbook

    book = load_workbook(BytesIO(data))
    cell = book["记录"]["D3"]
    assert cell.comment is not None
    cell.value = "2026-02-28"
    out = BytesIO()
    book.save(out)
    assert plain.done(town, out.getvalue(), file_name="a.xlsx", mends=batch).counts == {"same": 2, "new": 1}


def test_of_a_text_file_the_bad_rows_come_back_as_a_workbook(town):
    given = plain.rows(3)
    given[1]["decided"] = "2026-02-30"
    batch = plain.done(town, plain.as_csv(given))
    from io import BytesIO

    from openpyxl import load_workbook

    sheet = load_workbook(BytesIO(actions.errors_file(batch))).worksheets[0]
    assert "云政认〔2026〕2号" in [cell.value for row in sheet.iter_rows() for cell in row]
