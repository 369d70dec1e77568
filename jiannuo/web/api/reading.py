"""What everybody may read: the data sets, their rows of today, one row, and what changed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from jiannuo.exchange.opendata.columns import VALID_UNTIL
from jiannuo.exchange.opendata.describing import licence
from jiannuo.exchange.reading import may_hand_in
from jiannuo.ledger import reading as ledger
from jiannuo.ledger import withdrawn
from jiannuo.ledger.models import Entry, Epoch
from jiannuo.lifecycle.offered import DataSet, Published, Values, data_sets
from jiannuo.tables import Column, Kind, both
from jiannuo.tables.columns import parsed
from jiannuo.tables.schemas import json_schema
from jiannuo.tables.writing import text
from jiannuo.web.refs import open_refs

from .problems import Problem, no_such_thing
from .serving import Asked, last_change, refuse_unknown, told

PAGE, MOST = 100, 500
RANGED = {Kind.DAY, Kind.AMOUNT, Kind.WHOLE}
FROM, TO = ".from", ".to"
PAGING = ("limit", "cursor")


def set_named(name: str) -> DataSet:
    found = data_sets().get(name)
    if found is None:
        raise no_such_thing(name)
    return found


def published(name: str) -> Published:
    found = set_named(name).published
    if found is None:
        raise no_such_thing(name)
    return found


def datasets(asked: Asked) -> HttpResponse:
    """Every data set: where it is read, where it is handed in, and of what its rows consist."""

    def one(name: str, it: DataSet) -> dict[str, Any]:
        key = asked.key
        return {
            "name": name,
            "title": {"zh": it.table.title.zh, "en": it.table.title.en},
            "about": {"zh": it.table.about.zh, "en": it.table.about.en},
            "key": list(it.table.key),
            "rows": reverse("api:rows", args=[name]) if it.published else None,
            "hand_in": reverse("api:hand_in", args=[name]),
            "may_hand_in": key is not None and may_hand_in(key, name, key.key.body_id, asked.on),
            "schema": json_schema(it.table),
        }

    def make() -> Any:
        return {"licence": licence(), "datasets": [one(name, it) for name, it in data_sets().items()]}

    return told(asked, make)


def rows(asked: Asked, name: str) -> HttpResponse:
    """A page of what is public today, in the data set's own order; filters narrow it."""
    it = published(name)
    refuse_unknown(asked.request, words_of(it))
    limit = asked.number("limit", PAGE, MOST)
    after = _after(asked.params.get("cursor", ""))
    fits = _filters(it, asked.params)

    def make() -> Any:
        found = (row for row in _from(it.rows(asked.on), after) if fits(row[1], row[2]))
        page = list(islice(found, limit + 1))
        more = len(page) > limit
        page = page[:limit]
        return {
            "on": asked.on.isoformat(),
            "rows": [row_of(it, *row) for row in page],
            "next": _next(asked, _cursor(page[-1][0])) if more else None,
        }

    # A cursor of a row that is gone is answered anew each time, and before the answer is promised.
    return told(asked, make, changed=last_change())


def row(asked: Asked, name: str, ref: str) -> HttpResponse:
    """One row by its ref, while it is public."""
    it = published(name)
    found = next((row for row in it.rows(asked.on) if row[0] == ref), None)
    if found is None:
        raise no_such_thing(ref)
    return told(asked, lambda: row_of(it, *found), changed=last_change())


def row_of(it: Published, ref: str, values: Values, until: date | None) -> dict[str, Any]:
    """ref, the columns of the table, valid_until: from that day on it must be deleted."""
    return {
        "ref": ref,
        **{column.name: _plain(column, values.get(column.name)) for column in it.table.columns},
        VALID_UNTIL.name: until and until.isoformat(),
    }


def words_of(it: Published) -> list[str]:
    """What may stand behind the question mark: each column, and of what has an order also from and to."""
    ranged = [column.name for column in it.table.columns if column.kind in RANGED]
    return [*PAGING, *it.table.by_name, *(name + end for name in ranged for end in (FROM, TO))]


def _plain(column: Column, value: Any) -> Any:
    """As JSON: an amount as text, so that no reader's binary number touches it."""
    return value if value is None or isinstance(value, bool | int) else text(column, value)


def _filters(it: Published, params: Mapping[str, str]) -> Callable[[Values, date | None], bool]:
    wanted: list[tuple[str, Callable[[Any], bool]]] = []
    for name, typed in params.items():
        if name in PAGING:
            continue
        column = it.table.by_name.get(name) or it.table.by_name[name.rpartition(".")[0]]
        wanted.append((column.name, _test(column, name, typed)))

    def fits(values: Values, _until: date | None) -> bool:
        return all(test(values.get(name)) for name, test in wanted)

    return fits


def _test(column: Column, name: str, typed: str) -> Callable[[Any], bool]:
    if not typed:
        return lambda value: value is None
    if column.kind is Kind.NAME or column.kind not in {*RANGED, Kind.YES_NO, Kind.CODE}:
        return lambda value: value is not None and text(column, value) == typed
    (value,), faults = parsed(column, [typed])
    if faults:
        raise Problem(400, *faults.values())
    if name.endswith(FROM):
        return lambda held: held is not None and held >= value
    if name.endswith(TO):
        return lambda held: held is not None and held <= value
    return lambda held: held == value


def _from(found: Iterator[tuple[str, Values, date | None]], after: str) -> Iterator[tuple[str, Values, date | None]]:
    """What comes after this ref. Raises Problem 410 where it is gone: nothing is passed over in silence."""
    if not after:
        yield from found
        return
    for ref, _values, _until in found:
        if ref == after:
            yield from found
            return
    raise Problem.of(
        410,
        "api.cursor_gone",
        both("上一页的最后一行已不再公开，无法从那里续读。", "The last row of the page before is public no longer."),
        both("请从第一页重新读取。", "Read again from the first page."),
        at="cursor",
    )


def _cursor(ref: str) -> str:
    return base64.urlsafe_b64encode(ref.encode()).decode().rstrip("=")


def _after(cursor: str) -> str:
    try:
        ref = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        ref = ""
    if cursor and not ref:
        raise Problem.of(
            400,
            "api.cursor",
            both("这不是本接口给出的游标。", "This cursor was not given out here."),
            both("原样使用上一页“next”里的地址。", "Use the address in “next” of the page before as it is."),
            at="cursor",
            found=cursor,
        )
    return ref


def _next(asked: Asked, cursor: str) -> str:
    query = asked.request.GET.copy()
    query["cursor"] = cursor
    return f"{asked.request.path}?{query.urlencode()}"


def changes(asked: Asked) -> HttpResponse:
    """What the log says, in its order, after `since`: contents only of what may be shown today."""
    limit = asked.number("limit", PAGE, MOST)
    epoch, leaf = _since(asked.params.get("since", ""))
    found = Entry.objects.filter(leaf__isnull=False).order_by("epoch_id", "leaf")
    found = found.filter(epoch_id=epoch, leaf__gt=leaf) | found.filter(epoch_id__gt=epoch)
    page = list(found[: limit + 1])
    more, page = len(page) > limit, page[:limit]

    def make() -> Any:
        open_ = open_refs({entry.subject for entry in page if entry.public is not None}, asked.on)
        gone = {(line.subject, number): line for line in withdrawn.read() for number in line.leaves}
        last = _sequence(page[-1]) if page else asked.params.get("since", "") or "0.0"
        return {
            "on": asked.on.isoformat(),
            "changes": [_change(entry, open_, gone.get((entry.subject, entry.leaf or 0))) for entry in page],
            "since": last,
            "more": more,
        }

    return told(asked, make)


def _sequence(entry: Entry) -> str:
    return f"{entry.epoch_id}.{entry.leaf}"


def _change(entry: Entry, open_: set[str], gone: withdrawn.Line | None) -> dict[str, Any]:
    out: dict[str, Any] = {
        "sequence": _sequence(entry),
        "epoch": entry.epoch_id,
        "leaf": entry.leaf,
        "commitment": bytes(entry.commitment).hex(),
    }
    if entry.public is None:
        law = {"day": gone.on.isoformat(), "basis": gone.basis} if gone else {}
        return out | {"state": "withdrawn"} | law
    if entry.subject not in open_ or entry.quiet:
        return out | {"state": "closed"}
    return out | {"state": "open", "ref": entry.subject, "public": json.loads(entry.public)}


def _since(typed: str) -> tuple[int, int]:
    epoch, _dot, leaf = (typed or "0.-1").partition(".")
    if not typed:
        return 0, -1
    if all(part.isascii() and part.isdigit() and len(part) < 16 for part in (epoch, leaf)):
        return int(epoch), int(leaf)
    raise Problem.of(
        400,
        "api.since",
        both("这不是变更序号。", "This is no sequence of changes."),
        both("原样使用上一次答复里的“since”，例如 1.42。", "Use “since” of the answer before as it is, such as 1.42."),
        at="since",
        found=typed,
    )


def log(asked: Asked) -> HttpResponse:
    """The log as it stands: its signed state, its key, and where it is read."""

    def make() -> Any:
        state = ledger.state()
        if state is None:
            raise no_such_thing("log")
        epoch = Epoch.objects.get(origin=state.origin)
        return {
            "origin": state.origin,
            "size": state.size,
            "checkpoint": state.text,
            "key": state.key,
            "at": state.at and timezone.localtime(state.at).isoformat(timespec="seconds"),
            "tiles": reverse("log:checkpoint", args=[epoch.pk]).removesuffix("checkpoint"),
        }

    return told(asked, make)
