"""The life of a publication: proposed by one, decided by a disclosure reviewer; what shows is derived from dates."""

from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.machine import CLOSED, DECIDED, OPEN, WAITING, Machine, State, Step

from . import needs
from .needs import REVIEW_ARTICLE
from .record import ENTER

PUBLICATION = Machine(
    "publication",
    "proposed",
    (
        State("proposed", _("In disclosure review"), OPEN, "核", "due"),
        State("consulting", _("Third party asked"), WAITING, "行", "open"),
        State("cleared", _("Cleared for publication"), DECIDED, "行", "open"),
        State("refused", _("Not made public"), DECIDED, "结", "closed"),
        State("withdrawn", _("Withdrawn"), CLOSED, "结", "closed"),
    ),
    (
        Step(
            "release", ("proposed",), None, ("legal",), _("Release"),
            _("You have read the source and release what rests on an unverified rule."),
            needs=(needs.not_from_record,), marks="released_by", asks=("reason",),
        ),
        Step(
            "consult", ("proposed",), "consulting", ("disclosure",), _("Ask a third party"),
            _("Commercial secrets or privacy of a third party may be touched: it has its time to answer from service."),
            term="publication.third_party", clock_from="served", needs=(needs.not_from_record, needs.letter_in_order),
            asks=("third_party", "served", "method"),
            cite=_("Regulations on Open Government Information, article 32"),
        ),
        Step(
            "opinion", ("consulting",), "proposed", ("disclosure", "registrar"), _("Note the third party's answer"),
            _("The review goes on with the answer."), term="publication.review", needs=(needs.is_an_opinion,),
            asks=("opinion",),
        ),
        Step(
            "no_opinion", ("consulting",), "proposed", ("disclosure", "registrar"), _("No answer came"),
            _("The review goes on; the reviewer decides by the law."), term="publication.review",
            needs=(needs.opinion_time_over,),
        ),
        Step(
            "clear", ("proposed",), "cleared", ("disclosure",), _("Clear for publication"),
            _("It is on the body's public page from today, until its period ends by itself."),
            needs=(
                needs.not_from_record, needs.record_in_force, needs.keeps_its_text, needs.released, needs.has_period,
                needs.objection_weighed,
            ),
            differs_from=("proposed_by",), marks="reviewed_by", asks=("reviewed",), cite=REVIEW_ARTICLE,
        ),
        Step(
            "refuse", ("proposed",), "refused", ("disclosure",), _("Do not publish"),
            _("An exception with its ground; it is looked at again in a year."),
            term="exception.recheck", needs=(needs.not_from_record,), differs_from=("proposed_by",),
            marks="reviewed_by", asks=("exception", "reason"), cite=REVIEW_ARTICLE,
        ),
        Step(
            "recheck", ("refused",), "refused", ("disclosure",), _("The exception still holds"),
            _("You have looked again: the ground still holds. It is looked at again in a year."),
            term="exception.recheck", needs=(needs.not_from_record,), marks="reviewed_by", asks=("reason",),
            cite=_("Regulations on Open Government Information, article 18"),
        ),
        Step(
            "propose_again", ("refused", "withdrawn"), "proposed", ("registrar", "head"), _("Propose again"),
            _("The ground on which it was not public has fallen away."), term="publication.review",
            needs=(needs.record_in_force, needs.keeps_its_text), marks="proposed_by",
        ),
        Step(
            "amend", ("proposed", "consulting"), None, (*ENTER, "disclosure"), _("Documents changed"),
            _("The documents under review changed; whoever had opened it must read it again."),
        ),
        Step(
            "correct", ("proposed", "consulting", "cleared"), "proposed", ("reviewer", "head"), _("Record corrected"),
            _("What was shown was wrong and is off at once; the new version is reviewed."), term="publication.review",
        ),
        Step(
            "withdraw", ("proposed", "consulting", "cleared", "refused"), "withdrawn", ("head", "disclosure", "system"),
            _("Withdraw"), _("Publicity ends today; everyone who received it is told."), asks=("reason",),
        ),
    ),
)  # fmt: skip
