"""How bodies ended: merged, split, abolished; and who answers after them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.offered import DataSet, Known, Published, Several, Values, codes
from jiannuo.lifecycle.refused import Refused, RefusedRows
from jiannuo.tables import Column, Kind, Table, both

from .. import actions
from ..kinds import SuccessionKind
from ..models import Body, Succession
from .common import KEEPERS, found

_COLUMNS = (
    Column(
        "body",
        both("撤并的机构", "Body that ended"),
        Kind.NAME,
        both("撤并前的名称或代码。", "Its name before, or its code."),
        example="云川市市政公用局",
        required=True,
        names="body",
    ),
    Column(
        "kind",
        both("撤并方式", "How it ended"),
        Kind.CODE,
        both("合并、分立或撤销；更名不是撤并。", "Merged, split or abolished; a renaming is none of these."),
        example="合并",
        required=True,
        codes=codes(lambda: dict(SuccessionKind.choices)),
    ),
    Column(
        "on",
        both("承接日期", "Heir answers from"),
        Kind.DAY,
        both("由承接机构负责的第一天。", "First day on which the heir answers."),
        example="2026-03-02",
        required=True,
    ),
    Column(
        "heir",
        both("总承接机构", "General heir"),
        Kind.NAME,
        both("承接全部未了事项的机构，须已登记。", "What inherits all that is open; already registered."),
        example="云川市城市建设管理局",
        required=True,
        names="body",
    ),
    Column(
        "parts",
        both("其他承接机构", "Further successors"),
        Kind.NAME,
        both(
            "分立时填，几个的用“；”隔开；只承接划给它的事项。",
            "For a split, divided by “；”; each takes what is assigned.",
        ),
        example="云川市林业和草原局；云川市水务局",
        names="bodies",
    ),
    Column(
        "document",
        both("批准文件", "Approval"),
        Kind.TEXT,
        both("文件名称和文号。", "Title and number."),
        example="云川市机构改革方案（云委发〔2026〕3号）",
        required=True,
        most=200,
    ),
)
TABLE = Table(
    "successions",
    both("机构撤并", "Successions"),
    both(
        "机构合并、分立、撤销后由谁承接；同一文件同一天并入同一机构的一起办理。",
        "Who inherits after a merger, split or abolition; mergers of one document, day and heir are one act.",
    ),
    _COLUMNS,
    key=("body",),
)


def known(rows: Sequence[Values]) -> list[Known | None]:
    there = Succession.objects.filter(body__in=[row["body"].pk for row in rows])
    by_body = {one.body_id: one for one in there.select_related("body", "heir").prefetch_related("parts__body")}
    out: list[Known | None] = []
    for row in rows:
        one = by_body.get(row["body"].pk)
        if one is None:
            out.append(None)
            continue
        values = _values(one)
        if {part.pk for part in row["parts"] or ()} == {part.pk for part in values["parts"]}:
            values["parts"] = row["parts"]  # in whatever order
        out.append(Known(f"succession:{one.pk}", 1, values, one.body.name))
    return out


def enter(rows: Sequence[Values], *, provider: Body, by: Actor, on: date) -> list[str]:
    """Bodies that one document merges into one heir on one day end in one act; acts go by their day."""
    acts: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        alone = () if row["kind"] == SuccessionKind.MERGED.value else (place,)
        acts[row["on"], row["kind"], row["heir"].pk, row["document"], *alone].append(place)
    for _key, places in sorted(acts.items(), key=lambda act: act[0][0]):
        some = [rows[place] for place in places]
        first = some[0]
        try:
            ACTS[first["kind"]](some, document=first["document"], by=actions.Entering(by, on), on=first["on"])
        except Refused as refused:
            raise RefusedRows({place: getattr(refused, "faults", [refused]) for place in places}) from refused
    made = dict(Succession.objects.filter(body__in=[row["body"].pk for row in rows]).values_list("body_id", "pk"))
    return [f"succession:{made[row['body'].pk]}" for row in rows]


def published(on: date) -> Iterator[tuple[str, Values, date | None]]:
    rows = Succession.objects.filter(on__lte=on).select_related("body", "heir").prefetch_related("parts__body")
    for one in rows.order_by("on", "id").iterator(chunk_size=500):
        yield f"succession:{one.pk}", _values(one), None


def _merge(rows: Sequence[Values], **rest: Any) -> None:
    actions.merge([row["body"] for row in rows], rows[0]["heir"], **rest)


def _split(rows: Sequence[Values], **rest: Any) -> None:
    for row in rows:
        into = list(dict.fromkeys((row["heir"], *(row["parts"] or ()))))
        actions.split(row["body"], into, row["heir"], **rest)


def _abolish(rows: Sequence[Values], **rest: Any) -> None:
    for row in rows:
        actions.abolish(row["body"], row["heir"], **rest)


ACTS: Mapping[str, Callable[..., None]] = {
    SuccessionKind.MERGED.value: _merge,
    SuccessionKind.SPLIT.value: _split,
    SuccessionKind.ABOLISHED.value: _abolish,
}


def _values(one: Succession) -> dict[str, Any]:
    return {
        "body": one.body,
        "kind": one.kind,
        "on": one.on,
        "heir": one.heir,
        "parts": Several(part.body for part in one.parts.all()),
        "document": one.document,
    }


SUCCESSIONS = DataSet(
    TABLE,
    roles=KEEPERS,
    lookups=found,
    known=known,
    enter=enter,
    fixed=both(
        "机构撤并登记后不改写；登记有误的，由机构登记岗依更正文件办理。",
        "How a body ended is not rewritten; a mistake is set right by the keeper of the registry, on a document.",
    ),
    published=Published(TABLE, published),
)
