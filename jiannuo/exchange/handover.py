"""Level by level: what a package says, how it is signed and opened, and how two sides see whether they hold the same.

A package is all rows of one data set that stand for one period. Its manifest is a signed statement: to whom, which set
and period, how many rows, the digest over them, and the digest of each part of at most 500 rows. The signature is what
lets a package in: there is no password between two levels. Each part is checked against the manifest before any row of
it is read, and becomes a batch like any other, so that nothing doubles and a broken connection resumes at a part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import sequencer
from jiannuo.lifecycle.offered import DataSet, data_sets
from jiannuo.lifecycle.refused import Refused, listed
from jiannuo.registry import reading as registry
from jiannuo.tables.writing import text
from jiannuo.tlog import leaf, note
from jiannuo.tlog.statement import Statement, open_statement, parse

from .models import Batch, Handover, Partner, Row
from .reporting import Period, period_named

PART = 500  # rows of one part: one batch, worked at once
HAND_UP, RECONCILE = "hand-up", "reconcile"
FRESH = timedelta(hours=24)  # for so long a signed question is answered
LISTED = 200  # natural keys kept of each sort of difference


@dataclass(frozen=True, order=True)
class Line:
    """One row as both sides write it: its natural key, the digest of its content, the content as text."""

    key: str
    digest: str
    row: Mapping[str, str]


@dataclass(frozen=True)
class PartnerActor:
    """A lower level that hands up: it may hand in for its body and those below, and nothing else asks for it."""

    partner: Partner
    person_id: int | None = None
    employer_id: int | None = None

    @property
    def ref(self) -> str:
        return self.partner.ref

    def bodies_with(self, role: str, on: date) -> frozenset[int]:
        if role not in ("registrar", "reporter") or on < self.partner.since or self._is_over(on):
            return frozenset()
        return frozenset(registry.subtree(self.partner.body_id, on))

    def roles_on(self, body_id: int | None, on: date) -> frozenset[str]:
        held = frozenset({"registrar", "reporter"})
        return held if body_id is None or body_id in self.bodies_with("reporter", on) else frozenset()

    def _is_over(self, on: date) -> bool:
        return self.partner.until is not None and self.partner.until <= on


def set_to_hand_up(name: str) -> DataSet:
    """Raises Refused where the set is unknown or not handed up."""
    one = data_sets().get(name)
    if one is None or one.standing is None:
        raise Refused(
            "handover.no_such_set",
            _("This data set is not handed up."),
            field="dataset",
            found=name,
            allowed=listed(key for key, each in data_sets().items() if each.standing) or _("none yet"),
        )
    return one


def lines(dataset: DataSet, period: Period, refs: Collection[str] | None = None) -> list[Line]:
    """What is settled for the period, in the order of its natural keys; `refs`: of these things whatever stands."""
    assert dataset.standing is not None
    out = []
    for _ref, values in dataset.standing(period.first, period.last, refs):
        row = {column.name: text(column, values.get(column.name)) for column in dataset.table.columns}
        row = {name: said for name, said in row.items() if said}
        key = leaf.canonical([row.get(name, "") for name in dataset.table.key])
        out.append(Line(key, digest_of(row), row))
    return sorted(out, key=lambda line: line.key)


def lines_from(partner: Partner, dataset: DataSet, period: Period) -> list[Line]:
    """What stands here of what this lower level handed up."""
    taken = Row.objects.filter(batch__provider=partner.body_id, batch__channel=Batch.Channel.LOWER).exclude(ref="")
    refs = set(taken.filter(batch__dataset=dataset.table.name).values_list("ref", flat=True))
    return lines(dataset, period, refs)


def digest_of(value: Any) -> str:
    return hashlib.sha256(leaf.canonical(value).encode()).hexdigest()


def digests(of: Sequence[Line]) -> dict[str, str]:
    """Natural key → digest of the content."""
    return {line.key: line.digest for line in of}


def period_digest(held: Mapping[str, str]) -> str:
    """One digest over natural keys and contents, in their order: equal on both sides, or something differs."""
    return hashlib.sha256("".join(f"{key}\t{held[key]}\n" for key in sorted(held)).encode()).hexdigest()


def parts_of(of: Sequence[Line]) -> list[list[dict[str, str]]]:
    return [[dict(line.row) for line in of[start : start + PART]] for start in range(0, len(of), PART)]


def manifest(
    partner: Partner, dataset: str, period: Period, serial: int, of: Sequence[Line], now: datetime
) -> Statement:
    """What a package says of itself, to be signed under the name of our log."""
    facts = _about(partner, dataset, period, of, now) | {"serial": str(serial)}
    facts |= {f"part-{n}": digest_of(part) for n, part in enumerate(parts_of(of), 1)}
    return Statement(origin(), HAND_UP, facts)


def question(partner: Partner, dataset: str, period: Period, of: Sequence[Line], now: datetime) -> Statement:
    """What we hold of a period, to be held against what the other side holds."""
    return Statement(origin(), RECONCILE, _about(partner, dataset, period, of, now))


def _about(partner: Partner, dataset: str, period: Period, of: Sequence[Line], now: datetime) -> dict[str, str]:
    return {
        "to": partner.origin,
        "body": partner.body.name,
        "dataset": dataset,
        "period": period.label,
        "made": timezone.localtime(now).isoformat(timespec="seconds"),
        "rows": str(len(of)),
        "digest": period_digest(digests(of)),
    }


def origin() -> str:
    """The name under which our log signs now."""
    head = sequencer.head()
    if head is None:
        raise Refused(
            "handover.no_log", _("The ledger has not begun."), allowed=_("Start the worker; it begins the ledger.")
        )
    return head.epoch.origin


@dataclass(frozen=True)
class Opened:
    """A statement whose signature, addressee and period hold."""

    partner: Partner
    dataset: DataSet
    period: Period
    facts: Mapping[str, str]

    @property
    def parts(self) -> int:
        return sum(name.startswith("part-") for name in self.facts)

    @property
    def serial(self) -> int:
        return int(self.facts["serial"])


def opened(signed: str, what: str, *, on: date) -> Opened:
    """Raises Refused, saying what is wrong: unknown sender, wrong key, altered, not for us, a period that cannot be."""
    try:
        claimed = parse(note.split(signed)[0])
    except note.NoteError as error:
        raise _refused("malformed", _("This is no signed statement."), error) from None
    partner = Partner.objects.filter(side=Partner.Side.LOWER, origin=claimed.origin, until=None).first()
    if partner is None or partner.since > on:
        raise _refused(
            "unknown_sender",
            _("Nothing is taken from this sender."),
            claimed.origin,
            _("The system administrator registers a lower level with its public key first."),
        )
    try:
        facts = open_statement(signed, what, [note.Verifier.parse(partner.key)]).facts
    except note.NoteError as error:
        raise _refused(
            "bad_signature",
            _("The signature is not that of the sender; nothing was taken."),
            error,
            _("Send it unaltered, signed with the registered key. A new key is registered by the administrator."),
        ) from None
    try:
        found = Opened(partner, set_to_hand_up(facts["dataset"]), period_named(facts["period"]), facts)
        made = datetime.fromisoformat(facts["made"])
        int(facts["rows"]), int(facts.get("serial", "0")), facts["digest"], facts["to"]  # each is there, and a number
    except (KeyError, ValueError) as error:
        raise _refused("malformed", _("The statement is not whole."), error) from None
    if facts["to"] != origin():
        raise _refused("not_for_us", _("The package is for somebody else."), facts["to"], origin())
    _check_days(found, made, on)
    return found


def _check_days(found: Opened, made: datetime, on: date) -> None:
    if found.period.last < found.partner.since or found.period.last >= on:
        raise _refused(
            "period",
            _("Nothing is taken for this period."),
            found.period.label,
            _("Periods that are over, and ended on %(day)s or later.") % {"day": found.partner.since},
        )
    day = timezone.localtime(made).date() if made.tzinfo else on + 2 * FRESH
    if day > on + FRESH:
        raise _refused("from_the_future", _("It was made on a day to come."), made, _("Set the sender's clock."))


def _refused(code: str, message: Any, found: Any = None, allowed: Any = None) -> Refused:
    return Refused(f"handover.{code}", message, found=None if found is None else str(found), allowed=allowed)


def compare(below: Mapping[str, str], above: Mapping[str, str]) -> dict[str, list[str]]:
    """Natural key → digest on each side; which keys the two do not hold alike."""
    out = {
        "missing_below": sorted(above.keys() - below.keys()),
        "missing_above": sorted(below.keys() - above.keys()),
        "other": sorted(key for key in below.keys() & above.keys() if below[key] != above[key]),
    }
    return {sort: keys[:LISTED] for sort, keys in out.items()}


def forget(refs: Collection[str], batches: Collection[str]) -> list[str]:
    """Blank the packages that held one of these things, and return them: a digest could confirm a guess.

    batches   numbers of batches here that brought one of them. Natural keys are text: no package keeps any.
    """
    Handover.objects.exclude(differences=None).update(differences=None)
    concerned = [
        one
        for one in Handover.objects.select_related("partner")
        if (set(one.taken.values()) & set(batches) if one.partner.side == Partner.Side.LOWER else _held(one, refs))
    ]
    Handover.objects.filter(pk__in=[one.pk for one in concerned]).update(manifest="", receipts={})
    return [one.ref for one in concerned]


def _held(package: Handover, refs: Collection[str]) -> bool:
    """Whether one of these stands in the period of the package that went up."""
    one = data_sets().get(package.dataset)
    if one is None or one.standing is None:
        return False
    return any(True for _one in one.standing(package.first, package.last, refs))
