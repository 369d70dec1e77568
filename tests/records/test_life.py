"""Finality, late entry, statement, suspension, personal records, archive, retraction, expiry by an indexed day."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from jiannuo.evidence.models import Destruction, SealedCopy
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.refused import Refused, RefusedMany
from jiannuo.notices.models import Notice
from jiannuo.records import actions, reading
from jiannuo.records.models import Record
from jiannuo.records.sweep import sweep
from jiannuo.search.finding import find
from tests import make

from .test_four_eyes import also, refusal

NOW = make.MONDAY
LATER = date(2026, 11, 17)


# Finality


def test_what_is_pending_is_entered_and_takes_effect_once_it_became_final(town):
    record = make.record(town, "noticed", finality="pending")
    on = record.due + timedelta(1)
    assert refusal(actions.effect, record, by=town.head, on=on) == "records.not_final"
    record = actions.final(record, final_on=on, paper="（2026）云行终1号", by=town.registrar, on=on)
    assert (record.finality, record.final_on, record.final_paper) == ("final", on, "（2026）云行终1号")
    assert actions.effect(record, by=town.head, on=on).state == "in_force"


def test_whoever_entered_the_finality_does_not_bring_it_into_force(town):
    record = make.record(town, "noticed", finality="pending")
    on = record.due + timedelta(1)
    both = also(town.head, "registrar", town)
    record = actions.final(record, final_on=on, paper="判决书", by=both, on=on)
    assert refusal(actions.effect, record, by=both, on=on) == "machine.four_eyes"


@pytest.mark.parametrize("day", [date(2026, 11, 3), date(2026, 11, 10)])
def test_it_became_final_after_service_and_not_in_the_future(town, day):
    record = make.record(town, "checked", finality="pending")
    assert (
        refusal(actions.final, record, final_on=day, paper="判决书", by=town.registrar, on=NOW) == "records.final_day"
    )


def test_what_is_final_does_not_become_final_again(town):
    record = make.record(town, "checked")
    assert refusal(actions.final, record, final_on=NOW, paper="x", by=town.registrar, on=NOW) == "records.already_final"


def test_no_row_in_force_can_be_pending(town):
    record = make.record(town)
    with pytest.raises(IntegrityError), transaction.atomic():
        Record.objects.filter(pk=record.pk).update(finality="pending")


# Time


@pytest.mark.parametrize(
    ("decided", "late"), [(date(2026, 10, 29), 0), (date(2026, 10, 28), 1), (date(2026, 10, 14), 11)]
)
def test_entering_late_is_shown_and_not_refused(town, decided, late):
    record = make.record(town, "draft", decided=decided, served=decided)
    assert record.late_by == late


def test_the_time_for_a_statement_runs_from_service_not_from_the_entry_of_it(town):
    record = make.record(town, "checked")
    friday = date(2026, 11, 13)
    record = actions.notify(record, served=NOW, method="direct", by=town.registrar, on=friday)
    assert (record.statement_until, record.due) == (date(2026, 11, 16), date(2026, 11, 16))
    assert refusal(actions.effect, record, by=town.head, on=date(2026, 11, 16)) == "records.too_early"
    assert actions.effect(record, by=town.head, on=date(2026, 11, 17)).state == "in_force"


def test_the_body_itself_makes_its_statement_and_may_add_to_it(town):
    clerk = make.hire("clerk", "liaison", town.bureau)
    record = make.record(town, "noticed")
    record = actions.hear(record, statement="因财政拨付延迟", by=clerk, on=NOW)
    record = actions.hear(record, statement="已于今日付清", by=town.registrar, on=NOW)
    assert record.statement.startswith("因财政拨付延迟")
    assert record.statement.endswith("已于今日付清")


def test_a_return_after_the_notice_leads_through_check_and_notice_again(town):
    record = make.record(town, "noticed")
    record = actions.return_(record, reason="金额与文书不符", by=town.head, on=NOW)
    assert (record.state, record.noticed, record.checked_by) == ("returned", None, None)
    record = actions.resubmit(record, by=town.registrar, on=NOW)
    (record,) = actions.check([record], by=town.reviewer, on=NOW)
    assert record.state == "checked"


# Suspension


def test_a_suspended_record_is_not_cleared_nor_brought_into_force(town):
    record = make.record(town, "noticed")
    record = actions.stay(record, ground="法院裁定停止执行", by=town.head, on=NOW)
    assert refusal(actions.effect, record, by=town.head, on=LATER) == "records.stayed"
    assert refusal(actions.stay, record, ground="again", by=town.head, on=LATER) == "records.stayed"
    record = actions.lift_stay(record, by=town.head, on=LATER)
    assert refusal(actions.lift_stay, record, by=town.head, on=LATER) == "records.not_stayed"
    publication = actions.effect(record, by=town.head, on=LATER).publication
    publication = actions.release(publication, reason="已核对", by=town.legal, on=LATER)
    actions.stay(Record.objects.get(), ground="复议机关决定停止执行", by=town.head, on=LATER)
    publication.refresh_from_db()
    assert refusal(actions.clear, publication, reviewed=True, by=town.disclosure, on=LATER) == "records.stayed"
    assert "record.stayed" in set(Notice.objects.values_list("kind", flat=True))


# Expiry


def test_the_sweep_asks_for_a_day_and_reads_no_record_that_goes_on(town, django_assert_max_num_queries):
    made = [make.record(town) for _n in range(3)]
    ends = {record.ends for record in made}
    assert ends == {date(2027, 11, 2)}
    with django_assert_max_num_queries(1):
        assert sweep(date(2027, 11, 1)) == 0
    with django_assert_max_num_queries(16):
        assert sweep(date(2027, 11, 2)) == 3
    rows = Record.objects.filter(state="in_force", ends__lte=LATER)
    if connection.vendor == "sqlite":
        assert "record_ending" in rows.explain()


def test_the_day_it_ends_follows_every_change_of_what_it_is_counted_from(town):
    record = make.record(town, "draft")
    assert record.ends == date(2027, 11, 2)
    row = make.row(town, decided=date(2026, 11, 3), impact="grave")
    record = actions.edit(record, row, by=town.registrar, on=NOW)
    assert record.ends == date(2029, 11, 3)
    assert record.ends == record.class_term.deadline(record.decided).last_day


# Personal records


def test_a_personal_record_ends_with_the_period_of_effect_of_its_sanction(town):
    record = make.personal(town, sanction="discipline.warning", loss=None, impact="none")
    assert (record.ends, record.severity) == (date(2027, 5, 2), "")
    assert sweep(date(2027, 5, 2)) == 1
    record = Record.objects.get()
    assert (record.state, record.due_term) == ("expired", "record.delete")
    assert record.due == date(2027, 5, 14)


def test_a_sanction_is_of_a_person(town):
    with pytest.raises(RefusedMany) as refused:
        make.record(town, "draft", sanction="discipline.warning")
    assert "records.sanction" in {fault.code for fault in refused.value.faults}


def test_a_personal_record_is_deleted_by_two_and_leaves_a_line_in_the_register(town):
    record = make.personal(town, title="记过处分", finding="未按期公开")
    assert refusal(actions.delete_lawfully, record, by=town.archivist, on=LATER) == "records.no_deletion"
    record = actions.propose_deletion(record, basis="影响期满", by=town.registrar, on=LATER)
    record = actions.delete_lawfully(record, by=town.archivist, on=LATER)
    assert (record.state, record.title, record.post, record.sanction) == ("deleted", "", None, "")
    line = Destruction.objects.get()
    assert (line.number, line.basis, line.by) == (record.number, "影响期满", town.archivist.ref)
    assert not SealedCopy.objects.exists(), "lawful deletion leaves no copy"
    texts = " ".join(f"{e.public} {e.internal}" for e in Entry.objects.all())
    assert "记过处分" not in texts
    assert not reading.visible_to(town.head, LATER).exists()


def test_a_personal_record_is_not_sealed_nor_published_and_another_is_not_deleted(town):
    record = make.personal(town, "expired")
    assert refusal(actions.seal, record, by=town.archivist, on=record.ended) == "records.personal"
    other = make.record(town)
    assert refusal(actions.propose, other, by=town.head, on=LATER) == "records.proposed"
    code = refusal(actions.propose_deletion, other, basis="x", by=town.registrar, on=LATER)
    assert code == "records.not_personal"


# Archive and retraction


def test_the_archive_gets_a_sealed_copy_and_names_its_schedule(town):
    record = make.record(town, "archived")
    copy = SealedCopy.objects.get()
    assert (copy.reason, copy.basis) == ("archived", "保管期限：30年")
    assert not find("路灯", audience="staff", on=record.since)
    assert refusal(actions.archive, make.record(town, "sealed"), schedule="", by=town.archivist, on=LATER) == (
        "machine.missing"
    )


def test_a_revoked_record_that_was_seen_leaves_a_correction_notice_without_its_contents(town):
    record = make.record(town, "published")
    number, starts = record.number, record.publication.starts
    record = actions.propose_revocation(record, reason="云政认〔2026〕9号", by=town.registrar, on=LATER + timedelta(3))
    actions.revoke(record, by=town.head, on=LATER + timedelta(3))
    (line,) = reading.retractions()
    assert (line.number, line.body, line.shown_from, line.shown_until) == (
        number,
        town.bureau,
        starts,
        LATER + timedelta(3),
    )
    notice = Entry.objects.get(verb="body.retracted")
    assert notice.subject == town.bureau.ref
    assert number in notice.public
    assert "路灯" not in notice.public


def test_a_revoked_record_that_nobody_saw_leaves_none(town):
    record = actions.propose_revocation(make.record(town), reason="云政认〔2026〕9号", by=town.registrar, on=LATER)
    actions.revoke(record, by=town.head, on=LATER)
    assert reading.retractions() == []
    assert not Entry.objects.filter(verb="body.retracted").exists()


def test_a_restored_state_of_a_forgotten_record_is_not_shown(town):
    from jiannuo.lifecycle.forgetting import replay

    record = make.record(town, "published")
    on = record.publication.starts
    replay([record.ref], basis="restored", on=on)  # what a restore brings back is forgotten again, its state stays
    record = Record.objects.get()
    assert record.state == "in_force"
    assert not Record.objects.showing(on).exists()
    assert record.publication.after_image(on) == {}


def test_a_receivers_answer_is_noted_once_it_was_told(town):
    record = make.record(town, "published")
    receipt = record.publication.receipts.get()
    assert refusal(actions.confirm_receipt, receipt, by=town.registrar, on=LATER) == "records.not_told"
    actions.withdraw(record.publication, reason="机关来函", by=town.head, on=LATER)
    receipt.refresh_from_db()
    assert refusal(actions.confirm_receipt, receipt, by=town.stranger, on=LATER) == "machine.not_your_role"
    assert actions.confirm_receipt(receipt, by=town.registrar, on=LATER).confirmed == LATER


def test_the_refusal_of_a_role_says_for_whom_it_is(town):
    with pytest.raises(Refused) as refused:
        actions.check([make.record(town, "draft")], by=town.stranger, on=NOW)
    assert refused.value.code == "machine.not_your_role"
    assert refused.value.allowed
