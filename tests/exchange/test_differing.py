"""Differences: a person confirms or declines, always against what they saw."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override

from jiannuo.exchange import actions
from jiannuo.exchange.models import Batch, Row
from jiannuo.lifecycle.refused import Refused, RefusedMany, Stale
from jiannuo.records import actions as records
from jiannuo.records.models import Record
from jiannuo.tables import both
from tests import make
from tests.exchange import plain

pytestmark = pytest.mark.usefixtures("offered")


@pytest.fixture
def differing(town) -> Batch:
    """Three records stand; of two of them another loss was handed in."""
    plain.done(town, plain.as_csv(plain.rows(3)))
    given = plain.rows(3)
    given[0]["loss"], given[1]["loss"] = "99", "77"
    return plain.done(town, plain.as_csv(given))


def changed(batch: Batch) -> list[Row]:
    return list(Row.objects.filter(batch=batch, outcome="changed").order_by("line"))


def loss(number: int) -> Decimal | None:
    return Record.objects.get(document_number=f"云政认〔2026〕{number}号").loss


def confirm(town, rows, **changes):
    facts = {"reason": "录入有误", "paper": "云政认〔2026〕9号", "by": town.registrar, "on": make.MONDAY}
    return actions.confirm(rows, **(facts | changes))


def test_a_confirmed_difference_goes_through_the_rooms_own_action(town, differing):
    confirm(town, changed(differing))
    assert (loss(1), loss(2), loss(3)) == (Decimal("99"), Decimal("77"), Decimal("12.50"))
    differing.refresh_from_db()
    assert differing.counts == {"same": 1, "amended": 2}
    row = Row.objects.filter(batch=differing, outcome="amended").first()
    assert (row.decided, row.decided_by) == (make.MONDAY, town.registrar.ref)


def test_what_the_file_does_not_speak_of_stays(town):
    """The file has no column for the loss: confirming another title must not blank it."""
    plain.done(town, plain.as_csv(plain.rows(1)))
    text = plain.as_csv(plain.rows(1, title="另一个标题")).decode()
    batch = plain.done(town, "\n".join(line.rpartition(",")[0] for line in text.splitlines()).encode())
    assert [one["column"] for one in changed(batch)[0].difference] == ["title"]
    confirm(town, changed(batch))
    record = Record.objects.get()
    assert (record.title, record.loss) == ("另一个标题", Decimal("12.50"))


def test_a_declined_difference_leaves_what_stands(town, differing):
    actions.decline(changed(differing), by=town.registrar, on=make.MONDAY)
    assert loss(1) == Decimal("12.50")
    differing.refresh_from_db()
    assert differing.counts == {"same": 1, "declined": 2}


def test_what_moved_meanwhile_is_shown_again_and_the_others_go_through(town, differing):
    record = Record.objects.get(document_number="云政认〔2026〕1号")
    records.edit(
        record,
        make.row(town, document_number=record.document_number, title="逾期付款", loss=Decimal("50")),
        by=town.registrar,
        on=make.MONDAY,
    )
    first, second = changed(differing)
    assert confirm(town, [first, second]) == [second]
    assert loss(1) == Decimal("50")
    first.refresh_from_db()
    assert (first.outcome, first.version) == ("changed", 2)
    assert {"column": "loss", "was": "50.00", "now": "99.00"} in first.difference
    assert first.faults[0]["code"] == "machine.stale"
    confirm(town, [first])
    assert loss(1) == Decimal("99")


def test_what_moved_to_just_what_was_handed_in_is_no_difference_any_more(town, differing):
    record = Record.objects.get(document_number="云政认〔2026〕1号")
    kept = {
        "document_number": record.document_number,
        "title": "逾期付款",
        "decided": record.decided,
        "served": record.served,
    }
    records.edit(record, make.row(town, **kept, loss=Decimal("99")), by=town.registrar, on=make.MONDAY)
    first = changed(differing)[0]
    with pytest.raises(Stale):
        confirm(town, [first])
    first.refresh_from_db()
    assert (first.outcome, first.difference, first.faults) == ("same", [], [])
    differing.refresh_from_db()
    assert differing.counts == {"same": 2, "changed": 1}


def test_what_the_room_refuses_is_written_beside_the_row_and_nothing_is_proposed(town, differing, monkeypatch):
    def amend(ref, version, values, **_who):
        raise RefusedMany([Refused("records.fixed", "no", field="loss", found="99")])

    plain.offer(monkeypatch, plain.data_set(amend=amend))
    with pytest.raises(Refused) as refused:
        confirm(town, changed(differing))
    assert refused.value.code == "records.fixed"
    rows = changed(differing)
    assert len(rows) == 2
    assert all(row.faults[0]["column"] == "loss" for row in rows)
    assert all(row.decided is None for row in rows)


def test_of_two_who_decide_at_once_the_second_is_told(town, differing):
    rows = changed(differing)
    confirm(town, rows)
    for decide in (lambda: confirm(town, rows), lambda: actions.decline(rows, by=town.registrar, on=make.MONDAY)):
        with pytest.raises(Refused) as refused:
            decide()
        assert refused.value.code == "exchange.decided"
    assert Record.objects.get(document_number="云政认〔2026〕1号").version == 2


def test_a_reason_is_needed_and_a_post(town, differing):
    with pytest.raises(Refused) as refused:
        confirm(town, changed(differing), reason=" ")
    assert refused.value.field == "reason"
    for decide in (confirm, lambda town, rows, by: actions.decline(rows, by=by, on=make.MONDAY)):
        with pytest.raises(Refused) as refused:
            decide(town, changed(differing), by=town.stranger)
        assert refused.value.code == "machine.not_your_role"
    assert len(changed(differing)) == 2


def test_a_set_that_changes_only_by_acts_of_its_own_says_by_which(town, differing, monkeypatch):
    fixed = both("改名请走更名手续。", "A new name goes by renaming.")
    plain.offer(monkeypatch, plain.data_set(amend=None, fixed=fixed))
    with pytest.raises(Refused) as refused:
        confirm(town, changed(differing))
    with override("zh-hans"):
        assert str(refused.value.allowed) == "改名请走更名手续。"
