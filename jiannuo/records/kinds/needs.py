"""What must hold before a step of a record or its publication: each a plain function that says why not, or None."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused, listed, said
from jiannuo.rules import book

from .competence import competent

if TYPE_CHECKING:
    from ..models import Publication, Record

Data = Mapping[str, Any]
REVIEW_ARTICLE = _("Regulations on Open Government Information, article 17")
SAME_PERSON = _("both are the same natural person, whichever account was used")
COLLEAGUE = _("Ask a colleague who has not handled it.")


# Records


def another_pair(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    """Whoever entered or changed it is not the second person; and without a first person there is no second."""
    if by.person_id is None:
        return Refused("machine.four_eyes", _("A machine is never the second pair of eyes."))
    if not record.authors:
        return Refused("machine.four_eyes", _("No person entered it, so no second person can confirm it."))
    if by.person_id in record.authors:
        return Refused(
            "machine.four_eyes",
            _("It needs another person than those who entered or changed it."),
            found=SAME_PERSON,
            allowed=COLLEAGUE,
        )
    return None


def not_recused(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    """Nobody handles a record about the body they work for; the superior's staff do (practice §2.1)."""
    if by.employer_id is None or by.employer_id != record.body_id:
        return None
    return Refused(
        "records.recused",
        _("You work for the body that the record is about."),
        found=record.body.name,
        allowed=_("Staff of its superior handle it."),
        article=_("Circular on the Mechanism of Government Performance in Good Faith"),
    )


def organ_competent(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    return competent(record.source, organ=record.organ, body=record.body, day=record.decided)


def is_final(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    if record.finality == "final":
        return None
    return Refused(
        "records.not_final",
        _("The decision is not final: a review or lawsuit is running."),
        found=_("Review or lawsuit pending"),
        allowed=_("Enter the day on which it became final, then go on."),
    )


def is_pending(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    if record.finality != "final":
        return None
    return Refused("records.already_final", _("It was entered as final."))


def final_in_order(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    day = data.get("final_on")
    if day is None or record.served <= day <= on:
        return None
    return Refused(
        "records.final_day",
        _("It cannot have become final on that day."),
        field="final_on",
        found=day,
        allowed=_("a day from %(from)s (served) to %(to)s (today)") % {"from": record.served, "to": on},
    )


def served_in_order(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
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


def was_heard(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    """In force only after the body's time for a statement, unless the determining organ had heard it before."""
    until = record.statement_until
    if until is not None and on <= until and not data.get("heard"):
        return Refused(
            "records.too_early",
            _("The body may still make its statement."),
            field="heard",
            found=on,
            allowed=_(
                "from the day after %(day)s, or earlier if the determining organ heard the body before it decided"
            )
            % {"day": until},
            article=said(book().terms["record.statement"].title),
        )
    return None


def not_stayed(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    if record.stayed is None:
        return None
    return Refused(
        "records.stayed",
        _("Its use is suspended by order of a review organ or court."),
        found=record.stayed,
        allowed=_("Lift the suspension first, with the paper that ends it."),
    )


def is_stayed(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    return None if record.stayed is not None else Refused("records.not_stayed", _("Its use is not suspended."))


def nothing_proposed(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    if not record.proposed:
        return None
    return Refused(
        "records.proposed",
        _("Something has been proposed for it and waits for a decision."),
        allowed=_("A second person decides on it, or drops it."),
    )


def something_proposed(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    return None if record.proposed else Refused("records.nothing_proposed", _("Nothing has been proposed for it."))


def correction_proposed(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    if record.correction_by_id is not None:
        return None
    return Refused(
        "records.no_correction",
        _("Nobody has proposed to correct it yet."),
        allowed=_("The registrar proposes it with the paper of the determining organ; a second person decides."),
    )


def revocation_proposed(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    if record.revocation_by_id is not None:
        return None
    return Refused(
        "records.no_revocation",
        _("Nobody has proposed to revoke it yet."),
        allowed=_("The registrar proposes it with the paper of the determining organ; a second person decides."),
    )


def deletion_proposed(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    if record.deletion_by_id is not None:
        return None
    return Refused(
        "records.no_deletion",
        _("Nobody has proposed to delete it yet."),
        allowed=_("The registrar proposes it with the legal basis; the archivist decides."),
    )


def is_personal(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    if record.personal:
        return None
    return Refused("records.not_personal", _("Only personal records are deleted; others expire or are revoked."))


def is_of_a_body(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    if not record.personal:
        return None
    return Refused(
        "records.personal",
        _("A personal record is not archived here: it is deleted when its purpose is over."),
        article=_("Personal Information Protection Law, article 47"),
    )


def period_over(record: Record, by: Actor, on: date, data: Data) -> Refused | None:
    if record.ends is not None and record.ends <= on:
        return None
    return Refused(
        "records.not_over",
        _("The longest period of this class is not over."),
        found=on,
        allowed=str(record.ends or ""),
    )


# Publications


def released(publication: Publication, by: Actor, on: date, data: Data) -> Refused | None:
    """What rests on a rule not yet verified leaves the house only with a legal reviewer's release."""
    if publication.released_by_id is not None or not publication.rests_on_unverified:
        return None
    return Refused(
        "records.not_released",
        _("It rests on a rule whose text is not yet verified."),
        allowed=_("A legal reviewer must release it first."),
        article=_("Rule of this platform"),
    )


def not_from_record(publication: Publication, by: Actor, on: date, data: Data) -> Refused | None:
    """The disclosure reviewer is neither author nor checker of the record, nor works for the body (practice §5.1)."""
    record = publication.record
    if by.person_id is None or by.person_id in {*record.authors, record.checked_by_id, record.corrected_by_id}:
        return Refused(
            "machine.four_eyes",
            _("The disclosure reviewer is someone who neither entered nor checked the record."),
            found=SAME_PERSON,
            allowed=COLLEAGUE,
            article=REVIEW_ARTICLE,
        )
    return not_recused(record, by, on, data)


def record_in_force(publication: Publication, by: Actor, on: date, data: Data) -> Refused | None:
    record = publication.record
    if record.state != "in_force":
        return Refused(
            "records.not_in_force",
            _("The record is not in force."),
            found=record.machine.state(record.state).label,
            allowed=_("Only what is in force is made public."),
        )
    return not_stayed(record, by, on, data)


def has_period(publication: Publication, by: Actor, on: date, data: Data) -> Refused | None:
    ends = publication.record.ends
    if ends is None or ends <= on:
        return Refused(
            "records.period_over",
            _("There is no period left in which it could be public."),
            found=ends,
            allowed=_("It stays on file and is not published."),
        )
    return None


def letter_in_order(publication: Publication, by: Actor, on: date, data: Data) -> Refused | None:
    served = data.get("served")
    if served is None or publication.since <= served <= on:
        return None
    return Refused(
        "records.served_day",
        _("The letter cannot have been served on that day."),
        field="served",
        found=served,
        allowed=_("a day from %(from)s (proposed) to %(to)s (today)") % {"from": publication.since, "to": on},
    )


def is_an_opinion(publication: Publication, by: Actor, on: date, data: Data) -> Refused | None:
    if data.get("opinion") in (None, "", "agrees", "objects"):
        return None
    return Refused(
        "records.opinion",
        _("The third party agrees or objects."),
        field="opinion",
        found=data.get("opinion"),
        allowed=listed((_("agrees"), _("objects"))),
    )


def opinion_time_over(publication: Publication, by: Actor, on: date, data: Data) -> Refused | None:
    if publication.due is None or on > publication.due:
        return None
    return Refused(
        "records.opinion_open",
        _("The third party may still answer."),
        found=on,
        allowed=_("from the day after %(day)s") % {"day": publication.due},
        article=_("Regulations on Open Government Information, article 32"),
    )


def objection_weighed(publication: Publication, by: Actor, on: date, data: Data) -> Refused | None:
    """Against a third party's objection only for the public interest, with the reason (信息公开条例 15, 32)."""
    if publication.opinion != "objects" or str(data.get("public_interest") or "").strip():
        return None
    return Refused(
        "records.objected",
        _("The third party objects to making it public."),
        field="public_interest",
        found=_("nothing"),
        allowed=_("Say why not making it public would greatly harm the public interest, or do not publish."),
        article=_("Regulations on Open Government Information, articles 15 and 32"),
    )


def keeps_its_text(publication: Publication, by: Actor, on: date, data: Data) -> Refused | None:
    if publication.record.title:
        return None
    return Refused(
        "records.stub",
        _("Only a stub is left of it; there is nothing to publish."),
        allowed=_("If it is declassified, enter it again from its document."),
    )
