"""Data quality at the desk: the table of providers, the page of one, the bulletin to print, the table as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from jiannuo.accounts.acting import UserActor
from jiannuo.exchange.models import Duty
from jiannuo.exchange.quality import Quality, fields_a_year, qualities
from jiannuo.exchange.reading import visible_to
from jiannuo.exchange.reporting import SETTING, WATCHING, Answer, Period, bodies_of, period_at, period_named
from jiannuo.lifecycle.machine import role_title
from jiannuo.lifecycle.offered import data_sets
from jiannuo.lifecycle.refused import Refused, listed
from jiannuo.registry.models import Body
from jiannuo.search.finding import normalise
from jiannuo.tables import Column, Kind, Table, both, writing
from jiannuo.web.templatetags.jn import text

from .intake_state import shown_of
from .records import who

# State of an answer → tone and seal of its mark, and its words; the seal says without colour what the tone says.
LOOKS: dict[str, tuple[str, str, Any]] = {
    "in_time": ("kept", "时", gettext_lazy("handed in, in time")),
    "zero": ("kept", "零", gettext_lazy("zero report, in time")),
    "late": ("due", "迟", gettext_lazy("late")),
    "missing": ("broken", "漏", gettext_lazy("missing")),
    "contradicted": ("broken", "疑", gettext_lazy("zero report contradicted by later rows")),
    "waiting": ("open", "候", gettext_lazy("not due yet")),
    "running": ("closed", "期", gettext_lazy("period not over")),
}
# What the table may be sorted by: name in the address → the value, worst first.
SORTS: dict[str, Any] = {
    "in_time": lambda one: one.in_time_share if one.in_time_share is not None else 2,
    "late": lambda one: -one.late,
    "missing": lambda one: -one.missing,
    "errors": lambda one: -(one.error_share or 0),
    "filled": lambda one: one.required_share if one.required_share is not None else 2,
    "burden": lambda one: -one.burden,
}
# The table as a file: every figure with what it is a share of.
TABLE = Table(
    "data_quality",
    both("数据质量", "Data quality"),
    both("各单位在一个时段内的报送情况。", "How bodies handed in over a period."),
    (
        Column("body", both("报送单位", "Handed in by"), Kind.TEXT, both("报送单位", "The body")),
        *(
            Column(name, both(zh, en), Kind.WHOLE, both(zh, en))
            for name, zh, en in (
                ("over", "应报期数", "Periods owed"),
                ("in_time", "按时", "In time"),
                ("late", "迟报", "Late"),
                ("late_days", "迟报工作日合计", "Working days late in all"),
                ("missing", "漏报", "Missing"),
                ("zeros", "零报告", "Zero reports"),
                ("contradicted", "零报告与事实不符", "Zero reports contradicted"),
                ("batches", "批次", "Batches"),
                ("rows", "首次报送行数", "Rows at first hand-in"),
                ("refused", "其中退回", "Of these refused"),
                ("mended", "已改好", "Mended"),
                ("differing", "差异", "Differences"),
                ("entered", "登记的记录", "Records entered"),
                ("entered_late", "其中迟登", "Of these entered late"),
                ("burden", "每年填报字段数", "Fields a year"),
            )
        ),
        Column("required", both("必填项完整率", "Required cells filled"), Kind.TEXT, both("百分比", "per cent")),
        Column("optional", both("选填项完整率", "Optional cells filled"), Kind.TEXT, both("百分比", "per cent")),
    ),
    key=("body",),
)


@dataclass(frozen=True)
class Mark:
    """One period on the strip: its look, and the words that say the same."""

    answer: Answer | None

    @property
    def tone(self) -> str:
        return LOOKS[self.answer.state][0] if self.answer else "none"

    @property
    def seal(self) -> str:
        return LOOKS[self.answer.state][1] if self.answer else ""

    @property
    def words(self) -> str:
        return str(LOOKS[self.answer.state][2]) if self.answer else ""


def open_to(request: HttpRequest) -> tuple[UserActor, date, frozenset[int]]:
    """The actor, today, and the bodies whose reporting he may see. Raises Refused where there are none."""
    actor, today = who(request)
    seen = bodies_of(actor, today)
    if not seen:
        raise Refused(
            "account.not_your_role",
            _("Data quality is not for your post."),
            allowed=_("It is for: %(roles)s.") % {"roles": listed(role_title(role) for role in WATCHING)},
        )
    return actor, today, seen


@dataclass(frozen=True)
class Chosen:
    """What the address asks for."""

    period: Period
    sort: str
    q: str
    only: str


def chosen_of(request: HttpRequest, today: date) -> Chosen:
    typed = request.GET.get("period", "").strip()[:20]
    period = period_named(typed) if typed else period_at(today, 12)
    sort = request.GET.get("sort", "")
    only = request.GET.get("only", "")
    return Chosen(
        period,
        sort if sort in SORTS else "",
        request.GET.get("q", "").strip()[:80],
        only if only in ("missing", "late", "contradicted") else "",
    )


def choice_of_periods(today: date) -> list[str]:
    """This year and the last two, the last four quarters, the last twelve months."""
    out = []
    for months, count in ((12, 3), (3, 4), (1, 12)):
        one = period_at(today, months)
        for _n in range(count):
            out.append(one.label)
            one = period_at(one.first.replace(day=1) - DAY, months)
    return out


DAY = date(2000, 1, 2) - date(2000, 1, 1)


def found(request: HttpRequest) -> tuple[UserActor, date, Chosen, list[Quality]]:
    actor, today, seen = open_to(request)
    chosen = chosen_of(request, today)
    rows = qualities(seen, chosen.period, on=today)
    if chosen.q:
        rows = [one for one in rows if normalise(chosen.q) in normalise(f"{one.body.name} {one.body.short_name}")]
    if chosen.only:
        rows = [one for one in rows if one.count(chosen.only)]
    if chosen.sort:
        rows.sort(key=SORTS[chosen.sort])
    return actor, today, chosen, rows


def sums(rows: Sequence[Quality]) -> dict[str, int]:
    names = ("over", "in_time", "late", "missing", "zeros", "contradicted", "batches", "rows", "refused", "mended")
    return {name: sum(getattr(one, name) for one in rows) for name in names}


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The table of providers: sorted, filtered and for a period, all by the address."""
    actor, today, chosen, rows = found(request)
    context = {
        "section": "intake",
        "chosen": chosen,
        "periods": choice_of_periods(today),
        "rows": rows,
        "sum": sums(rows),
        "is_filtered": bool(chosen.q or chosen.only),
        "may_set": bool(bodies_of(actor, today, SETTING)),
    }
    return render(request, "desk/quality/overview.html", context)


@require_GET
def bulletin(request: HttpRequest) -> HttpResponse:
    """The same table as a paper: the bulletin on data collection (数据归集通报), without any rank."""
    _actor, today, chosen, rows = found(request)
    context = {"section": "intake", "chosen": chosen, "rows": rows, "sum": sums(rows), "day": today}
    context["owing"] = [one for one in rows if one.missing or one.contradicted]
    return render(request, "desk/quality/bulletin.html", context)


@require_GET
def download(request: HttpRequest) -> HttpResponseBase:
    """The table as CSV, under the filters of the page."""
    _actor, _today, chosen, rows = found(request)
    lines = writing.csv_lines(TABLE, [_row(one) for one in rows])
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"{text(TABLE.title)}-{chosen.period.label}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def _row(one: Quality) -> dict[str, Any]:
    row = {column.name: getattr(one, column.name) for column in TABLE.columns if hasattr(one, column.name)}
    shares = {"required": one.required_share, "optional": one.optional_share}
    return row | {
        "body": one.body.name,
        **{name: "" if share is None else f"{share:.1%}" for name, share in shares.items()},
    }


@require_GET
def provider(request: HttpRequest, pk: int) -> HttpResponse:
    """One provider: its duties as a strip of periods, its batches, its zero reports."""
    actor, today, seen = open_to(request)
    if pk not in seen:
        raise Http404
    body = get_object_or_404(Body.objects.select_related("division"), pk=pk)
    chosen = chosen_of(request, today)
    (one,) = qualities([pk], chosen.period, on=today) or [Quality(body)]
    may_set = pk in bodies_of(actor, today, SETTING)
    duties = Duty.objects.filter(body=body).order_by("until", "dataset", "since")
    batches = visible_to(actor, today).filter(provider=body, on__gte=chosen.period.first, on__lte=chosen.period.last)
    context = {
        "section": "intake",
        "body": body,
        "chosen": chosen,
        "periods": choice_of_periods(today),
        "one": one,
        "strips": strips(one.answers),
        "duties": [(duty, title_of(duty.dataset), fields_a_year(duty)) for duty in duties],
        "batches": [shown_of(batch) for batch in batches.select_related("provider").order_by("-pk")[:50]],
        "zeros": [answer for answer in one.answers if answer.zero],
        "may_set": may_set,
        "may_sign": "chief" in actor.roles_on(pk, today),
        "looks": LOOKS.values(),
    }
    return render(request, "desk/quality/body.html", context)


def strips(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """Duty by duty its periods, oldest first."""
    out: dict[int, dict[str, Any]] = {}
    for one in sorted(answers, key=lambda one: one.period):
        strip = out.setdefault(one.duty.pk, {"duty": one.duty, "title": title_of(one.duty.dataset), "marks": []})
        strip["marks"].append(Mark(one))
    return list(out.values())


def title_of(dataset: str) -> str:
    one = data_sets().get(dataset)
    return text(one.table.title) if one else dataset
