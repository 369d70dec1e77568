"""Registering another level, queueing a package for it, and taking a package from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import role_title
from jiannuo.lifecycle.refused import Refused, listed
from jiannuo.registry.models import Body
from jiannuo.tlog import note

from ..handover import (
    FRESH,
    HAND_UP,
    RECONCILE,
    Opened,
    PartnerActor,
    compare,
    digest_of,
    digests,
    lines_from,
    opened,
    period_digest,
    set_to_hand_up,
)
from ..models import Batch, Handover, Partner
from ..reporting import Period
from .receiving import receive_rows

KEEPING = ("operator",)
SENDING = ("registrar", "head")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _must_hold(roles: tuple[str, ...], body: Body | None, by: Actor, on: date, what: object) -> None:
    if not {*roles, "system"} & by.roles_on(body.pk if body else None, on):
        raise Refused(
            "machine.not_your_role",
            _("“%(step)s” is not for your post.") % {"step": what},
            allowed=_("It is for: %(roles)s.") % {"roles": listed(role_title(role) for role in roles)},
        )


@transaction.atomic
def register_partner(
    side: str, body: Body, key: str, *, address: str = "", since: date | None = None, by: Actor, on: date
) -> Partner:
    """Know another level by its public key; an upper one also by its address.

    since   periods that end on this day or later are taken from a lower one; default: from now on
    """
    _must_hold(KEEPING, None, by, on, _("Register another level"))
    try:
        verifier = note.Verifier.parse(key)
    except note.NoteError as error:
        raise Refused(
            "handover.bad_key",
            _("This is no public key."),
            field="key",
            found=str(error),
            allowed=_("The line name+hash+key, as the other level shows it under /tlog/."),
        ) from None
    parts = urlsplit(address)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if side == Partner.Side.UPPER and not (is_safe and parts.hostname and not parts.query and not parts.username):
        raise Refused(
            "handover.bad_address",
            _("A package is not sent to this address."),
            field="address",
            found=address,
            allowed=_("https://host of the upper level, without a query and without a password."),
        )
    try:
        with transaction.atomic():
            partner = Partner.objects.create(
                side=side,
                body=body,
                origin=verifier.name,
                key=str(verifier),
                address=address.rstrip("/") if side == Partner.Side.UPPER else "",
                since=min(since or on, on),
                by=by.ref,
            )
    except IntegrityError:
        raise Refused(
            "handover.known",
            _("This level is registered already."),
            field="key",
            found=verifier.name,
            allowed=_("End the present registration first; then register the new key."),
        ) from None
    _entry("partner.registered", partner, by, on, {"side": side, "key": str(verifier), "since": partner.since})
    return partner


@transaction.atomic
def end_partner(partner: Partner, *, by: Actor, on: date) -> Partner:
    """From this day nothing is taken from it, and nothing goes to it."""
    _must_hold(KEEPING, None, by, on, _("End a registration"))
    if not Partner.objects.filter(pk=partner.pk, until=None).update(until=on):
        raise Refused("handover.ended", _("The registration has ended already."), found=partner.until)
    partner.until = on
    _entry("partner.ended", partner, by, on, {"side": partner.side})
    return partner


def _entry(verb: str, partner: Partner, by: Actor, on: date, facts: dict[str, Any]) -> None:
    public = {"origin": partner.origin} | facts
    ledger.append([ledger.Draft(verb, partner.ref, on, partner.body.ref, public, {"by": by.ref})])


@transaction.atomic
def hand_up(partner: Partner, dataset: str, period: Period, *, by: Actor, on: date) -> Handover:
    """Queue a package of what stands for the period: the worker signs and sends it, and compares both sides."""
    _must_hold(SENDING, partner.body, by, on, _("Hand up"))
    set_to_hand_up(dataset)
    if partner.side != Partner.Side.UPPER or partner.until is not None:
        raise Refused("handover.not_above", _("Nothing is handed up to this level."), found=partner.origin)
    if period.last >= on:
        raise Refused(
            "reporting.not_over",
            _("The period is not over."),
            field="period",
            found=period.label,
            allowed=_("A period that ended before %(day)s.") % {"day": on},
        )
    same = Handover.objects.filter(partner=partner, dataset=dataset, first=period.first, last=period.last)
    running = same.filter(stage__in=(Handover.Stage.WAITING, Handover.Stage.SENDING)).first()
    if running is not None:
        Handover.objects.filter(pk=running.pk).update(again=None)
        return running
    serial = 1 + (same.aggregate(last=Max("serial"))["last"] or 0)
    return Handover.objects.create(
        partner=partner, dataset=dataset, first=period.first, last=period.last, serial=serial, by=by.ref, on=on
    )


def take_manifest(signed: str, *, on: date) -> Handover:
    """The package of a signed manifest: known already, or new. Nothing of its rows is taken yet.

    Who acts is whoever signed: there is no other actor. Raises Refused where the signature, the addressee or the period
    do not hold, or a newer package of the period is here.
    """
    found = opened(signed, HAND_UP, on=on)
    same = Handover.objects.filter(
        partner=found.partner, dataset=found.facts["dataset"], first=found.period.first, last=found.period.last
    )
    newest = same.order_by("-serial").first()
    if newest is not None and newest.serial >= found.serial:
        if newest.manifest == signed:
            return newest
        raise Refused(
            "handover.replaced",
            _("A newer package of this period is here; an older one changes nothing any more."),
            found=found.serial,
            allowed=_("A package with a serial above %(serial)s.") % {"serial": newest.serial},
        )
    try:
        return _received(signed, found, on)
    except IntegrityError:  # at the same moment, on another connection
        return same.get(serial=found.serial, manifest=signed)


@transaction.atomic
def _received(signed: str, found: Opened, on: date) -> Handover:
    made = Handover.objects.create(
        partner=found.partner,
        dataset=found.facts["dataset"],
        first=found.period.first,
        last=found.period.last,
        serial=found.serial,
        manifest=signed,
        rows=int(found.facts["rows"]),
        stage=Handover.Stage.SENDING if found.parts else Handover.Stage.DONE,
        by=found.partner.ref,
        on=on,
    )
    ledger.append(
        [
            ledger.Draft(
                "handover.received",
                made.ref,
                on,
                body=found.partner.body.ref,
                public={name: found.facts[name] for name in ("dataset", "period", "rows", "digest", "serial")},
                internal={"by": found.partner.ref},
            )
        ]
    )
    return made


def take_part(signed: str, number: int, rows: Sequence[Mapping[str, str]], *, on: date) -> Handover:
    """One part of a package: checked against the manifest, then a batch like any other. Once taken it stays taken."""
    package = take_manifest(signed, on=on)
    if str(number) in package.taken:
        return package
    found = opened(signed, HAND_UP, on=on)
    stated = found.facts.get(f"part-{number}")
    if stated is None or digest_of(list(rows)) != stated:
        raise Refused(
            "handover.altered",
            _("The part is not what the manifest says; nothing of it was taken."),
            field="rows",
            found=number,
            allowed=_("Parts 1 to %(parts)s as they were signed.") % {"parts": found.parts},
        )
    actor = PartnerActor(found.partner)
    with transaction.atomic():
        held = Handover.objects.select_for_update().get(pk=package.pk)
        if str(number) in held.taken:
            return held
        batch = receive_rows(
            rows,
            dataset=held.dataset,
            provider=found.partner.body,
            channel=Batch.Channel.LOWER,
            by=actor,
            on=on,
        )
        held.taken[str(number)] = batch.number
        if len(held.taken) == found.parts:
            held.stage = Handover.Stage.DONE
        held.save(update_fields=["taken", "stage"])
    return held


def answer_question(signed: str, below: Mapping[str, str], *, now: datetime, on: date) -> dict[str, str]:
    """What stands here of what the sender handed up: natural key → digest. Both sides keep what differs.

    below   natural key → digest, as the sender holds them; the signed digest is over these
    """
    found = opened(signed, RECONCILE, on=on)
    if datetime.fromisoformat(found.facts["made"]) < now - FRESH:
        raise Refused(
            "handover.stale",
            _("The question is too old to be answered."),
            found=found.facts["made"],
            allowed=_("One that was signed within a day."),
        )
    if period_digest(below) != found.facts["digest"]:
        raise Refused("handover.altered", _("The list is not what was signed."), field="lines")
    above = digests(lines_from(found.partner, found.dataset, found.period))
    newest = Handover.objects.filter(
        partner=found.partner, dataset=found.facts["dataset"], first=found.period.first, last=found.period.last
    ).first()
    if newest is not None:
        newest.differences, newest.reconciled = compare(below, above), now
        newest.save(update_fields=["differences", "reconciled"])
    return above
