"""Records as a department hands them in: one decision about one body a row. The record that follows is a draft.

A record about a person is not handed in so: it is entered on the desk by those who may read it, and stands in no file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.offered import Asking, DataSet, Known, Values, codes, defaulted
from jiannuo.lifecycle.refused import Refused, Stale
from jiannuo.registry import lookups as registry
from jiannuo.registry.models import Body
from jiannuo.rules import book
from jiannuo.rules.citing import Citation, NoInstrument, as_cell, read_cell
from jiannuo.tables import Column, Fault, Kind, Lookup, Table, both

from . import actions, shown
from .actions.checking import IMPACTS
from .kinds.record import BEFORE_CHECK
from .models import Record

HANDING_IN = ("reporter", "registrar")
DEFAULTS = {"finality": "final", "impact": "none"}

TABLE = Table(
    "records",
    both("失信与守信记录", "Records"),
    both(
        "有权机关对机构作出的认定，一件一行，录入后待复核。涉及个人的不用表格报送，由登记岗在工作台录入。",
        "What competent organs decided about bodies, a row each; entered as drafts that wait for a check. "
        "Decisions about persons are not handed in as a file: a registrar enters them on the desk.",
    ),
    (
        Column(
            "body",
            both("机构", "Body"),
            Kind.NAME,
            both("认定所针对的机构：名称或统一社会信用代码。", "Whom the decision is about: name or credit code."),
            example="云川市城市建设管理局",
            required=True,
            names="body",
        ),
        Column(
            "source",
            both("来源", "Source"),
            Kind.CODE,
            both("认定的种类，从列表选。", "What sort of decision it is, from the list."),
            example="违约失信",
            required=True,
            codes=codes(lambda: {key: one.title for key, one in book().sources.items() if not one.personal_only}),
        ),
        Column(
            "title",
            both("事由", "Title"),
            Kind.TEXT,
            both("一句话，公开页上的标题，不写个人姓名。", "One sentence, the heading of its page; no person's name."),
            example="逾期支付路灯采购合同验收款",
            required=True,
            most=120,
        ),
        Column(
            "finding",
            both("查明的事实", "Finding"),
            Kind.LONG,
            both(
                "文书所认定的事实，不写个人姓名和商业秘密。", "What the decision found; no names, no secrets of trade."
            ),
            example="路灯验收合格后未按合同付款，责令整改期满仍未付清。",
            required=True,
        ),
        Column(
            "organ",
            both("认定机关", "Determining organ"),
            Kind.NAME,
            both("作出认定的机关：名称或统一社会信用代码。", "Who decided: name or credit code."),
            example="云川市人民政府",
            required=True,
            names="body",
        ),
        Column(
            "document_number",
            both("文书号", "Document number"),
            Kind.TEXT,
            both("认定文书的文号，照原文写。", "Number of the decision, as it stands there."),
            example="云政认〔2026〕3号",
            required=True,
            most=80,
        ),
        Column(
            "decided",
            both("认定日期", "Decided"),
            Kind.DAY,
            both("文书的日期。", "Date of the decision."),
            example="2026-11-02",
            required=True,
        ),
        Column(
            "served",
            both("送达日期", "Served"),
            Kind.DAY,
            both("文书送达机构的日期。", "Day on which it was served on the body."),
            example="2026-11-04",
            required=True,
        ),
        Column(
            "finality",
            both("是否终局", "Finality"),
            Kind.CODE,
            both("留空为“已终局”。", "Empty: final."),
            example="已终局",
            codes=codes(lambda: dict(Record.Finality.choices)),
        ),
        Column(
            "final_on",
            both("终局日期", "Final since"),
            Kind.DAY,
            both("已知的填写。", "Where it is known."),
            example="2026-11-04",
        ),
        Column(
            "loss",
            both("损失或金额（元）", "Loss or amount (yuan)"),
            Kind.AMOUNT,
            both("文书认定的损失或所涉金额；失信等级由此得出。", "As decided; the class of a record follows from it."),
            example="742200.00",
        ),
        Column(
            "impact",
            both("社会影响", "Effect on others"),
            Kind.CODE,
            both("留空为“未影响他人”。", "Empty: none."),
            example="影响限于一地或一行业",
            codes=codes(lambda: IMPACTS),
        ),
        Column(
            "basis",
            both("依据", "Basis"),
            Kind.NAME,
            both(
                "文件名称和条号，几项用“；”隔开；规则库收录的文件才可引用。",
                "Instrument and article, several divided by ；: of the instruments in the rulebook.",
            ),
            example="保障中小企业款项支付条例 第九条：到期日",
            names="citations",
        ),
    ),
    key=("organ", "document_number", "body"),
)


class Basis(tuple[tuple[tuple[str, str], ...], ...]):
    """Citations that stand in one cell; as text they read as they are typed."""

    @classmethod
    def of(cls, citations: Sequence[Citation]) -> Basis:
        return cls(tuple(sorted((name, said) for name, said in one.items() if said)) for one in citations)

    def __str__(self) -> str:
        return as_cell(self.citations, book().instruments)

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(dict(one) for one in self)


def lookups(asking: Asking) -> Mapping[str, Lookup]:
    return {**registry.lookups(asking), "citations": _citations}


def _citations(cells: Sequence[str]) -> dict[str, Any]:
    return {cell: _cited(cell) for cell in cells}


def _cited(cell: str) -> Basis | Fault:
    try:
        return Basis.of(read_cell(cell, book().instruments))
    except NoInstrument as error:
        near = both("、".join(error.near), ", ".join(error.near)) if error.near else None
        return Fault(
            "records.basis",
            both("规则库没有收录这个文件。", "This instrument is not in the rulebook."),
            found=error.part,
            allowed=both(
                "规则库中文件的名称或文号，后面写条号",
                "title or number of an instrument in the rulebook, then the article",
            ),
            hint=near,
        )


def known(rows: Sequence[Values]) -> list[Known | None]:
    """By organ, document number and body; what was revoked or deleted does not stand."""
    there = {
        (one.organ_id, one.document_number, one.body_id): one
        for one in Record.objects.standing()
        .filter(
            document_number__in={actions.tidy(row["document_number"]) for row in rows},
            organ__in={row["organ"].pk for row in rows},
        )
        .select_related("body", "organ")
    }
    return [_known(row, there.get(_key(row))) for row in rows]


def _key(row: Values) -> tuple[int, str, int]:
    return row["organ"].pk, actions.tidy(row["document_number"]), row["body"].pk


def _known(row: Values, record: Record | None) -> Known | None:
    if record is None:
        return None
    # 〔2026〕 and (2026) are one number: which of the two was typed is no difference.
    values = values_of(record) | {"document_number": row["document_number"]}
    return Known(record.ref, record.version, defaulted(row, values, DEFAULTS), record.number)


def values_of(record: Record) -> dict[str, Any]:
    """The columns of the table, of a record."""
    values = {column.name: getattr(record, column.name) for column in TABLE.columns}
    return values | {"basis": Basis.of(record.basis)}


def enter(rows: Sequence[Values], *, provider: Body, by: Actor, on: date) -> list[str]:
    new = [actions.NewRecord(**_columns(row), provider=provider) for row in rows]
    return [record.ref for record in actions.enter(new, by=by, on=on)]


def _columns(row: Values) -> dict[str, Any]:
    basis = row["basis"]
    return {
        **row,
        "kind": book().sources[row["source"]].kind,
        "finality": row["finality"] or DEFAULTS["finality"],
        "impact": row["impact"] or DEFAULTS["impact"],
        "basis": basis.citations if basis else (),
    }


def amend(ref: str, version: int, values: Values, *, reason: str, paper: str, by: Actor, on: date) -> None:
    """Before the check the entries are changed; in force a correction is proposed, and another person decides."""
    record = Record.objects.get(pk=int(ref.partition(":")[2]))
    row = replace(actions.NewRecord(**actions.as_row(record)), **_columns(values))
    seen = {record.pk: version}
    if record.state in BEFORE_CHECK:
        actions.edit(record, row, by=by, on=on, seen=seen)
    elif record.state == "in_force":
        actions.propose_correction(record, row, reason=reason, paper=paper, by=by, on=on, seen=seen)
    elif record.version != version:
        raise Stale("machine.stale", _("It was changed after you opened it; nothing was written."))
    else:
        raise Refused(
            "records.not_now",
            _("It is checked already and not yet in force: its entries are not changed now."),
            found=record.machine.state(record.state).label,
            allowed=_("A reviewer returns it to be mended first, or it is corrected once it is in force."),
        )


def standing(first: date, last: date, refs: Collection[str] | None) -> Iterator[tuple[str, Values]]:
    """In force here; of what came from below also what still waits for our own check."""
    rows = Record.objects.standing().filter(decided__gte=first, decided__lte=last)
    if refs is None:
        rows = rows.filter(state="in_force", stayed__isnull=True)
    for record in rows.select_related("body", "organ").order_by("pk").iterator(chunk_size=1000):
        if refs is None or record.ref in refs:
            yield record.ref, values_of(record)


DATA_SETS = (
    DataSet(
        TABLE,
        roles=HANDING_IN,
        lookups=lookups,
        known=known,
        enter=enter,
        amend=amend,
        published=shown.PUBLISHED,
        dated="decided",
        standing=standing,
    ),
)
