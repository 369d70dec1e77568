"""Records handed in as a table: by whom, what they become, what a second hand-in does, what the database holds."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from jiannuo.exchange import actions as exchange
from jiannuo.exchange import jobs
from jiannuo.exchange.models import Batch, Row
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.offered import data_sets
from jiannuo.lifecycle.refused import Refused, Stands
from jiannuo.records import actions, reading
from jiannuo.records.datasets import TABLE
from jiannuo.records.models import Record
from jiannuo.registry import actions as registry
from jiannuo.tables.writing import csv_lines
from tests import make

NOW = timezone.make_aware(datetime(2026, 11, 9, 9))
EXAMPLE = {column.name: column.example for column in TABLE.columns}


@pytest.fixture
def reporter(town):
    return make.hire("reporter", "reporter", town.bureau)


def hand_in(rows, provider, by, *, channel="desk"):
    return exchange.receive_rows(rows, dataset="records", provider=provider, channel=channel, by=by, on=make.MONDAY)


def outcomes(batch):
    return list(Row.objects.filter(batch=batch).order_by("line").values_list("outcome", flat=True))


def faults(batch):
    return [(fault["column"], fault["code"]) for row in batch.rows.order_by("line") for fault in row.faults]


def test_a_department_hands_in_what_becomes_a_draft(town, reporter):
    batch = hand_in([EXAMPLE], town.bureau, reporter)
    assert faults(batch) == []
    record = Record.objects.get()
    assert (record.state, record.kind, record.source) == ("draft", "dishonesty", "DEFAULT")
    assert (record.body, record.organ, record.provider) == (town.bureau, town.city, town.bureau)
    assert (record.document_number, record.decided) == ("云政认〔2026〕3号", date(2026, 11, 2))
    assert record.basis == [{"instrument": "sme", "article": "9", "used_for": "到期日"}]
    assert record.entered_by_id == reporter.person_id


def test_the_same_again_changes_nothing_however_the_number_is_bracketed(town, reporter):
    hand_in([EXAMPLE], town.bureau, reporter)
    for number in ("云政认〔2026〕3号", "云政认（2026）3号", "云政认[2026] 3号 "):
        again = hand_in([EXAMPLE | {"document_number": number}], town.bureau, reporter)
        assert outcomes(again) == ["same"]
    assert Record.objects.count() == 1


def test_what_a_row_leaves_open_is_the_default_and_no_difference(town, reporter):
    short = {name: EXAMPLE[name] for name in EXAMPLE if TABLE.by_name[name].required}
    hand_in([short], town.bureau, reporter)
    assert outcomes(hand_in([short], town.bureau, reporter)) == ["same"]
    record = Record.objects.get()
    assert (record.finality, record.impact, record.basis, record.loss) == ("final", "none", [], None)


def test_a_difference_changes_a_draft_and_proposes_a_correction_of_what_is_in_force(town, reporter):
    hand_in([EXAMPLE], town.bureau, reporter)
    for state, loss in (("draft", "700000.00"), ("in_force", "650000.00")):
        record = Record.objects.get()
        if state == "in_force":
            record = actions.check([record], by=town.reviewer, on=make.MONDAY)[0]
            waiting = hand_in([EXAMPLE | {"loss": "1"}], town.bureau, reporter)
            with pytest.raises(Refused) as refused:
                confirm(waiting, reporter)
            assert refused.value.code == "records.not_now"
            record = actions.notify(record, served=make.MONDAY, method="direct", by=town.registrar, on=make.MONDAY)
            record = actions.effect(record, by=town.head, on=date(2026, 11, 30))
        batch = hand_in([EXAMPLE | {"loss": loss}], town.bureau, reporter)
        assert outcomes(batch) == ["changed"]
        (row,) = confirm(batch, reporter, on=date(2026, 11, 30) if state == "in_force" else make.MONDAY)
        assert row.outcome == "amended"
        record = Record.objects.get()
        assert record.state == state
        assert (str(record.loss) if state == "draft" else record.correction["values"]) == (
            loss if state == "draft" else {"loss": loss}
        )


def confirm(batch, by, on=make.MONDAY):
    rows = list(Row.objects.filter(batch=batch, outcome="changed"))
    return exchange.confirm(rows, reason="金额有误", paper="云政认〔2026〕9号", by=by, on=on)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"body": "云川市民政局"}, ("body", "exchange.no_such_body")),
        ({"source": "纪律处分"}, ("source", "tables.no_such_code")),
        ({"basis": "没有这样的条例 第三条"}, ("basis", "records.basis")),
        ({"decided": "2026-11-10", "served": "2026-11-10"}, ("decided", "records.future")),
        ({"organ": "云川市城市建设管理局"}, ("organ", "records.competence_relation")),
        ({"body": "云川市中级人民法院"}, ("body", "records.partner")),
        ({"title": "长" * 121}, ("title", "tables.too_long")),
    ],
)
def test_what_is_wrong_is_said_of_its_column_and_the_rest_goes_on(town, reporter, change, fault):
    batch = hand_in([EXAMPLE | change, EXAMPLE | {"document_number": "云政认〔2026〕4号"}], town.bureau, reporter)
    assert outcomes(batch) == ["refused", "new"]
    assert fault in faults(batch)


def test_a_body_that_had_ended_before_the_decision_is_named_with_its_time(town, reporter):
    heir = registry.found(
        [registry.NewBody("云川市城市管理局", "department", town.city.division, founded=date(2026, 10, 1))],
        by=SYSTEM,
        on=date(2026, 10, 1),
    )[0]
    registry.merge([town.bureau], heir, document="云编〔2026〕7号", by=SYSTEM, on=date(2026, 10, 1))
    batch = hand_in([EXAMPLE], town.city, town.registrar)
    assert ("body", "records.not_existing") in faults(batch)
    (row,) = batch.rows.all()
    (told,) = (fault for fault in row.faults if fault["code"] == "records.not_existing")
    assert "2026-10-01" in told["allowed"]["zh"]


def test_who_may_hand_in_for_whom(town, reporter):
    with pytest.raises(Refused) as refused:
        hand_in([EXAMPLE], town.county, reporter)
    assert refused.value.code == "machine.not_your_role"
    for nobody in (town.reviewer, town.keeper, town.stranger):
        with pytest.raises(Refused):
            hand_in([EXAMPLE], town.bureau, nobody)
    assert outcomes(hand_in([EXAMPLE], town.bureau, town.registrar)) == ["new"]


def test_a_reporting_clerk_sees_what_its_body_handed_in_and_nothing_else(town, reporter):
    other = make.record(town, "draft")
    hand_in([EXAMPLE], town.bureau, reporter)
    (mine,) = reading.visible_to(reporter, make.MONDAY)
    assert mine != other
    assert reading.may_see(mine, reporter, make.MONDAY)
    assert not reading.may_see(other, reporter, make.MONDAY)
    assert {step.verb for step in mine.machine.open_to(mine, by=reporter, on=make.MONDAY)} == {"edit", "attach"}
    assert not other.machine.open_to(other, by=reporter, on=make.MONDAY)


def test_a_decision_has_one_record_until_it_is_revoked(town):
    row = make.row(town)
    (record,) = actions.enter([row], by=town.registrar, on=make.MONDAY)
    with pytest.raises(Stands) as refused:
        actions.enter([row], by=town.registrar, on=make.MONDAY)
    assert refused.value.found == record.number
    with pytest.raises(IntegrityError), transaction.atomic():
        Record.objects.filter(pk=actions.enter([make.row(town)], by=town.registrar, on=make.MONDAY)[0].pk).update(
            document_number=record.document_number
        )
    record = actions.propose_revocation(record, reason="认定机关撤销", by=town.registrar, on=make.MONDAY)
    actions.revoke(record, by=town.head, on=make.MONDAY)
    actions.enter([row], by=town.registrar, on=make.MONDAY)


def test_editing_never_makes_a_second_record_of_one_decision(town):
    first = make.record(town, "draft")
    second = make.record(town, "draft")
    with pytest.raises(Stands):
        actions.edit(second, make.row(town, document_number=first.document_number), by=town.registrar, on=make.MONDAY)
    second.refresh_from_db()
    assert second.document_number != first.document_number


def test_a_file_of_them_names_each_bad_cell_and_takes_the_rest(town, reporter, tmp_path):
    lines = [EXAMPLE | {"document_number": f"云政认〔2026〕{n}号"} for n in range(1, 8)]
    lines[2]["decided"], lines[4]["loss"], lines[5] = "冬月初三", "约三万", lines[0]
    head = ",".join(column.title.zh for column in TABLE.columns)
    text = "\n".join([head, *(",".join(line[column.name] for column in TABLE.columns) for line in lines)])
    batch = exchange.receive_file(
        text.encode("gb18030"),
        dataset="records",
        provider=town.bureau,
        file_name="认定.csv",
        channel="desk",
        by=reporter,
        on=make.MONDAY,
    )
    while jobs.work(NOW):
        pass
    batch.refresh_from_db()
    assert batch.stage == Batch.Stage.DONE
    assert outcomes(batch) == ["new", "new", "refused", "new", "refused", "refused", "new"]
    assert [code for _column, code in faults(batch)] == ["tables.lunar_day", "tables.not_an_amount", "tables.repeated"]
    assert Record.objects.count() == 4


def test_what_goes_up_is_what_is_in_force_and_what_came_up_counts_at_once(town, reporter):
    hand_in([EXAMPLE], town.bureau, reporter)
    standing = data_sets()["records"].standing
    draft = Record.objects.get()
    days = (date(2026, 11, 1), date(2026, 11, 30))
    assert list(standing(*days, None)) == []
    assert [ref for ref, _values in standing(*days, {draft.ref})] == [draft.ref]
    strong = make.record(town, "in_force")
    assert [ref for ref, _values in standing(*days, None)] == [strong.ref]
    assert list(standing(date(2026, 10, 1), date(2026, 10, 31), None)) == []


def test_what_was_handed_in_is_written_out_as_it_is_typed(town, reporter):
    hand_in([EXAMPLE], town.bureau, reporter)
    record = Record.objects.get()
    (values,) = [values for _ref, values in data_sets()["records"].standing(date.min, date.max, {record.ref})]
    text = b"".join(csv_lines(TABLE, [values])).decode("utf-8-sig")
    assert "保障中小企业款项支付条例 第九条：到期日" in text
    assert "云川市城市建设管理局" in text
