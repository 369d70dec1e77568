"""Public bodies: who they are, what leads them, who may evaluate and inspect them and on what basis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.offered import DataSet, Known, Published, Several, Values, codes, defaulted
from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.tables import Column, Kind, Table, both

from .. import actions, reading
from ..kinds import BodyKind, ParentKind, Regime
from ..models import Body, Parentage
from .common import KEEPERS, found, pieces

BASIS = "云川市政务诚信建设实施方案 二（一）"
DEFAULTS = {
    "regime": Regime.UNKNOWN.value,
    "parent_kind": ParentKind.SUPERIOR.value,
    "code_confirmed": False,
    "sure": True,
}

_OPEN = (
    Column(
        "name",
        both("机构名称", "Name"),
        Kind.TEXT,
        both("现用全称，与批准文件一致。", "The present full name, as in the approval."),
        example="云川市城市建设管理局",
        required=True,
        most=120,
    ),
    Column(
        "short_name",
        both("简称", "Short name"),
        Kind.TEXT,
        both("规范简称。", "The approved short name."),
        example="市城建局",
        most=60,
    ),
    Column(
        "kind",
        both("机构类别", "Sort of body"),
        Kind.CODE,
        both("按机构性质选；关系到谁能认定、能否评价。", "By its nature: it decides who may determine and evaluate."),
        example="政府工作部门",
        required=True,
        codes=codes(lambda: dict(BodyKind.choices)),
    ),
    Column(
        "regime",
        both("人员编制", "Personnel regime"),
        Kind.CODE,
        both("留空为“待核实”。", "Empty: to be checked."),
        example="行政编制",
        codes=codes(lambda: dict(Regime.choices)),
    ),
    Column(
        "division",
        both("所在区划", "Division"),
        Kind.NAME,
        both(
            "区划名称或代码；重名的写上级，如 云川市/青禾区。",
            "Name or code; where names repeat, with the one above: 云川市/青禾区.",
        ),
        example="云川市",
        required=True,
        names="division",
    ),
    Column(
        "code",
        both("统一社会信用代码", "Unified social credit code"),
        Kind.USCC,
        both("18 位；议事协调机构等没有代码的留空。", "18 characters; empty for bodies that have none."),
        example="11990100MB0990171L",
        strict=False,
    ),
)
_FOUNDED = Column(
    "founded",
    both("设立日期", "Founded on"),
    Kind.DAY,
    both("不详的留空。", "Empty where it is not known."),
    example="2019-03-18",
)
_JUDGES = (
    Column(
        "evaluable_by",
        both("由谁评价", "Evaluated by"),
        Kind.NAME,
        both("有权评价它的机关；协作单位（党委、人大、法院等）留空。", "Who may evaluate it; empty for partners."),
        example="云川市人民政府",
        names="body",
    ),
    Column(
        "evaluable_basis",
        both("评价依据", "Basis of the evaluation"),
        Kind.TEXT,
        both("文件和条款；填了“由谁评价”的必填。", "Instrument and article; required with “evaluated by”."),
        example=BASIS,
        most=200,
    ),
    Column(
        "inspectable_by",
        both("由谁督查", "Inspected by"),
        Kind.NAME,
        both("有权督查它的机关；协作单位留空。", "Who may inspect it; empty for partners."),
        example="云川市人民政府",
        names="body",
    ),
    Column(
        "inspectable_basis",
        both("督查依据", "Basis of the inspection"),
        Kind.TEXT,
        both("文件和条款；填了“由谁督查”的必填。", "Instrument and article; required with “inspected by”."),
        example=BASIS,
        most=200,
    ),
)
_SURE = Column(
    "sure",
    both("已核实", "Checked"),
    Kind.YES_NO,
    both("“否”表示有内容待核实；留空为“是”。", "“No”: something here is to be checked; empty: yes."),
    example="是",
)

TABLE = Table(
    "bodies",
    both("机构", "Public bodies"),
    both(
        "政府、部门、派出机关、事业单位、基层自治组织，以及作为协作单位的党委、人大、政协、监察、法院、检察等机关。",
        "Governments, departments, institutions, grass-roots bodies, and the party organs, congresses and courts.",
    ),
    (
        *_OPEN,
        Column(
            "code_confirmed",
            both("代码与证书一致", "The code stands so on the certificate"),
            Kind.YES_NO,
            both(
                "只在校验位不符、而证书上确实如此时填“是”。",
                "“Yes” only where the check character is wrong and the certificate says so all the same.",
            ),
            example="否",
        ),
        Column(
            "aliases",
            both("别称", "Also called"),
            Kind.TEXT,
            both("习惯叫法、曾用名，几个的用“；”隔开。", "Other and former names, divided by “；”."),
            example="市城管局；市建管局",
            most=300,
        ),
        _FOUNDED,
        Column(
            "parent",
            both("上级机关", "Led by"),
            Kind.NAME,
            both(
                "领导它或主管它的机关；没有的留空。", "What leads it or is competent for it; empty where nothing does."
            ),
            example="云川市人民政府",
            names="body",
        ),
        Column(
            "parent_kind",
            both("隶属关系", "How it is led"),
            Kind.CODE,
            both("上级机关（留空即此）或主管部门。", "Led by (if empty), or under the competence of."),
            example="上级机关",
            codes=codes(lambda: dict(ParentKind.choices)),
        ),
        *_JUDGES,
        _SURE,
        Column(
            "note",
            both("备注", "Note"),
            Kind.TEXT,
            both("工作用，不公开。", "For work; not published."),
            example="所在开发区没有独立的区划代码",
            most=300,
        ),
    ),
    key=("code", "name", "division"),
)

_NAMES_PUBLIC = {"division", "evaluable_by", "inspectable_by"}
PUBLIC = Table(
    "bodies",
    TABLE.title,
    TABLE.about,
    (
        *(replace(one, kind=Kind.TEXT, names="") if one.name in _NAMES_PUBLIC else one for one in _OPEN),
        Column(
            "division_code",
            both("区划代码", "Code of the division"),
            Kind.DIGITS,
            both("与来源并读；没有单独代码的为空。", "To be read with its source; empty where it has none of its own."),
            example="9901",
        ),
        Column(
            "other_names",
            both("其他名称", "Other names"),
            Kind.TEXT,
            both("别称和曾用名。", "Aliases and former names."),
            example="市城管局；市建管局",
        ),
        _FOUNDED,
        Column(
            "ended",
            both("撤并日期", "Ended on"),
            Kind.DAY,
            both("不再存在的第一天。", "First day on which it no longer exists."),
            example="2026-01-01",
        ),
        *(replace(one, kind=Kind.TEXT, names="") if one.name in _NAMES_PUBLIC else one for one in _JUDGES),
        _SURE,
    ),
    key=("name", "division"),
)


def known(rows: Sequence[Values]) -> list[Known | None]:
    """By code, else by name and division."""
    there = Body.objects.select_related("division", "evaluable_by", "inspectable_by")
    coded = {one.code: one for one in there.filter(code__in=[row["code"] for row in rows if row["code"]])}
    named = {
        (one.name, one.division_id): one
        for one in there.filter(name__in=[row["name"] for row in rows], ended__isnull=True)
    }
    return _beside(rows, [coded.get(row["code"]) or named.get((row["name"], row["division"].pk)) for row in rows])


def _beside(rows: Sequence[Values], met: Sequence[Body | None]) -> list[Known | None]:
    """Each body as the row beside it would have said it."""
    bodies = {one.pk: one for one in met if one is not None}
    names = reading.names_of(bodies.values())
    held = Parentage.objects.filter(body__in=bodies, until__isnull=True)
    leads = {one.body_id: one for one in held.select_related("parent").order_by("-id")}
    out: list[Known | None] = []
    for row, one in zip(rows, met, strict=True):
        if one is None:
            out.append(None)
            continue
        aliases = [name.name for name in names[one.pk] if name.is_alias and name.until is None]
        above = leads.get(one.pk)
        values = {
            **_values(one),
            "division": one.division,
            "evaluable_by": one.evaluable_by,
            "inspectable_by": one.inspectable_by,
            "code_confirmed": bool(one.code) and not one.code_confirmed,
            "aliases": _in_order(aliases, row["aliases"]),
            "parent": above.parent if above else None,
            "parent_kind": above.kind if above else ParentKind.SUPERIOR.value,
            "note": one.note or None,
        }
        out.append(Known(one.ref, one.version, defaulted(row, values, DEFAULTS), one.name))
    return out


def enter(rows: Sequence[Values], *, provider: Body, by: Actor, on: date) -> list[str]:
    return [body.ref for body in actions.found([_new(row) for row in rows], by=by, on=on)]


# What a difference changes by which action; what stands in none of these has a history of its own.
CORRECTED = ("code", "regime", "founded", "division", "sure", "note")
JUDGED = ("evaluable_by", "evaluable_basis", "inspectable_by", "inspectable_basis")
NAMED = ("name", "short_name")
LED = ("parent", "parent_kind")


@transaction.atomic
def amend(ref: str, version: int, values: Values, *, reason: str, paper: str, by: Actor, on: date) -> None:
    """Correct, rename, put under another lead, or set the bases; a new name or lead rests on the paper handed in."""
    body = Body.objects.get(pk=int(ref.removeprefix("body:")))
    if body.version != version:
        raise Stale("machine.stale", _("It was changed after you opened it; nothing was written."))
    (now,) = _beside([values], [body])
    was = now.values if now else {}
    changed = {name for name in TABLE.by_name if values[name] != was[name]}
    if "kind" in changed:
        raise Refused(
            "registry.not_correctable",
            _("A sort of body is never corrected: competences hang on it."),
            field="kind",
            found=BodyKind(values["kind"]).label,
            allowed=_("End this body and register the right one."),
        )
    if changed & {*CORRECTED, "code_confirmed"}:
        new = {name: values[name] for name in CORRECTED if name in changed}
        new = {
            name: DEFAULTS.get(name, "" if name == "note" else None) if one is None else one
            for name, one in new.items()
        }
        actions.correct(body, by=by, on=on, confirm_code=bool(values["code_confirmed"]), **new)
    if changed & set(JUDGED):
        given: dict[str, Any] = {name: values[name] if name.endswith("_by") else values[name] or "" for name in JUDGED}
        actions.set_basis(body, by=by, on=on, **given)
    if "name" in changed or (changed & set(NAMED) and values["short_name"]):
        actions.rename(body, values["name"], short_name=values["short_name"] or "", document=paper, by=by, on=on)
    if changed & set(LED) and values["parent"] is not None:
        kind = values["parent_kind"] or ParentKind.SUPERIOR.value
        actions.set_parent(body, values["parent"], kind=kind, document=paper, by=by, on=on)
    for alias in pieces(values["aliases"]) if "aliases" in changed else ():
        if not body.names.filter(name=alias, until__isnull=True).exists():
            actions.add_alias(body, alias, by=by, on=on)


def published(on: date) -> Iterator[tuple[str, Values, date | None]]:
    rows = Body.objects.select_related("division", "evaluable_by", "inspectable_by").order_by("division__code", "id")
    every = rows.iterator(chunk_size=500)
    while some := list(islice(every, 500)):
        names = reading.names_of(some)
        for one in some:
            others = dict.fromkeys(row.name for row in names[one.pk] if row.name not in (one.name, one.short_name))
            more = {
                "division_code": one.division.code if one.division.has_code else None,
                "other_names": Several.MARK.join(others) or None,
                "ended": one.ended,
            }
            yield one.ref, _values(one) | more, None


def _new(row: Values) -> actions.NewBody:
    return actions.NewBody(
        row["name"],
        row["kind"],
        row["division"],
        short_name=row["short_name"] or "",
        aliases=list(pieces(row["aliases"])),
        regime=row["regime"] or Regime.UNKNOWN,
        code=row["code"],
        confirm_code=bool(row["code_confirmed"]),
        founded=row["founded"],
        parent=row["parent"],
        parent_kind=row["parent_kind"] or ParentKind.SUPERIOR,
        evaluable_by=row["evaluable_by"],
        evaluable_basis=row["evaluable_basis"] or "",
        inspectable_by=row["inspectable_by"],
        inspectable_basis=row["inspectable_basis"] or "",
        sure=row["sure"] is not False,
        note=row["note"] or "",
    )


def _values(one: Body) -> dict[str, Any]:
    """What everybody may read of it; other bodies and the division by name."""
    return {
        "name": one.name,
        "short_name": one.short_name or None,
        "kind": one.kind,
        "regime": one.regime,
        "division": one.division.name,
        "code": one.code,
        "founded": one.founded,
        "evaluable_by": one.evaluable_by and one.evaluable_by.name,
        "evaluable_basis": one.evaluable_basis or None,
        "inspectable_by": one.inspectable_by and one.inspectable_by.name,
        "inspectable_basis": one.inspectable_basis or None,
        "sure": one.sure,
    }


def _in_order(names: Sequence[str], cell: str | None) -> str | None:
    """Names in one cell; in the order and writing of the row where it names the same."""
    return cell if set(pieces(cell)) == set(names) else Several.MARK.join(names) or None


BODIES = DataSet(
    TABLE,
    roles=KEEPERS,
    lookups=found,
    known=known,
    enter=enter,
    amend=amend,
    published=Published(PUBLIC, published),
)
