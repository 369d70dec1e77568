"""What went wrong, as application/problem+json (RFC 9457): both languages, what was found, what is allowed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse

from jiannuo.exchange.intake_faults import faults_of
from jiannuo.lifecycle.refused import Refused
from jiannuo.rules.schema import Text
from jiannuo.tables import Fault, both
from jiannuo.web.middleware import status_of

MEDIA = "application/problem+json"
# Refusals of the domain whose status is not 403, 409 or 422.
STATUS = {"exchange.no_such_set": 404, "exchange.too_large": 413}


class Problem(Exception):
    """An answer that is none. headers: what the answer carries beside it."""

    def __init__(self, status: int, *faults: Fault, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.faults, self.headers = status, faults, dict(headers or {})
        super().__init__(faults[0].code)

    @classmethod
    def of(
        cls, status: int, code: str, message: Text, allowed: Text, *, at: str = "", found: Any = "", **more: Any
    ) -> Problem:
        return cls(status, Fault(code, message, column=at, found=str(found)[:200], allowed=allowed), **more)

    @classmethod
    def from_refused(cls, chinese: Refused, english: Refused) -> Problem:
        """The same refusal, said in each language."""
        pairs = zip(_faults(chinese), _faults(english), strict=False)
        faults = [
            replace(
                one,
                message=both(one.message.zh, other.message.en),
                allowed=_paired(one.allowed, other.allowed),
                article=_paired(one.article, other.article),
            )
            for one, other in pairs
        ]
        return cls(STATUS.get(chinese.code, status_of(chinese)), *faults)

    def answer(self) -> HttpResponse:
        first = self.faults[0]
        told = {
            "type": "about:blank",
            "status": self.status,
            "title": f"{first.message.zh} / {first.message.en}",
            "code": first.code,
            "faults": [fault.as_json() for fault in self.faults],
        }
        response = HttpResponse(json.dumps(told, ensure_ascii=False), status=self.status, content_type=MEDIA)
        for name, value in self.headers.items():
            response[name] = value
        return response


def _faults(refused: Refused) -> list[Fault]:
    return faults_of(refused, {refused.field} if refused.field else ())


def _paired(chinese: Text | None, english: Text | None) -> Text | None:
    return both(chinese.zh, english.en) if chinese and english else chinese


def no_such_thing(found: str) -> Problem:
    return Problem.of(
        404,
        "api.no_such_thing",
        both("这里没有这样的内容，或者今天不公开。", "There is no such thing here, or it is not public today."),
        both("可用的数据集见 /api/v1/datasets。", "The data sets are listed at /api/v1/datasets."),
        found=found,
    )
