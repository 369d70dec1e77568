"""What a reader asked of a list: words, page, values of filters; where one does not fit, what was found and allowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jiannuo.lifecycle.refused import Refused
from jiannuo.web.templatetags.jn import listed

MOST = 100  # characters of a search
MOST_XLSX = 20_000  # rows of a workbook: more takes seconds, and CSV serves better


def words(request: HttpRequest, faults: list[Refused]) -> str:
    """The words to look for, as typed."""
    given = request.GET.get("q", "").replace("\0", "").strip()
    if len(given) > MOST:
        faults.append(
            Refused(
                "portal.too_long",
                _("So long a text is not searched for; its beginning was."),
                field="q",
                found=_("%(n)s characters") % {"n": len(given)},
                allowed=_("at most %(n)s characters") % {"n": MOST},
            )
        )
    return given[:MOST]


def page(rows: Paginator[Any], request: HttpRequest, faults: list[Refused]) -> Page[Any]:
    """The page asked for; where there is none of that number, the nearest, and a word about it."""
    given = request.GET.get("page", "1")
    found = rows.get_page(given)
    if given != str(found.number):
        faults.append(
            Refused(
                "portal.no_such_page",
                _("The list has no such page; page %(n)s is shown.") % {"n": found.number},
                field="page",
                found=given[:40],
                allowed=_("1 to %(last)s") % {"last": rows.num_pages},
            )
        )
    return found


def unknown(title: Any, given: str, known: Iterable[Any]) -> Refused:
    """A filter was given a value that it does not have."""
    return Refused(
        "portal.unknown_value",
        _("The filter “%(filter)s” has no such value, so nothing matches it.") % {"filter": title},
        found=given[:40],
        allowed=listed(known) or None,
    )
