"""Handing in: rows, which are worked at once, or a file, which the worker works; and what became of them."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from jiannuo.exchange import actions
from jiannuo.exchange.actions.receiving import MOST_AT_ONCE, called, must_hand_in
from jiannuo.exchange.models import Batch, Row
from jiannuo.exchange.reading import may_read, visible_to
from jiannuo.exchange.receipts import receipt as receipt_of
from jiannuo.registry.models import Body
from jiannuo.tables import both

from .problems import Problem, no_such_thing
from .reading import MOST, PAGE, set_named
from .serving import Asked, call_of, given, said, wrong_type

MULTIPART = "multipart/form-data"
REPEATED = "Idempotency-Replayed"


def hand_in_rows(asked: Asked, name: str) -> HttpResponse:
    """1 to 500 rows of one data set. Good rows are entered, bad ones come back with their faults."""
    actor, dataset = asked.actor, set_named(name)
    call, whole = call_of(asked), given(asked)
    for word in whole:
        if word not in ("rows", "provider"):
            raise _bad("api.unknown_member", both("没有这一项。", "There is no such member."), word, word)
    provider = _provider(asked, whole.get("provider"))
    must_hand_in(dataset, provider, by=actor, on=asked.on)
    rows = _rows(whole.get("rows"))
    before = called(call, actor)
    batch = actions.receive_rows(
        rows, dataset=name, provider=provider, channel=Batch.Channel.API, by=actor, on=asked.on, call=call
    )
    lines = [row_told(row) for row in batch.rows.order_by("line")]
    return _taken(201, {**batch_told(batch), "rows": lines}, batch, before)


def hand_in_file(asked: Asked, name: str) -> HttpResponse:
    """A file of any length, in the columns of the template. The worker works it: see the batch."""
    actor, dataset = asked.actor, set_named(name)
    request, call = asked.request, call_of(asked)
    if request.content_type != MULTIPART:
        raise wrong_type(request, MULTIPART)
    for word in [*request.POST, *request.FILES]:
        if word not in ("file", "provider", "sheet"):
            raise _bad("api.unknown_member", both("没有这一项。", "There is no such member."), word, word)
    provider = _provider(asked, request.POST.get("provider"))
    must_hand_in(dataset, provider, by=actor, on=asked.on)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise _bad("api.no_file", both("没有文件。", "There is no file."), "file", "")
    before = called(call, actor)
    batch = actions.receive_file(
        file.chunks(),
        dataset=name,
        provider=provider,
        file_name=file.name or "",
        channel=Batch.Channel.API,
        by=actor,
        on=asked.on,
        sheet=request.POST.get("sheet", ""),
        call=call,
    )
    return _taken(202, batch_told(batch), batch, before)


def _taken(status: int, answer: dict[str, Any], batch: Batch, before: Batch | None) -> HttpResponse:
    response = said(answer, status)
    response["Location"] = reverse("api:batch", args=[batch.number])
    if before:
        response[REPEATED] = "true"
    return response


def _rows(rows: Any) -> list[dict[str, Any]]:
    """Rows in form: objects of texts, numbers, yes or no, or nothing. What they say is checked row by row."""
    if not isinstance(rows, list):
        raise _bad("api.rows", both("“rows”不是数组。", "“rows” is no array."), "rows", type(rows).__name__)
    for index, row in enumerate(rows[: MOST_AT_ONCE + 1]):
        if not isinstance(row, dict):
            raise _bad(
                "api.row", both("这一行不是对象。", "This row is no object."), f"rows[{index}]", type(row).__name__
            )
        for name, value in row.items():
            if not (value is None or isinstance(value, str | int | bool)):
                place = f"rows[{index}].{name}"[:80]
                raise _bad("api.cell", both("这里只能是单个的值。", "This must be a single value."), place, value)
            if isinstance(value, int) and abs(value) >= 10**18:
                row[name] = str(value)
    return rows


def _provider(asked: Asked, ref: Any) -> Body:
    """Whose rows they are: the body of the key, or one below it that the call names."""
    if ref in (None, ""):
        return asked.actor.key.body
    kind, _colon, number = str(ref).partition(":")
    wanted = number if kind == "body" and number.isascii() and number.isdigit() and len(number) < 18 else None
    found = Body.objects.filter(pk=wanted).first() if wanted else None
    if found is None:
        raise _bad("api.provider", both("没有这个机构。", "There is no such body."), "provider", ref)
    return found


def _bad(code: str, message: Any, at: str, found: Any) -> Problem:
    allowed = both("格式见 /api/v1/openapi.json。", "What is taken: see /api/v1/openapi.json.")
    return Problem.of(422, code, message, allowed, at=at[:80], found=found)


def _batch(asked: Asked, number: str) -> Batch:
    batch = visible_to(asked.actor, asked.on).select_related("provider").filter(number=number).first()
    if batch is None:
        raise no_such_thing(number)
    return batch


def batch(asked: Asked, number: str) -> HttpResponse:
    """How a batch stands. While it is being worked, ask again after a few seconds."""
    found = _batch(asked, number)
    answer = said(batch_told(found))
    if found.finished is None:
        answer["Retry-After"] = "2"
    return answer


def rows(asked: Asked, number: str) -> HttpResponse:
    """What became of each row, in the order of the lines; `outcome` narrows it."""
    found = _batch(asked, number)
    if not may_read(asked.actor, found.dataset, found.provider_id, asked.on):
        raise no_such_thing(number)
    limit = asked.number("limit", PAGE, MOST)
    after = asked.number("after", 1, 10**8) if "after" in asked.params else 0
    lines = found.rows.filter(line__gt=after).order_by("line")
    outcome = asked.params.get("outcome")
    if outcome is not None:
        if outcome not in Row.Outcome.values:
            raise Problem.of(
                400,
                "api.outcome",
                both("没有这种结果。", "There is no such outcome."),
                both("、".join(Row.Outcome.values), ", ".join(Row.Outcome.values)),
                at="outcome",
                found=outcome,
            )
        lines = lines.filter(outcome=outcome)
    page = list(lines[: limit + 1])
    shown = page[:limit]
    return said({"rows": [row_told(row) for row in shown], "after": shown[-1].line if len(page) > limit else None})


def receipt(asked: Asked, number: str) -> HttpResponse:
    """The signed receipt of a batch, for `jiannuo verify`."""
    found = _batch(asked, number)
    if not found.receipt:
        raise Problem.of(
            404,
            "api.no_receipt_yet",
            both("回执尚未签出。", "The receipt is not signed yet."),
            both(
                "登记完成、账本编号之后签出，请稍后再取。",
                "It is signed once the batch is done and has its leaves: ask again.",
            ),
            found=number,
            headers={"Retry-After": "10"},
        )
    return HttpResponse(receipt_of(found), content_type="text/plain; charset=utf-8")


def batch_told(batch: Batch) -> dict[str, Any]:
    number = batch.number
    return {
        "number": number,
        "dataset": batch.dataset,
        "provider": {"ref": batch.provider.ref, "name": batch.provider.name},
        "handed_in": batch.on.isoformat(),
        "stage": batch.stage,
        "digest": batch.digest,
        "read": batch.read,
        "total": batch.total,
        "counts": batch.counts,
        "faults": batch.faults,
        "finished": batch.finished and timezone.localtime(batch.finished).isoformat(timespec="seconds"),
        "rows_at": reverse("api:batch_rows", args=[number]),
        "receipt_at": reverse("api:batch_receipt", args=[number]),
    }


def row_told(row: Row) -> dict[str, Any]:
    return {
        "line": row.line,
        "outcome": row.outcome,
        "ref": row.ref or None,
        "faults": row.faults,
        "difference": row.difference,
    }
