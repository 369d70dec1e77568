"""Setting and ending reporting duties, and the zero report, which the head of the body signs."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import role_title
from jiannuo.lifecycle.offered import data_sets
from jiannuo.lifecycle.refused import Refused, listed
from jiannuo.registry.models import Body

from ..models import Duty, ZeroReport
from ..reporting import DAY, MONTHS, SETTING, Period, answers, period_at

SIGNING = ("chief",)


def _must_hold(roles: tuple[str, ...], body: Body, by: Actor, on: date, what: object) -> None:
    if not set(roles) & by.roles_on(body.pk, on) and "system" not in by.roles_on(body.pk, on):
        raise Refused(
            "machine.not_your_role",
            _("“%(step)s” is not for your post.") % {"step": what},
            found=body.name,
            allowed=_("It is for: %(roles)s.") % {"roles": listed(role_title(role) for role in roles)},
        )


@transaction.atomic
def set_duty(body: Body, dataset: str, frequency: str, *, since: date, by: Actor, on: date) -> Duty:
    """From `since` on the body is to hand in this data set for each period. One open duty per body and data set."""
    _must_hold(SETTING, body, by, on, _("Set a reporting duty"))
    if dataset not in data_sets():
        raise Refused(
            "exchange.no_such_set",
            _("There is no such data set."),
            field="dataset",
            found=dataset,
            allowed=listed(data_sets()),
        )
    if frequency not in Duty.Frequency.values:
        raise Refused(
            "reporting.no_such_frequency",
            _("There is no such frequency."),
            field="frequency",
            found=frequency,
            allowed=listed(label for _value, label in Duty.Frequency.choices),
        )
    running = period_at(on, MONTHS[Duty.Frequency(frequency)])
    if since < running.first:
        raise Refused(
            "reporting.in_the_past",
            _("A duty is not set for the past: nobody is late with what was not asked."),
            field="since",
            found=since,
            allowed=_("%(day)s or later") % {"day": running.first},
        )
    if body.ended is not None and body.ended <= since:
        raise Refused(
            "reporting.body_ended",
            _("The body no longer exists on this day."),
            field="body",
            found=body.ended,
            allowed=_("Set the duty for the body that answers for it now."),
        )
    try:
        with transaction.atomic():
            duty = Duty.objects.create(body=body, dataset=dataset, frequency=frequency, since=since, by=by.ref)
    except IntegrityError:
        raise Refused(
            "reporting.duty_exists",
            _("The body has this duty already."),
            field="dataset",
            found=Duty.objects.get(body=body, dataset=dataset, until=None).get_frequency_display(),
            allowed=_("End the present duty first, then set the new one."),
        ) from None
    _entry("duty.set", duty, by, on, {"since": since})
    return duty


@transaction.atomic
def end_duty(duty: Duty, *, until: date, by: Actor, on: date) -> Duty:
    """`until`: first day on which it no longer holds. What was owed before stays owed."""
    _must_hold(SETTING, duty.body, by, on, _("End a reporting duty"))
    if until < duty.since:
        raise Refused(
            "reporting.ends_before",
            _("A duty cannot end before it begins."),
            field="until",
            found=until,
            allowed=_("%(day)s or later") % {"day": duty.since},
        )
    if not Duty.objects.filter(pk=duty.pk, until=None).update(until=until, ended_by=by.ref):
        raise Refused("reporting.duty_ended", _("The duty has ended already."), found=duty.until)
    duty.until, duty.ended_by = until, by.ref
    _entry("duty.ended", duty, by, on, {"until": until})
    return duty


def _entry(verb: str, duty: Duty, by: Actor, on: date, facts: dict[str, object]) -> None:
    public = {"dataset": duty.dataset, "frequency": duty.frequency} | facts
    ledger.append(
        [ledger.Draft(verb, duty.ref, on, body=duty.body.ref, public=public, internal={"by": by.ref})],
    )


@transaction.atomic
def zero_report(duty: Duty, period: Period, *, by: Actor, on: date) -> ZeroReport:
    """The head of the body states that there was nothing in this period. Once, for good; a row that turns up later
    for the same period stands beside it as a contradiction.
    """
    title = _("Sign a zero report")
    if not set(SIGNING) & by.roles_on(duty.body_id, on) or by.person_id is None:
        raise Refused(
            "machine.not_your_role",
            _("“%(step)s” is not for your post.") % {"step": title},
            found=duty.body.name,
            allowed=_("It is signed by a person: %(roles)s.") % {"roles": listed(role_title(role) for role in SIGNING)},
        )
    months = MONTHS[Duty.Frequency(duty.frequency)]
    if period_at(period.first, months) != period or period.last < duty.since:
        raise Refused(
            "reporting.no_such_period",
            _("There is no such period."),
            field="period",
            found=period.label,
            allowed=_("A period of this duty: %(frequency)s, from %(day)s on.")
            % {"frequency": duty.get_frequency_display(), "day": duty.since},
        )
    if on <= period.last:
        raise Refused(
            "reporting.not_over",
            _("The period is not over: nobody knows yet that there was nothing."),
            field="period",
            found=period.label,
            allowed=_("From %(day)s on.") % {"day": period.last + DAY},
        )
    found = answers([duty], period.last, period.last, on=on)
    if not found:
        raise Refused(
            "reporting.no_duty",
            _("The duty did not hold at the end of this period."),
            field="period",
            found=period.label,
            allowed=_("Nothing is owed for it."),
        )
    (answer,) = found
    if answer.batches:
        raise Refused(
            "reporting.not_nothing",
            _("Something was handed in for this period, so there was not nothing."),
            field="period",
            found=period.label,
            allowed=_("No zero report is needed: the period is answered."),
        )
    try:
        with transaction.atomic():
            zero = ZeroReport.objects.create(
                duty=duty, first=period.first, last=period.last, by=by.ref, person=by.person_id, on=on
            )
    except IntegrityError:
        raise Refused(
            "reporting.said_already",
            _("A zero report for this period stands already; nothing was written."),
            field="period",
            found=period.label,
        ) from None
    (entry,) = ledger.append(
        [
            ledger.Draft(
                "zero_report.made",
                zero.ref,
                on,
                body=duty.body.ref,
                public={"dataset": duty.dataset, "period": period.label, "first": zero.first, "last": zero.last},
                internal={"by": by.ref},
            )
        ]
    )
    zero.taken = entry.pk
    zero.save(update_fields=["taken"])
    return zero
