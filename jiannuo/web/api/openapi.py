"""The description of the API (OpenAPI 3.1), made from the same declarations that the API works by; and its page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from jiannuo.exchange.actions.receiving import MOST_AT_ONCE
from jiannuo.exchange.models import Batch, Row
from jiannuo.lifecycle.offered import DataSet, Published, data_sets
from jiannuo.rules.schema import Text
from jiannuo.tables import Column, both
from jiannuo.tables.schemas import in_both, json_schema

from .handing import MULTIPART
from .problems import MEDIA
from .reading import MOST, PAGE, words_of
from .serving import JSON, MARK, PER_ADDRESS, PER_KEY, Asked, told

BASE = "/api/v1"
TEXT: dict[str, Any] = {"type": "string"}
WORDS = {"$ref": "#/components/schemas/Words"}
DAY: dict[str, Any] = {"type": "string", "format": "date"}

STATUSES: dict[int, Text] = {
    304: both("没有变化", "Not changed since"),
    400: both("参数或请求的格式不对", "A parameter, or the form of the request, is wrong"),
    401: both("没有密钥，或密钥无效", "No key, or one that does not hold"),
    403: both("密钥没有这项权限", "The key may not do this"),
    404: both("没有，或今天不公开", "Not there, or not public today"),
    405: both("不接受这种方法", "Not this method"),
    406: both("只以 JSON 答复", "JSON is answered only"),
    409: both("别人先改了", "Changed meanwhile"),
    410: both("续读的位置已不再公开", "The place to read on from is public no longer"),
    413: both("太大", "Too large"),
    415: both("内容类型不对", "Another content type is needed"),
    422: both("读懂了，但不能收", "Understood, and refused"),
    429: both("太频繁", "Too often"),
}
READ = (304, 400, 401, 406, 429)
OURS = (400, 401, 404, 406, 429)
HAND_IN = (400, 401, 403, 404, 409, 413, 415, 422, 429)


def document(asked: Asked) -> HttpResponse:
    return told(asked, lambda: described())


def described() -> dict[str, Any]:
    paths: dict[str, Any] = {
        "/openapi.json": {"get": _get("openapi", both("本接口的描述", "This description"), {"type": "object"})},
        "/datasets": {"get": _get("datasets", both("全部数据集", "All data sets"), {"$ref": _schema("DataSets")})},
    }
    for name, one in data_sets().items():
        paths |= _of(name, one)
    paths |= {
        "/changes": {
            "get": _get(
                "changes",
                both("账本中的变更，按序号", "What changed, in the order of the log"),
                {"$ref": _schema("Changes")},
                params=[
                    _param(
                        "since",
                        both("上一次答复里的 since", "since of the answer before"),
                        {"type": "string", "pattern": r"^\d{1,15}\.\d{1,15}$"},
                    ),
                    _limit(),
                ],
            )
        },
        "/log": {
            "get": _get(
                "log", both("账本的签名状态", "The signed state of the log"), {"$ref": _schema("Log")}, (*READ, 404)
            )
        },
        "/batches/{number}": {
            "parameters": [_place("number", "2026-000123")],
            "get": _get(
                "batch", both("一批数据的进度", "How a batch stands"), {"$ref": _schema("Batch")}, OURS, key=True
            ),
        },
        "/batches/{number}/rows": {
            "parameters": [_place("number", "2026-000123")],
            "get": _get(
                "batch_rows",
                both("各行的结果", "What became of each row"),
                {"$ref": _schema("BatchRows")},
                OURS,
                key=True,
                params=[
                    _param(
                        "outcome",
                        both("只要这种结果", "Only this outcome"),
                        {"type": "string", "enum": list(Row.Outcome.values)},
                    ),
                    _param(
                        "after",
                        both("从这一行之后", "After this line"),
                        {"type": "integer", "minimum": 1, "maximum": 10**8},
                    ),
                    _limit(),
                ],
            ),
        },
        "/batches/{number}/receipt": {
            "parameters": [_place("number", "2026-000123")],
            "get": _get(
                "batch_receipt", both("签名回执", "The signed receipt"), TEXT, OURS, key=True, media="text/plain"
            ),
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "践诺 Jiannuo API",
            "version": "1",
            "description": in_both(
                both(
                    f"读取无需密钥；报送需要密钥。每分钟至多 {PER_KEY} 次（无密钥 {PER_ADDRESS} 次）。",
                    f"Reading needs no key, handing in does. At most {PER_KEY} calls a minute; {PER_ADDRESS} without.",
                )
            ),
        },
        "servers": [{"url": BASE}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "jn_…"}},
            "schemas": _schemas(),
            "responses": {
                str(status): {"description": in_both(words)}
                | ({"content": {MEDIA: {"schema": {"$ref": _schema("Problem")}}}} if status != 304 else {})
                for status, words in STATUSES.items()
            },
        },
    }


def _of(name: str, one: DataSet) -> dict[str, Any]:
    """The addresses of one data set."""
    out: dict[str, Any] = {}
    title = one.table.title
    if one.published is not None:
        row = _published(one.published)
        page = _object(on=DAY, rows={"type": "array", "items": row}, next={"type": ["string", "null"]})
        out[f"/{name}"] = {
            "get": _get(
                f"{name}_rows",
                both(f"{title.zh}：今天公开的", f"{title.en}: what is public today"),
                page,
                (*READ, 410),
                params=[
                    _limit(),
                    _param("cursor", both("见上一页的 next", "See next of the page before"), TEXT),
                    *_filters(one.published),
                ],
            )
        }
        out[f"/{name}/{{ref}}"] = {
            "parameters": [_place("ref", "body:12")],
            "get": _get(f"{name}_row", both(f"{title.zh}：一条", f"{title.en}: one"), row, (*READ, 404)),
        }
    whole = {
        "type": "object",
        "required": ["rows"],
        "additionalProperties": False,
        "properties": {
            "provider": {"type": "string", "pattern": r"^body:\d{1,17}$"},
            "rows": {"type": "array", "minItems": 1, "maxItems": MOST_AT_ONCE, "items": _bare(json_schema(one.table))},
        },
    }
    file = {
        "type": "object",
        "required": ["file"],
        "additionalProperties": False,
        "properties": {
            "file": {"type": "string", "contentMediaType": "application/octet-stream"},
            "provider": TEXT,
            "sheet": TEXT,
        },
    }
    taken = {"allOf": [{"$ref": _schema("Batch")}, _object(rows={"type": "array", "items": {"$ref": _schema("Row")}})]}
    out[f"/{name}/rows"] = {
        "post": _post(f"{name}_hand_in", both(f"报送{title.zh}", f"Hand in: {title.en}"), JSON, whole, 201, taken)
    }
    out[f"/{name}/files"] = {
        "post": _post(
            f"{name}_hand_in_file",
            both(f"报送{title.zh}（文件）", f"Hand in a file: {title.en}"),
            MULTIPART,
            file,
            202,
            {"$ref": _schema("Batch")},
        )
    }
    return out


def _get(
    name: str,
    words: Text,
    schema: dict[str, Any],
    problems: Iterable[int] = READ,
    *,
    params: list[dict[str, Any]] | None = None,
    key: bool = False,
    media: str = JSON,
) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": in_both(words),
        "parameters": params or [],
        "security": [{"key": []}] if key else [{}, {"key": []}],
        "responses": {"200": {"description": "OK", "content": {media: {"schema": schema}}}, **_problems(problems)},
    }


def _post(
    name: str, words: Text, media: str, taken: dict[str, Any], status: int, schema: dict[str, Any]
) -> dict[str, Any]:
    about = both(
        "这次报送的名字；重试时不变，便是同一批", "The name of this hand-in: repeated under it, it is the same batch"
    )
    called = {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"}
    return {
        "operationId": name,
        "summary": in_both(words),
        "parameters": [{**_param(MARK, about, called), "in": "header", "required": True}],
        "security": [{"key": []}],
        "requestBody": {"required": True, "content": {media: {"schema": taken}}},
        "responses": {
            str(status): {
                "description": in_both(both("已收下", "Taken")),
                "headers": {"Location": {"schema": TEXT}, "Idempotency-Replayed": {"schema": TEXT}},
                "content": {JSON: {"schema": schema}},
            },
            **_problems(HAND_IN),
        },
    }


def _problems(statuses: Iterable[int]) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted({*statuses, 405})}


def _param(name: str, words: Text, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": in_both(words), "schema": schema}


def _place(name: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
        "example": example,
    }


def _limit() -> dict[str, Any]:
    words = both("每页行数", "Rows of a page")
    return _param("limit", words, {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE})


def _filters(it: Published) -> list[dict[str, Any]]:
    out = []
    for word in words_of(it)[2:]:
        column: Column = it.table.by_name.get(word) or it.table.by_name[word.rpartition(".")[0]]
        out.append(_param(word, column.title, TEXT))
    return out


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != "$schema"}


def _published(it: Published) -> dict[str, Any]:
    """A row as it is read: every column stands there, perhaps empty."""
    columns = _bare(json_schema(it.table))["properties"]
    read = {name: {"type": _may_be_empty(one["type"]), **_words(one)} for name, one in columns.items()}
    return _object(ref=TEXT, **read, valid_until={"type": ["string", "null"], "format": "date"})


def _may_be_empty(kind: Any) -> list[str]:
    return sorted({*([kind] if isinstance(kind, str) else kind), "null"})


def _words(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("title", "description") if name in one}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _schema(name: str) -> str:
    return f"#/components/schemas/{name}"


def _schemas() -> dict[str, Any]:
    whole: dict[str, Any] = {"type": "integer", "minimum": 0}
    faults = {"type": "array", "items": {"$ref": _schema("Fault")}}
    empty: dict[str, Any] = {"type": ["string", "null"]}
    fault = _object(code=TEXT, message=WORDS)
    fault["properties"] |= {"column": TEXT, "found": TEXT, "allowed": WORDS, "hint": WORDS, "article": WORDS}
    row = _object(
        line=whole,
        outcome={"type": "string", "enum": list(Row.Outcome.values)},
        ref=empty,
        faults=faults,
        difference={"type": "array", "items": {"type": "object"}},
    )
    change = _object(
        sequence=TEXT, epoch=whole, leaf=whole, commitment=TEXT, state={"enum": ["open", "closed", "withdrawn"]}
    )
    change["properties"] |= {"ref": TEXT, "public": {"type": "object"}, "day": DAY, "basis": TEXT}
    data_set = _object(
        name=TEXT,
        title=WORDS,
        about=WORDS,
        key={"type": "array", "items": TEXT},
        rows=empty,
        hand_in=TEXT,
        may_hand_in={"type": "boolean"},
        schema={"type": "object"},
    )
    return {
        "Words": _object(zh=TEXT, en=TEXT),
        "Fault": fault,
        "Problem": _object(type=TEXT, status=whole, title=TEXT, code=TEXT, faults=faults),
        "DataSets": _object(licence={"type": "object"}, datasets={"type": "array", "items": data_set}),
        "Batch": _object(
            number=TEXT,
            dataset=TEXT,
            provider=_object(ref=TEXT, name=TEXT),
            handed_in=DAY,
            stage={"type": "string", "enum": list(Batch.Stage.values)},
            digest=TEXT,
            read=whole,
            total=whole,
            counts={"type": "object", "additionalProperties": whole},
            faults=faults,
            finished=empty,
            rows_at=TEXT,
            receipt_at=TEXT,
        ),
        "Row": row,
        "BatchRows": _object(rows={"type": "array", "items": row}, after={"type": ["integer", "null"]}),
        "Changes": _object(on=DAY, changes={"type": "array", "items": change}, since=TEXT, more={"type": "boolean"}),
        "Log": _object(origin=TEXT, size=whole, checkpoint=TEXT, key=TEXT, at=empty, tiles=TEXT),
    }


def docs(request: HttpRequest) -> HttpResponse:
    """The same for people: first call, addresses, errors."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    document = described()
    calls = [
        {"method": method.upper(), "path": BASE + path, "does": _half(it["summary"], language), "it": it}
        for path, methods in document["paths"].items()
        for method, it in methods.items()
        if method in ("get", "post")
    ]
    context = {
        "section": "data",
        "calls": calls,
        "statuses": [(status, words.get(language)) for status, words in STATUSES.items()],
        "base": request.build_absolute_uri(BASE),
        "mark": MARK,
    }
    return render(request, "api/docs.html", context)


def _half(words: str, language: str) -> str:
    chinese, _bar, english = words.partition(" / ")
    return english if language == "en" and english else chinese
