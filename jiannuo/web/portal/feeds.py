"""Atom feeds: what is newly public, what was corrected or taken back. Made from what is public today, so that nothing
stays in a feed that is on no page. An entry keeps its id for ever, and says again when it changed.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jiannuo.records.models import Record, RecordQuerySet
from jiannuo.records.reading import retractions
from jiannuo.registry.models import Body
from jiannuo.rules import book

MOST = 50  # entries, the newest


class Feed(Atom1Feed):
    """An empty one has not changed since the beginning; Django would say now, and no two answers would be the same."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else _moment(date(2026, 1, 1))


def records(request: HttpRequest) -> HttpResponse:
    """Records of all bodies in publicity, the newest first."""
    return _of_records(
        request, Record.objects.showing(timezone.localdate()), _("Records in publicity"), "portal:records"
    )


def body(request: HttpRequest, pk: int) -> HttpResponse:
    """The same of one body."""
    one = get_object_or_404(Body, pk=pk)
    rows = Record.objects.showing(timezone.localdate()).filter(body=one)
    return _of_records(request, rows, _("Records of %(body)s") % {"body": one.name}, "portal:body", one.pk)


def withdrawn(request: HttpRequest) -> HttpResponse:
    """Correction notices: number and day of what was shown and was wrong. Whoever kept a copy deletes it."""
    feed = _feed(request, _("Correction notices"), "portal:withdrawn")
    for one in retractions()[:MOST]:
        feed.add_item(
            title=_("%(number)s was revoked") % {"number": one.number},
            link=request.build_absolute_uri(reverse("portal:withdrawn")),
            description=_("Shown from %(from)s to %(until)s. Delete every copy.")
            % {"from": one.shown_from.isoformat(), "until": one.shown_until.isoformat()},
            unique_id=_tag(request, f"withdrawn/{one.number}", one.on),
            pubdate=_moment(one.on),
            updateddate=_moment(one.on),
        )
    return _answer(request, feed)


def _of_records(request: HttpRequest, rows: RecordQuerySet, title: str, page: str, *args: Any) -> HttpResponse:
    feed = _feed(request, title, page, *args)
    found = list(rows.select_related("body", "publication").order_by("-publication__starts", "-pk")[:MOST])
    for one in found:
        shown = one.publication.starts
        assert shown is not None  # of what shows, always
        feed.add_item(
            title=f"{one.body.name}：{one.title}",
            link=request.build_absolute_uri(reverse("portal:record", args=[one.slug])),
            description=one.finding,
            unique_id=_tag(request, f"record/{one.slug}", shown),
            pubdate=_moment(shown),
            updateddate=_moment(one.corrected or shown),
            categories=[_source(one.source)],
        )
    return _answer(request, feed)


def _feed(request: HttpRequest, title: str, page: str, *args: Any) -> Feed:
    language = get_language() or "zh-hans"
    return Feed(
        title=title,
        link=request.build_absolute_uri(reverse(page, args=args)),
        description="",
        language="en" if language.startswith("en") else "zh-Hans",
        feed_url=request.build_absolute_uri(request.path),
        feed_guid=_tag(request, request.path.strip("/"), date(2026, 1, 1)),
        author_name=_("Jiannuo, public platform of government integrity"),
    )


def _tag(request: HttpRequest, what: str, day: date) -> str:
    """A tag: URI (RFC 4151): the same for ever, wherever the page moves to."""
    return f"tag:{request.get_host().partition(':')[0]},{day.isoformat()}:{what}"


def _source(key: str) -> str:
    title = book().sources[key].title
    return title.get(get_language() or "zh")


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _answer(request: HttpRequest, feed: Feed) -> HttpResponse:
    """The feed, or 304 where the reader has it. Its tag is that of its content: publicity ends without a write."""
    content = feed.writeString("utf-8").encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    answer = HttpResponse(content, content_type="application/atom+xml; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = "no-cache"  # ask each time: what ended today must not come out of a cache
    answer["X-Robots-Tag"] = "noindex, noarchive"
    told = get_conditional_response(request, etag=etag, response=answer)
    assert isinstance(told, HttpResponse)
    return told
