"""What every address of the API has in common: who asks, how often, with which words; and how it is answered."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from jiannuo.accounts.keys import KeyActor, key_of
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import PUBLIC, Actor
from jiannuo.lifecycle.refused import Refused
from jiannuo.tables import both

from .problems import Problem

JSON = "application/json"
A_MINUTE = 60  # seconds
PER_KEY, PER_ADDRESS = 600, 300  # calls in a minute, on each server process
LARGEST_CALL = 10_000_000  # bytes of the rows of one call
MARK = "Idempotency-Key"


@dataclass
class Asked:
    """One call. `key` is None for a visitor; params: what stands behind the question mark."""

    request: HttpRequest
    on: date
    key: KeyActor | None
    params: Mapping[str, str]

    @property
    def by(self) -> Actor:
        return self.key or PUBLIC

    @property
    def actor(self) -> KeyActor:
        """Whoever must have a key. Raises Problem 401."""
        if self.key is None:
            raise no_key(both("没有出示密钥。", "No key was shown."))
        return self.key

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to `most` behind the question mark."""
        text = self.params.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
            raise Problem.of(
                400,
                "api.number",
                both("这不是允许的数。", "This number is not allowed."),
                both(f"1 到 {most} 的整数。", f"A whole number from 1 to {most}."),
                at=name,
                found=text,
            )
        return int(text)


def no_key(message: Any, found: str = "") -> Problem:
    return Problem.of(
        401,
        "api.no_key",
        message,
        both(
            "请用“Authorization: Bearer jn_…”出示有效的密钥；密钥由系统管理员制发。",
            "Show a valid key as “Authorization: Bearer jn_…”; the system administrator makes keys.",
        ),
        found=found,
        headers={"WWW-Authenticate": 'Bearer realm="jiannuo"'},
    )


View = Callable[..., HttpResponse]


def endpoint(views: Mapping[str, View], params: Mapping[str, Collection[str] | None] | None = None) -> Any:
    """One address: method → view; params: method → the words allowed behind its question mark (None: the view says).

    HEAD and OPTIONS come by themselves.
    """
    words = params or {}
    methods = sorted({*views, "OPTIONS", *(["HEAD"] if "GET" in views else [])})

    @csrf_exempt
    def answer(request: HttpRequest, **place: Any) -> HttpResponse:
        try:
            response = _answer(request, place)
        except Problem as problem:
            response = problem.answer()
        except RequestDataTooBig:
            response = _too_large().answer()
        if "GET" in views:  # what is public everybody's pages may read; no cookie counts here
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link, Retry-After"
        response["X-Robots-Tag"] = "noindex, noarchive"
        response.setdefault("Cache-Control", "no-store")
        return response

    def _answer(request: HttpRequest, place: Mapping[str, Any]) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
            response["Access-Control-Allow-Methods"] = ", ".join(methods)
            response["Access-Control-Allow-Headers"] = f"Authorization, Content-Type, If-None-Match, {MARK}"
            return response
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method not in views:
            raise Problem.of(
                405,
                "api.method",
                both("这个地址不接受这种方法。", "This address does not take this method."),
                both("可用：" + "、".join(methods), "It takes: " + ", ".join(methods)),
                found=method,
                headers={"Allow": ", ".join(methods)},
            )
        on = timezone.localdate()
        key = _key(request, on)
        _not_too_often(request, key)
        if method == "GET" and not request.accepts(JSON) and not request.accepts("text/plain"):
            raise Problem.of(
                406,
                "api.accept",
                both("本接口只以 JSON 答复。", "This API answers in JSON only."),
                both(f"Accept: {JSON}", f"Accept: {JSON}"),
                found=request.headers.get("Accept", ""),
            )
        known = words.get(method, ())
        if known is not None:
            refuse_unknown(request, known)
        return _in_both(views[method], Asked(request, on, key, _params(request)), place)

    return answer


def _in_both(view: View, asked: Asked, place: Mapping[str, Any]) -> HttpResponse:
    """The answer; a refusal is asked for once in each language, since words with a name in them are made at once.

    That is harmless: whatever is refused was refused before anything was written.
    """
    try:
        with override("zh-hans"):
            return view(asked, **place)
    except Refused as refused:
        chinese = refused
    try:
        with override("en"):
            return view(asked, **place)
    except Refused as english:
        raise Problem.from_refused(chinese, english) from None


def refuse_unknown(request: HttpRequest, known: Collection[str]) -> None:
    """A word that nobody knows is a mistake of the caller's, which must not look like an answer."""
    for name in request.GET:
        if name not in known:
            names = list(known)
            raise Problem.of(
                400,
                "api.unknown_parameter",
                both("没有这个参数。", "There is no such parameter."),
                both("可用：" + ("、".join(names) or "无"), "Known: " + (", ".join(names) or "none")),
                at=name[:80],
                found=name,
            )


def _params(request: HttpRequest) -> dict[str, str]:
    out = {}
    for name in request.GET:
        values = request.GET.getlist(name)
        if len(values) > 1 or "\x00" in values[0]:
            raise Problem.of(
                400,
                "api.parameter",
                both("这个参数写了几次，或含有不能用的字符。", "It is given twice, or holds a character of no use."),
                both("每个参数写一次。", "Each parameter once."),
                at=name,
                found="，".join(values).replace("\x00", "�"),
            )
        out[name] = values[0]
    return out


def _key(request: HttpRequest, on: date) -> KeyActor | None:
    shown = request.headers.get("Authorization")
    if shown is None:
        return None
    scheme, _space, secret = shown.partition(" ")
    key = key_of(secret.strip(), on) if scheme.lower() == "bearer" else None
    if key is None:
        message = both(
            "密钥无效：不存在、未到期始、已到期或已撤销。",
            "This key does not hold: unknown, not yet, no longer, or revoked.",
        )
        raise no_key(message, f"{scheme[:20]} …")
    return KeyActor(key)


def _not_too_often(request: HttpRequest, key: KeyActor | None) -> None:
    """Counted by minute, in the memory of each server process: a guard against loops, not an account."""
    now = int(time.time())
    who, most = (key.ref, PER_KEY) if key else (request.META.get("REMOTE_ADDR", ""), PER_ADDRESS)
    name = f"api:{who}:{now // A_MINUTE}"
    cache.add(name, 0, A_MINUTE * 2)
    if cache.incr(name) > most:
        wait = A_MINUTE - now % A_MINUTE
        raise Problem.of(
            429,
            "api.too_often",
            both("调用太频繁。", "Too many calls."),
            both(f"每分钟至多 {most} 次；请等 {wait} 秒再试。", f"At most {most} a minute; wait {wait} seconds."),
            headers={"Retry-After": str(wait)},
        )


def _too_large() -> Problem:
    most = LARGEST_CALL // 1_000_000
    return Problem.of(
        413,
        "api.too_large",
        both("请求太大。", "The request is too large."),
        both(
            f"一次至多 {most} MB；更多的请分几次，或作为文件交来。",
            f"At most {most} MB; more goes in several calls, or as a file.",
        ),
    )


def given(asked: Asked) -> dict[str, Any]:
    """The JSON object of a request. Raises Problem 400, 413, 415."""
    request = asked.request
    if request.content_type != JSON:
        raise wrong_type(request, JSON)
    if len(request.body) > LARGEST_CALL:
        raise _too_large()
    try:
        # An amount stays as it was written: no binary number touches it.
        found = json.loads(request.body, parse_float=str, parse_constant=_no_number)
        if isinstance(found, dict):
            return found
    except (ValueError, RecursionError):
        pass
    raise Problem.of(
        400,
        "api.no_json",
        both("请求不是一个 JSON 对象。", "The request is not a JSON object."),
        both("UTF-8 编码的 JSON 对象，见 /api/v1/openapi.json。", "A JSON object in UTF-8: see /api/v1/openapi.json."),
    )


def _no_number(text: str) -> Any:
    raise ValueError(text)


def wrong_type(request: HttpRequest, allowed: str) -> Problem:
    return Problem.of(
        415,
        "api.content_type",
        both("请求的内容类型不对。", "The request is of another content type."),
        both(f"Content-Type: {allowed}", f"Content-Type: {allowed}"),
        found=request.headers.get("Content-Type", ""),
    )


def call_of(asked: Asked) -> str:
    """What the caller calls this hand-in. Required: else nobody could repeat a call whose answer was lost."""
    call = asked.request.headers.get(MARK, "").strip()
    if not (0 < len(call) <= 80 and call.isascii() and call.isprintable()):
        raise Problem.of(
            400,
            "api.no_idempotency_key",
            both(
                "没有给这次报送起名，断线后就无法安全重试。", "This call has no name: it could not be repeated safely."
            ),
            both(
                f"请加 {MARK}：1 到 80 个 ASCII 字符，每次报送各不相同，重试时不变。",
                f"Add {MARK}: 1 to 80 ASCII characters, another one for each hand-in, the same when it is repeated.",
            ),
            at=MARK,
            found=call,
        )
    return call


def last_change() -> tuple[int, datetime]:
    """The newest entry of the ledger and its time: what is public changes with it, and with the day."""
    last = Entry.objects.order_by("-id").values_list("id", "at").first()
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return (last[0], max(last[1], midnight)) if last else (0, midnight)


def told(asked: Asked, make: Callable[[], Any], *, changed: tuple[int, datetime] | None = None) -> HttpResponse:
    """The answer as JSON, with ETag; 304 to whoever holds it. changed: known before it is made, so it need not be."""
    request = asked.request
    if changed is None:
        response = _json(make())
        response["ETag"] = quote_etag(sha256(response.content).hexdigest()[:32])
    else:
        number, at = changed
        state = f"{asked.on} {number} {request.get_full_path()}"
        etag = quote_etag(sha256(state.encode()).hexdigest()[:32])
        response = get_conditional_response(request, etag=etag, last_modified=int(at.timestamp())) or _json(make())
        response["ETag"] = etag
        if time.time() - at.timestamp() > 1:  # in the same second more may come, which this header could not tell apart
            response["Last-Modified"] = http_date(at.timestamp())
    response["Cache-Control"] = "no-cache"  # kept, but asked for each time: what has ended is not served from a cache
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _json(said: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(said, ensure_ascii=False), status=status, content_type=JSON)


def said(answer: Any, status: int = 200) -> HttpResponse:
    """An answer that belongs to whoever asked: kept nowhere."""
    return _json(answer, status)
