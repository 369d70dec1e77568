"""Firms, bidding agencies, evaluators: the other side of a promise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.offered import DataSet, Known, Published, Values, codes
from jiannuo.tables import Column, Kind, Table, both

from .. import actions
from ..kinds import PartyKind
from ..models import Body, OutsideParty
from .common import KEEPERS, found

_NAME = Column(
    "name",
    both("名称", "Name"),
    Kind.TEXT,
    both("营业执照上的全称；自然人写姓名，不公开。", "As on the licence; a natural person's name is never published."),
    example="云川演示照明工程有限公司",
    required=True,
    most=120,
)
_KIND = Column(
    "kind",
    both("种类", "Sort"),
    Kind.CODE,
    both("企业、招标代理机构、第三方评估机构或自然人。", "Firm, bidding agency, evaluator or natural person."),
    example="企业",
    required=True,
    codes=codes(lambda: dict(PartyKind.choices)),
)
_CODE = Column(
    "code",
    both("统一社会信用代码", "Unified social credit code"),
    Kind.USCC,
    both("18 位；自然人留空，不填身份证号。", "18 characters; empty for a natural person: no identity number."),
    example="91990102MA00000A1P",
    strict=True,
)
TABLE = Table(
    "parties",
    both("外部单位", "Outside parties"),
    both("与机构有约定的企业、代理机构、评估机构。", "Firms, agencies and evaluators that bodies deal with."),
    (
        _NAME,
        _KIND,
        _CODE,
        Column(
            "masked",
            both("公开时遮盖", "Masked in public"),
            Kind.YES_NO,
            both("“是”（留空即是）：对外只显示种类。", "“Yes”, or empty: the public sees only its sort."),
            example="是",
        ),
    ),
    key=("code", "name", "kind"),
)
PUBLIC = Table(
    "parties",
    TABLE.title,
    both("遮盖的只列种类；自然人不列。", "Masked ones by their sort alone; natural persons not at all."),
    (replace(_NAME, required=False), _KIND, _CODE),
    key=("code", "name", "kind"),
)


def known(rows: Sequence[Values]) -> list[Known | None]:
    """By code, else by name and sort."""
    coded = {
        one.code: one for one in OutsideParty.objects.filter(code__in=[row["code"] for row in rows if row["code"]])
    }
    named = {
        (one.name, one.kind): one
        for one in OutsideParty.objects.filter(name__in=[row["name"] for row in rows]).order_by("-id")
    }
    out: list[Known | None] = []
    for row in rows:
        one = coded.get(row["code"]) if row["code"] else named.get((row["name"], row["kind"]))
        if one is None:
            out.append(None)
            continue
        masked = None if row["masked"] is None and one.masked else one.masked
        values = {"name": one.name, "kind": one.kind, "code": one.code or None, "masked": masked}
        out.append(Known(one.ref, 1, values, one.name))
    return out


def enter(rows: Sequence[Values], *, provider: Body, by: Actor, on: date) -> list[str]:
    new = [
        OutsideParty(name=row["name"], kind=row["kind"], code=row["code"] or "", masked=row["masked"] is not False)
        for row in rows
    ]
    return [party.ref for party in actions.add_parties(new, by=by, on=on)]


def published(on: date) -> Iterator[tuple[str, Values, date | None]]:
    rows = OutsideParty.objects.exclude(kind=PartyKind.PERSON).exclude(name="").order_by("id")
    for one in rows.iterator(chunk_size=1000):
        shown = {"name": None, "code": None} if one.masked else {"name": one.name, "code": one.code or None}
        yield one.ref, {**shown, "kind": one.kind}, None


PARTIES = DataSet(
    TABLE,
    roles=KEEPERS,
    lookups=found,
    known=known,
    enter=enter,
    fixed=both(
        "已登记的外部单位不在这里改动，请联系机构登记岗。",
        "A registered party is not changed here: ask the keeper of the registry.",
    ),
    published=Published(PUBLIC, published),
)
