"""A list as it is now, under its present filters: CSV of any length, a workbook of a moderate one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jiannuo.exchange.opendata.columns import VALID_UNTIL
from jiannuo.lifecycle.offered import Values
from jiannuo.lifecycle.refused import Refused
from jiannuo.records import shown
from jiannuo.tables import Table
from jiannuo.tables.writing import csv_lines, workbook

from . import asking
from . import bodies as bodies_page
from . import records as records_page

IN_MEMORY = 5_000_000  # bytes of a workbook kept in memory; a larger one lies on the disk while it is sent
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Rows = Iterable[tuple[str, Values, Any]]


def records(request: HttpRequest, form: str) -> HttpResponseBase:
    """The published records that the filters choose, newest first."""
    found = records_page.asked(request)
    read = shown.texts_of if form == "csv" else shown.rows_of
    return _given(form, shown.TABLE, lambda: read(found.rows), found.total, found.faults)


def bodies(request: HttpRequest, form: str) -> HttpResponseBase:
    """The bodies that the filters choose."""
    published = bodies_page.published()
    if published is None:
        raise Http404
    found = bodies_page.asked(request)
    wanted = {f"body:{pk}" for pk in found.rows.values_list("pk", flat=True)}

    def rows() -> Rows:
        return (row for row in published.rows(timezone.localdate()) if row[0] in wanted)

    return _given(form, published.table, rows, len(wanted), found.faults)


def _given(form: str, table: Table, rows: Callable[[], Rows], total: int, faults: list[Refused]) -> HttpResponseBase:
    """In the form asked for. Raises Refused for a filter that does not fit, or a workbook that would be too long."""
    if form not in FORMS:
        raise Http404
    if faults:
        raise faults[0]
    whole = replace(table, columns=(*table.columns, VALID_UNTIL))
    answer = FORMS[form](whole, ({**values, VALID_UNTIL.name: until} for _ref, values, until in rows()), total)
    name = f"{table.title.zh}-{timezone.localdate().isoformat()}.{form}"
    answer["Content-Disposition"] = f"attachment; filename=\"{table.name}.{form}\"; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "no-store"  # what ends tomorrow must not come out of a cache then
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer


def _csv(table: Table, rows: Iterator[Mapping[str, Any]], total: int) -> HttpResponseBase:
    return StreamingHttpResponse(csv_lines(table, rows), content_type="text/csv; charset=utf-8")


def _xlsx(table: Table, rows: Iterator[Mapping[str, Any]], total: int) -> HttpResponseBase:
    if total > asking.MOST_XLSX:
        raise Refused(
            "portal.too_many_rows",
            _("So long a list is not made into a workbook."),
            found=_("%(n)s rows") % {"n": total},
            allowed=_("At most %(n)s rows: download it as CSV, which has no limit, or choose a filter.")
            % {"n": asking.MOST_XLSX},
        )
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (the answer closes it)
    workbook(table, rows, file)  # type: ignore[arg-type]  # it reads, writes and seeks as a file does
    file.seek(0)
    return FileResponse(file, content_type=XLSX)


FORMS: dict[str, Callable[[Table, Iterator[Mapping[str, Any]], int], HttpResponse | Any]] = {
    "csv": _csv,
    "xlsx": _xlsx,
}
