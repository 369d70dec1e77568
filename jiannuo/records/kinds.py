"""The lives of a record and of its publication (practice §5.1), as tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import CLOSED, DECIDED, OPEN, WAITING, Machine, State, Step
from jiannuo.lifecycle.refused import Refused
from jiannuo.rules import book

if TYPE_CHECKING:
    from .models import Record

REVIEW_ARTICLE = _("Regulations on Open Government Information, article 17")

STATES = (
    State("draft", _("Waiting for the check"), OPEN, "核", "due"),
    State("returned", _("Returned to be mended"), OPEN, "改", "due"),
    State("checked", _("Checked, to be notified"), OPEN, "办", "due"),
    State("noticed", _("Notified, time for a statement"), WAITING, "行", "open"),
    State("in_force", _("In force"), DECIDED, "失", "broken"),
    State("expired", _("Expired"), CLOSED, "结", "closed"),
    State("revoked", _("Revoked"), CLOSED, "结", "closed"),
    State("sealed", _("Sealed"), CLOSED, "结", "closed"),
    State("archived", _("Archived"), CLOSED, "结", "closed"),
)
# An honour is told to nobody before it takes effect.
_OF_HONOUR = {
    "checked": State("checked", _("Checked, to take effect"), OPEN, "办", "due"),
    "in_force": State("in_force", _("In force"), DECIDED, "守", "kept"),
}
HONOUR_STATES = tuple(_OF_HONOUR.get(state.name, state) for state in STATES if state.name != "noticed")


def _is_final(record: Record, by: Actor, on: date, data: Mapping[str, Any]) -> Refused | None:
    if record.finality == "final":
        return None
    return Refused(
        "records.not_final",
        _("The decision is not final: a review or lawsuit is running."),
        found=_("Review or lawsuit pending"),
        allowed=_("Enter the day on which it became final, then go on."),
    )


def _served_in_order(record: Record, by: Actor, on: date, data: Mapping[str, Any]) -> Refused | None:
    served = data.get("served")
    if served is None or record.since <= served <= on:
        return None
    return Refused(
        "records.served_day",
        _("The notice cannot have been served on that day."),
        field="served",
        found=served,
        allowed=_("a day from %(from)s (checked) to %(to)s (today)") % {"from": record.since, "to": on},
    )


def _was_heard(record: Record, by: Actor, on: date, data: Mapping[str, Any]) -> Refused | None:
    """In force only after the body's time for a statement, unless the determining organ had heard it before."""
    if record.due is not None and on <= record.due and not data.get("heard"):
        return Refused(
            "records.too_early",
            _("The body may still make its statement."),
            field="heard",
            found=on,
            allowed=_(
                "from the day after %(day)s, or earlier if the determining organ heard the body before it decided"
            )
            % {"day": record.due},
            article=book().terms["record.statement"].title.zh,
        )
    return None


def _paper_of_revocation(record: Record, by: Actor, on: date, data: Mapping[str, Any]) -> Refused | None:
    if record.revocation_by_id is not None:
        return None
    return Refused(
        "records.no_revocation",
        _("Nobody has proposed to revoke it yet."),
        allowed=_("The registrar proposes it with the paper of the determining organ; a second person decides."),
    )


def _period_over(record: Record, by: Actor, on: date, data: Mapping[str, Any]) -> Refused | None:
    if record.ends is not None and record.ends <= on:
        return None
    return Refused(
        "records.not_over",
        _("The longest period of this class is not over."),
        found=on,
        allowed=str(record.ends or ""),
    )


ENTER = ("registrar",)
ALL_BEFORE_FORCE = ("draft", "returned")

_common_start = (
    Step(
        "edit", ALL_BEFORE_FORCE, None, ENTER, _("Change the entries"),
        _("The record is changed; whoever had opened it must read it again."),
    ),
    Step(
        "check", ("draft",), "checked", ("reviewer",), _("Pass the check"),
        _("Authentic, competent, final, in scope. The merits are not examined."),
        term="record.notify", differs_from=("entered_by",), marks="checked_by",
    ),
    Step(
        "return", ("draft",), "returned", ("reviewer",), _("Return to be mended"),
        _("It goes back with your reason."),
        term="record.return", differs_from=("entered_by",), asks=("reason",),
    ),
    Step(
        "resubmit", ("returned",), "draft", ENTER, _("Hand in again"), _("It goes to the check again."),
        term="record.check", marks="entered_by",
    ),
)  # fmt: skip
_common_end = (
    Step(
        "stay", ("in_force",), None, ("head",), _("Suspend use"),
        _("A review or court has ordered a stay: it is not shown or used until the stay is lifted."), asks=("ground",),
    ),
    Step("lift_stay", ("in_force",), None, ("head",), _("Lift the suspension"), _("It is shown and used again.")),
    Step(
        "propose_revocation", ("draft", "returned", "checked", "noticed", "in_force", "expired"), None, ENTER,
        _("Propose to revoke"),
        _("With the paper by which the determining organ revokes it; a second person decides."),
        asks=("reason",), marks="revocation_by",
    ),
    Step(
        "revoke", ("draft", "returned", "checked", "noticed", "in_force", "expired"), "revoked", ("head", "reviewer"),
        _("Revoke the record"),
        _("It disappears from every place that held it; a sealed copy goes to the archive; every proof still holds."),
        differs_from=("revocation_by",), needs=(_paper_of_revocation,), marks="revoked_by",
    ),
    Step(
        "expire", ("in_force",), "expired", ("system",), _("Expire"), _("The longest period is over."),
        needs=(_period_over,),
    ),
    Step(
        "seal", ("expired",), "sealed", ("archivist",), _("Seal the file"), _("Only the archive reads it from now on."),
    ),
    Step("archive", ("sealed",), "archived", ("archivist",), _("Hand over to the archive"), _("The archive keeps it.")),
)  # fmt: skip

# repaired: the step "repair" (in_force → repaired) belongs between effect and expire; it comes with the repair case.
RECORD = Machine(
    "record",
    "draft",
    STATES,
    (
        *_common_start,
        Step(
            "notify", ("checked",), "noticed", ENTER, _("Notify the body"),
            _("Notice and repair guide are served together; from service the body has its time for a statement."),
            term="record.statement", clock_from="served", needs=(_served_in_order,), asks=("served", "method"),
        ),
        Step(
            "hear", ("noticed",), None, ENTER, _("Note the body's statement"),
            _("The statement is kept with the record."), asks=("statement",),
        ),
        Step(
            "effect", ("noticed",), "in_force", ("head",), _("Bring into force"),
            _("It takes effect today; publication is proposed and reviewed by a third person."),
            differs_from=("entered_by",), needs=(_is_final, _was_heard), marks="effected_by",
        ),
        *_common_end,
    ),
)  # fmt: skip
HONOUR = Machine(
    "honour",
    "draft",
    HONOUR_STATES,
    (
        *_common_start,
        Step(
            "effect", ("checked",), "in_force", ("head",), _("Bring into force"),
            _("It takes effect today; publication is proposed and reviewed by a third person."),
            differs_from=("entered_by",), needs=(_is_final,), marks="effected_by",
        ),
        *(Step(**{**vars(step), "source": tuple(s for s in step.source if s != "noticed")}) for step in _common_end),
    ),
)  # fmt: skip


def machine_of(record: Record) -> Machine:
    return HONOUR if record.kind == "honour" else RECORD


def _released(publication: Any, by: Actor, on: date, data: Mapping[str, Any]) -> Refused | None:
    """What rests on a rule not yet verified leaves the house only with a legal reviewer's release."""
    if publication.released_by_id is not None or not publication.rests_on_unverified:
        return None
    return Refused(
        "records.not_released",
        _("It rests on a rule whose text is not yet verified."),
        allowed=_("A legal reviewer must release it first."),
        article=_("Rule of this platform"),
    )


def _not_from_record(publication: Any, by: Actor, on: date, data: Mapping[str, Any]) -> Refused | None:
    record = publication.record
    if by.person_id is not None and by.person_id in {record.entered_by_id, record.checked_by_id}:
        return Refused(
            "machine.four_eyes",
            _("The disclosure reviewer is someone who neither entered nor checked the record."),
            found=_("both are the same natural person, whichever account was used"),
            allowed=_("Ask a colleague who has not handled it."),
            article=REVIEW_ARTICLE,
        )
    return None


def _has_period(publication: Any, by: Actor, on: date, data: Mapping[str, Any]) -> Refused | None:
    ends = publication.record.ends
    if ends is None or ends <= on:
        return Refused(
            "records.period_over",
            _("There is no period left in which it could be public."),
            found=ends,
            allowed=_("It stays on file and is not published."),
        )
    return None


PUBLICATION = Machine(
    "publication",
    "proposed",
    (
        State("proposed", _("In disclosure review"), OPEN, "核", "due"),
        State("cleared", _("Cleared for publication"), DECIDED, "行", "open"),
        State("refused", _("Not made public"), DECIDED, "结", "closed"),
        State("withdrawn", _("Withdrawn"), CLOSED, "结", "closed"),
    ),
    (
        Step(
            "release", ("proposed",), None, ("legal",), _("Release"),
            _("You have read the source and release what rests on an unverified rule."),
            needs=(_not_from_record,), marks="released_by", asks=("reason",),
        ),
        Step(
            "clear", ("proposed",), "cleared", ("disclosure",), _("Clear for publication"),
            _("It is on the body's public page from today, until its period ends by itself."),
            needs=(_not_from_record, _released, _has_period), differs_from=("proposed_by",), marks="reviewed_by",
            asks=("reviewed",), cite=REVIEW_ARTICLE,
        ),
        Step(
            "refuse", ("proposed",), "refused", ("disclosure",), _("Do not publish"),
            _("An exception with its ground; it is looked at again in a year."),
            term="exception.recheck", needs=(_not_from_record,), differs_from=("proposed_by",), marks="reviewed_by",
            asks=("exception", "reason"), cite=REVIEW_ARTICLE,
        ),
        Step(
            "propose_again", ("refused",), "proposed", ("registrar", "head"), _("Propose again"),
            _("The ground of the exception has fallen away."), term="publication.review", marks="proposed_by",
        ),
        Step(
            "withdraw", ("proposed", "cleared", "refused"), "withdrawn", ("head", "disclosure", "system"),
            _("Withdraw"), _("Publicity ends today; everyone who received it is told."),
            asks=("reason",),
        ),
    ),
)  # fmt: skip
