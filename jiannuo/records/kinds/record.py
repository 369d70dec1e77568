"""The life of a record of dishonesty, and of an honour, which nobody needs to be heard about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.machine import CLOSED, DECIDED, OPEN, WAITING, Machine, State, Step

from . import needs

if TYPE_CHECKING:
    from ..models import Record

STATES = (
    State("draft", _("Waiting for the check"), OPEN, "核", "due"),
    State("returned", _("Returned to be mended"), OPEN, "改", "due"),
    State("checked", _("Checked, to be notified"), OPEN, "办", "due"),
    State("noticed", _("Notified, time for a statement"), WAITING, "行", "open"),
    State("in_force", _("In force"), DECIDED, "失", "broken"),
    State("expired", _("Expired"), CLOSED, "结", "closed"),
    State("revoked", _("Revoked"), CLOSED, "结", "closed"),
    State("deleted", _("Deleted by law"), CLOSED, "结", "closed"),
    State("sealed", _("Sealed"), CLOSED, "结", "closed"),
    State("archived", _("Archived"), CLOSED, "结", "closed"),
)

# An honour is told to nobody before it takes effect.
_OF_HONOUR = {
    "checked": State("checked", _("Checked, to take effect"), OPEN, "办", "due"),
    "in_force": State("in_force", _("In force"), DECIDED, "守", "kept"),
}

ENTER = ("registrar",)
HAND_IN = (*ENTER, "reporter")  # the provider's clerk too, of what it handed in
BEFORE_CHECK = ("draft", "returned")
BEFORE_FORCE = ("checked", "noticed")
ALIVE = (*BEFORE_CHECK, *BEFORE_FORCE, "in_force", "expired")

# repaired: the step "repair" (in_force → repaired) belongs between effect and expire; it comes with the repair case.
_steps = (
    Step(
        "edit", BEFORE_CHECK, None, HAND_IN, _("Change the entries"),
        _("The record is changed; whoever had opened it must read it again."), needs=(needs.not_recused,),
    ),
    Step(
        "attach", (*BEFORE_CHECK, *BEFORE_FORCE, "in_force"), None, HAND_IN, _("Attach a document"),
        _("A document is put on file; whoever had opened the record must read it again."), needs=(needs.not_recused,),
    ),
    Step(
        "redact", (*BEFORE_CHECK, *BEFORE_FORCE, "in_force"), None, (*ENTER, "disclosure"), _("Attach a redacted twin"),
        _("The twin may be shown, never the original."), needs=(needs.not_recused,),
    ),
    Step(
        "check", ("draft",), "checked", ("reviewer",), _("Pass the check"),
        _("Authentic, competent, final, in scope. The merits are not examined."),
        term="record.notify", needs=(needs.another_pair, needs.not_recused, needs.organ_competent), marks="checked_by",
    ),
    Step(
        "return", ("draft", *BEFORE_FORCE), "returned", ("reviewer", "head"), _("Return to be mended"),
        _("It goes back with your reason, and through the check again."),
        term="record.return", needs=(needs.another_pair, needs.not_recused), asks=("reason",),
    ),
    Step(
        "resubmit", ("returned",), "draft", HAND_IN, _("Hand in again"), _("It goes to the check again."),
        term="record.check", needs=(needs.not_recused,),
    ),
    Step(
        "final", BEFORE_FORCE, None, ENTER, _("The decision became final"),
        _("With the day and the paper; whoever brings it into force reads them."),
        needs=(needs.not_recused, needs.is_pending, needs.final_in_order), marks="final_by", asks=("final_on", "paper"),
    ),
    Step(
        "notify", ("checked",), "noticed", ENTER, _("Notify the body"),
        _("Notice and repair guide are served together; from service the body has its time for a statement."),
        term="record.statement", clock_from="served", needs=(needs.not_recused, needs.served_in_order),
        asks=("served", "method"),
    ),
    Step(
        "hear", ("noticed",), None, (*ENTER, "liaison", "chief"), _("Note the body's statement"),
        _("The statement is kept with the record."), asks=("statement",),
    ),
    Step(
        "effect", ("noticed",), "in_force", ("head",), _("Bring into force"),
        _("It takes effect today; publication is proposed and reviewed by a third person."),
        needs=(
            needs.another_pair, needs.not_recused, needs.is_final, needs.not_stayed, needs.organ_competent,
            needs.was_heard,
        ),
        differs_from=("final_by",), marks="effected_by",
    ),
    Step(
        "stay", (*BEFORE_FORCE, "in_force"), None, ("head",), _("Suspend use"),
        _("A review or court has ordered a stay: it is not shown or used until the stay is lifted."),
        needs=(needs.not_stayed,), asks=("ground",),
    ),
    Step(
        "lift_stay", (*BEFORE_FORCE, "in_force"), None, ("head",), _("Lift the suspension"),
        _("It is shown and used again."), needs=(needs.not_recused, needs.is_stayed),
    ),
    Step(
        "propose_correction", ("in_force",), None, HAND_IN, _("Propose to correct"),
        _("With the paper of the determining organ; a second person decides."),
        needs=(needs.not_recused, needs.nothing_proposed), asks=("reason", "paper"), marks="correction_by",
    ),
    Step(
        "correct", ("in_force",), None, ("reviewer", "head"), _("Correct the record"),
        _("The new version holds from today; the wrong one is off every page, and all who received it are told."),
        needs=(needs.correction_proposed, needs.not_recused), differs_from=("correction_by",), marks="corrected_by",
    ),
    Step(
        "propose_revocation", ALIVE, None, ENTER, _("Propose to revoke"),
        _("With the paper by which the determining organ revokes it; a second person decides."),
        needs=(needs.not_recused, needs.nothing_proposed), asks=("reason",), marks="revocation_by",
    ),
    Step(
        "revoke", ALIVE, "revoked", ("head", "reviewer"), _("Revoke the record"),
        _("It disappears from every place that held it; a sealed copy goes to the archive; every proof still holds."),
        needs=(needs.revocation_proposed, needs.not_recused), differs_from=("revocation_by",), marks="revoked_by",
    ),
    Step(
        "propose_deletion", ALIVE, None, ENTER, _("Propose to delete by law"),
        _("With the legal basis; the archivist decides."),
        needs=(needs.is_personal, needs.nothing_proposed), asks=("basis",), marks="deletion_by",
        cite=_("Personal Information Protection Law, article 47"),
    ),
    Step(
        "delete_lawfully", ALIVE, "deleted", ("archivist",), _("Delete by law"),
        _("The text is erased everywhere, no copy stays; the register of destruction keeps a number and the basis."),
        needs=(needs.is_personal, needs.deletion_proposed), differs_from=("deletion_by",),
        cite=_("Personal Information Protection Law, article 47"),
    ),
    Step(
        "drop_proposal", ALIVE, None, ("reviewer", "head", "archivist"), _("Drop the proposal"),
        _("What was proposed is not done, for your reason."),
        needs=(needs.something_proposed, needs.not_recused), asks=("reason",),
    ),
    Step(
        "expire", ("in_force",), "expired", ("system",), _("Expire"), _("The longest period is over."),
        needs=(needs.period_over,),
    ),
    Step(
        "seal", ("expired",), "sealed", ("archivist",), _("Seal the file"), _("Only the archive reads it from now on."),
        needs=(needs.is_of_a_body,),
    ),
    Step(
        "archive", ("sealed",), "archived", ("archivist",), _("Hand over to the archive"),
        _("The archive keeps an encrypted copy for the time of its schedule."), asks=("schedule",),
    ),
)  # fmt: skip


def _of_honour(step: Step) -> Step:
    """An honour is not notified and nobody is heard: from the check it goes straight into force."""
    if step.verb == "effect":
        return replace(step, source=("checked",), needs=tuple(n for n in step.needs if n is not needs.was_heard))
    return replace(step, source=tuple(state for state in step.source if state != "noticed"))


RECORD = Machine("record", "draft", STATES, _steps)
HONOUR = Machine(
    "honour",
    "draft",
    tuple(_OF_HONOUR.get(state.name, state) for state in STATES if state.name != "noticed"),
    tuple(_of_honour(step) for step in _steps if step.verb not in ("notify", "hear")),
)


def machine_of(record: Record) -> Machine:
    return HONOUR if record.kind == "honour" else RECORD
