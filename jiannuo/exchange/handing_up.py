"""Sending a package up, a step at a time: sign, ask what is there, send the next part, fetch receipts, compare.

The worker does it, for only the worker may read the log's key. The address is a setting of the system administrator;
no redirect is followed. Whatever breaks is tried again later, and goes on where the other side says it stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog

from jiannuo.ledger import keys, sequencer
from jiannuo.lifecycle.refused import Refused
from jiannuo.tlog import note, receipt
from jiannuo.tlog.statement import Statement, parse, sign

from .handover import Line, compare, digests, lines, manifest, parts_of, period_digest, question, set_to_hand_up
from .models import Handover, Partner
from .reporting import Period

log = structlog.get_logger(__name__)
TIMEOUT = 10.0  # seconds
LATER = timedelta(minutes=1)  # after a connection broke
SOON = timedelta(seconds=5)  # while the other side's log signs its receipts
PATH = "/handover/v1"
RUNNING = (Handover.Stage.WAITING, Handover.Stage.SENDING)


class _Answer(Exception):
    """The other side said no, with its reason."""


def work(now: datetime) -> bool:
    """One step of one package; False where nothing is to be sent now."""
    due = Handover.objects.filter(stage__in=RUNNING, partner__side=Partner.Side.UPPER, partner__until=None)
    for package in due.select_related("partner__body").order_by("id"):
        if package.again is None or package.again <= now:
            step(package, now)
            return True
    return False


def step(package: Handover, now: datetime) -> None:
    """Take the package one step further, and keep how it stands."""
    try:
        _step(package, now)
        package.fault = ""
    except _Answer as error:
        package.stage, package.fault = Handover.Stage.REFUSED, str(error)
    except Refused as refused:
        package.stage, package.fault = Handover.Stage.REFUSED, str(refused)
    except (httpx.HTTPError, note.NoteError, ValueError) as error:
        log.warning("handover.broken", package=package.pk, reason=str(error))
        package.fault, package.again = f"{type(error).__name__}: {error}"[:500], now + LATER
    package.save()


def _step(package: Handover, now: datetime) -> None:
    dataset, period = set_to_hand_up(package.dataset), Period(package.first, package.last)
    standing = lines(dataset, period)
    if not package.manifest or _stated(package)["digest"] != period_digest(digests(standing)):
        _make(package, period, standing, now)
    parts = parts_of(standing)
    with httpx.Client(base_url=package.partner.address, timeout=TIMEOUT, follow_redirects=False) as client:
        answer = _post(client, "packages", {"manifest": package.manifest})
        missing = [n for n in range(1, len(parts) + 1) if str(n) not in answer["taken"]]
        if missing:
            body = {"manifest": package.manifest, "part": missing[0], "rows": parts[missing[0] - 1]}
            answer = _post(client, "parts", body)
        package.taken, package.stage = answer["taken"], Handover.Stage.SENDING
        package.receipts = {n: _checked(text, package.partner) for n, text in answer["receipts"].items()}
        package.again = None
        if len(package.taken) < len(parts):
            return
        _reconcile(client, package, period, standing, now)
        if len(package.receipts) < len(parts):
            package.again = now + SOON
        else:
            package.stage = Handover.Stage.DONE


def _stated(package: Handover) -> dict[str, str]:
    return dict(parse(note.split(package.manifest)[0]).facts)


def _make(package: Handover, period: Period, standing: list[Line], now: datetime) -> None:
    """Sign a manifest of what stands now. If it stood otherwise when it was first signed, this is a newer package."""
    if package.manifest:
        package.serial += 1
        package.taken, package.receipts = {}, {}
    made = manifest(package.partner, package.dataset, period, package.serial, standing, now)
    package.manifest, package.rows = _signed(made), len(standing)
    package.save()


def _signed(made: Statement) -> str:
    head = sequencer.head()
    assert head is not None
    return sign(made, keys.signers(made.origin, last=head.text))


def _reconcile(client: httpx.Client, package: Handover, period: Period, standing: list[Line], now: datetime) -> None:
    below = digests(standing)
    signed = _signed(question(package.partner, package.dataset, period, standing, now))
    answer = _post(client, "reconcile", {"statement": signed, "lines": below})
    package.differences, package.reconciled = compare(below, answer["lines"]), now


def _checked(text: str, partner: Partner) -> str:
    """A receipt, if it is signed by the key of the level above. Raises NoteError."""
    receipt.open_receipt(text, [note.Verifier.parse(partner.key)])
    return text


def _post(client: httpx.Client, what: str, body: dict[str, Any]) -> dict[str, Any]:
    response = client.post(f"{PATH}/{what}", json=body)
    if 400 <= response.status_code < 500 and response.status_code != 429:
        raise _Answer(_told(response))
    response.raise_for_status()
    if response.status_code != 200:
        raise ValueError(f"the other side answers {response.status_code}")
    answer: dict[str, Any] = response.json()
    return answer


def _told(response: httpx.Response) -> str:
    try:
        said = response.json()
        return " ".join(str(said[name]) for name in ("message", "found", "allowed") if said.get(name))[:500]
    except (ValueError, AttributeError, KeyError):
        return f"HTTP {response.status_code}"
