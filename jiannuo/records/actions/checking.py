"""What may be entered as a record, and all that is wrong with a row at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused, RefusedMany, RefusedRows, listed, said
from jiannuo.registry import reading as registry
from jiannuo.registry.models import Body, Post
from jiannuo.rules import book
from jiannuo.rules.schema import Text
from jiannuo.rules.terms import Term

from ..kinds.competence import Above, competent
from ..models import Record, longest_term

IMPACTS = {
    "none": _("No effect on others"),
    "local": _("Felt in one place or trade"),
    "wide": _("Felt across the county or city"),
    "grave": _("Grave: safety, livelihood, stability"),
}


@dataclass(frozen=True)
class NewRecord:
    """What is entered about one decision. Dates are days; loss is yuan to the cent; impact one of IMPACTS."""

    kind: str
    source: str
    body: Body
    organ: Body
    title: str
    finding: str
    document_number: str
    decided: date
    served: date
    finality: str = "final"
    final_on: date | None = None
    loss: Decimal | None = None
    impact: str = "none"
    basis: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    personal: bool = False
    post: Post | None = None
    sanction: str = ""
    provider: Body | None = None


_YEAR = re.compile(r"\s*[\[［(（【〔]\s*(\d{4})\s*[\]］)）】〕]\s*")


def tidy(number: str) -> str:
    """A document number in the one way of writing: 云政认(2026) 3号 → 云政认〔2026〕3号 (GB/T 9704—2012, 7.2.5)."""
    return _YEAR.sub(r"〔\1〕", unicodedata.normalize("NFC", number).strip())


def sanctions() -> dict[str, Text]:
    """The sanctions of a person: key of the term of its period of effect → title."""
    return {key: term.row.sanction for key, term in book().terms.items() if term.row.sanction}


def check_row(row: NewRecord, *, by: Actor, on: date) -> None:
    """All that is wrong with a row, at once."""
    faults = list(_faults(row, by, on))
    if faults:
        raise RefusedMany(faults)


def check_rows(rows: Sequence[NewRecord], *, by: Actor, on: date) -> None:
    """All that is wrong with any of these rows. Raises RefusedRows."""
    above_of = registry.ancestry()
    faults = {place: found for place, row in enumerate(rows) if (found := list(_faults(row, by, on, above_of)))}
    if faults:
        raise RefusedRows(faults)


LastDay = Callable[[Term, date], date]


def _last_day(term: Term, day: date) -> date:
    return term.deadline(day).last_day


def counted_once() -> LastDay:
    """The same, counted once for each term and day."""
    known: dict[tuple[str, date], date] = {}

    def last_day(term: Term, day: date) -> date:
        if (term.key, day) not in known:
            known[term.key, day] = _last_day(term, day)
        return known[term.key, day]

    return last_day


def columns(row: NewRecord, last_day: LastDay = _last_day) -> dict[str, Any]:
    """The columns of a record; `last_day`: the last day of a term that starts on a day, where it is asked for often."""
    values = {item.name: getattr(row, item.name) for item in fields(row)}
    values["basis"] = [dict(one) for one in row.basis]
    values["document_number"] = tidy(row.document_number)
    graded = row.kind != "honour" and not row.personal
    values["severity"] = book().severity(row.loss, row.impact) if graded else ""
    term = longest_term(row.kind, values["severity"], row.personal, row.sanction)
    values["ends"] = last_day(term, row.decided) if term else None
    return values


def as_row(record: Record) -> dict[str, Any]:
    """A record as what was entered, to fill a form."""
    return {item.name: getattr(record, item.name) for item in fields(NewRecord)}


def _faults(row: NewRecord, by: Actor, on: date, above_of: Above = registry.ancestors) -> Iterator[Refused]:
    reports = row.provider is not None and not row.personal and "reporter" in by.roles_on(row.provider.pk, on)
    if not reports and "registrar" not in by.roles_on(row.body.pk, on):
        yield Refused(
            "machine.not_your_role",
            _("Entering records about this body is not for your post."),
            field="body",
            found=row.body.name,
        )
    if by.employer_id is not None and by.employer_id == row.body.pk:
        yield Refused(
            "records.recused",
            _("You work for the body that the record is about."),
            field="body",
            found=row.body.name,
            allowed=_("Staff of its superior handle it."),
        )
    for name in ("title", "document_number"):
        if not getattr(row, name).strip():
            yield Refused("machine.missing", _("This must be filled in."), field=name, found=_("nothing"))
    for name, most in (("title", 120), ("document_number", 80)):
        if len(getattr(row, name)) > most:
            yield Refused(
                "records.too_long",
                _("This is too long."),
                field=name,
                found=_("%(count)s characters") % {"count": len(getattr(row, name))},
                allowed=_("at most %(count)s characters") % {"count": most},
            )
    source = book().sources.get(row.source)
    if source is None or source.kind != row.kind:
        yield Refused(
            "records.source",
            _("There is no such source of this kind of record."),
            field="source",
            found=row.source,
            allowed=listed(said(s.title) for s in book().sources.values() if s.kind == row.kind),
        )
        return
    yield from _date_faults(row, on)
    if row.body.evaluable_by_id is None:
        yield Refused(
            "records.partner",
            _("This body may not be evaluated by the city: no record may be kept about it."),
            field="body",
            found=row.body.name,
            allowed=_(
                "It is in the registry as a partner, or nobody has entered who may evaluate it and on what basis."
            ),
            article=_("Regulations on Government Inspection Work, article 5"),
        )
    if refused := competent(row.source, organ=row.organ, body=row.body, day=row.decided, above_of=above_of):
        yield refused
    if source.personal_only and not row.personal:
        yield Refused(
            "records.personal_only",
            _("Such a decision concerns a person: enter it as an internal record."),
            field="personal",
        )
    if row.personal and (row.post is None or row.post.body_id != row.body.pk):
        yield Refused(
            "records.no_post", _("An internal record names the post."), field="post", found=row.post or _("nothing")
        )
    if row.sanction and (not row.personal or row.sanction not in sanctions()):
        yield Refused(
            "records.sanction",
            _("There is no such sanction of a person."),
            field="sanction",
            found=row.sanction,
            allowed=listed(said(title) for title in sanctions().values()),
        )
    if row.loss is not None and row.loss < 0:
        yield Refused("records.loss", _("A loss is not negative."), field="loss", found=row.loss, allowed="≥ 0.00")
    if row.impact not in IMPACTS:
        yield Refused(
            "records.impact",
            _("There is no such degree."),
            field="impact",
            found=row.impact,
            allowed=listed(IMPACTS.values()),
        )
    for one in row.basis:
        if one.get("instrument") not in book().instruments:
            yield Refused(
                "records.basis",
                _("This instrument is not in the rulebook."),
                field="basis",
                found=one.get("instrument"),
            )


def _date_faults(row: NewRecord, on: date) -> Iterator[Refused]:
    if row.decided > on:
        yield Refused(
            "records.future",
            _("A decision of the future cannot be entered."),
            field="decided",
            found=row.decided,
            allowed=_("at the latest %(day)s") % {"day": on},
        )
    if row.served < row.decided:
        yield Refused(
            "records.served_before",
            _("A decision cannot be served before it is made."),
            field="served",
            found=row.served,
            allowed=_("%(day)s or later") % {"day": row.decided},
        )
    if row.served > on:
        yield Refused(
            "records.future",
            _("It cannot have been served in the future."),
            field="served",
            found=row.served,
            allowed=_("at the latest %(day)s") % {"day": on},
        )
    if row.finality not in Record.Finality.values:
        yield Refused(
            "records.finality",
            _("It is final, or a review or lawsuit is running."),
            field="finality",
            found=row.finality,
        )
    if row.final_on is not None and (row.finality != "final" or not row.served <= row.final_on <= on):
        yield Refused(
            "records.final_day",
            _("It cannot have become final on that day."),
            field="final_on",
            found=row.final_on,
            allowed=_("a day from %(from)s (served) to %(to)s (today)") % {"from": row.served, "to": on},
        )
    for body, name in ((row.body, "body"), (row.organ, "organ")):
        if (body.founded and body.founded > row.decided) or (body.ended and body.ended <= row.decided):
            yield Refused(
                "records.not_existing",
                _("%(name)s did not exist on the day of the decision.") % {"name": body.name},
                field=name,
                found=row.decided,
                allowed=f"{body.founded or '…'} – {body.ended or '…'}",
            )
