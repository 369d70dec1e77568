"""Open data: the package of today, each of its tables with its dictionary, and the files themselves."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.safestring import SafeString

from jiannuo.exchange.opendata import Edition, File, Set, current
from jiannuo.exchange.opendata.columns import published_tables
from jiannuo.exchange.opendata.describing import KINDS, UNDECIDED, city, licence
from jiannuo.exchange.opendata.editions import ZIP, newest
from jiannuo.ledger.models import Entry
from jiannuo.rules.schema import Text
from jiannuo.tables import Table, both

PREVIEW = 20
RETRY = 300  # seconds
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "zip": "application/zip",
    "checkpoint": "text/plain; charset=utf-8",
}
# What each file beside the tables is for.
OTHER: dict[str, Text] = {
    "datapackage.json": both("数据包描述（Frictionless）", "descriptor of the package (Frictionless)"),
    "dictionary.md": both("数据字典", "dictionary"),
    "README.md": both("使用说明", "how to use it"),
    "checkpoint": both("制作时账本的签名状态", "signed state of the log when it was made"),
    "entities.ftm.json": both(
        "机构、职务和承继关系（FollowTheMoney）", "bodies, posts and successions (FollowTheMoney)"
    ),
}


@dataclass(frozen=True)
class Shown:
    """A table as the pages show it; `made` is None while there is no package."""

    table: Table
    made: Set | None


def overview(request: HttpRequest) -> HttpResponse:
    """All tables with their files, how to verify them, and under which terms they may be used."""
    edition = current(timezone.localdate())
    shown = _shown(edition)
    context = {
        "section": "data",
        "edition": edition,
        "is_ended": edition is None and newest() is not None,
        "shown": shown,
        "rows": sum(one.made.rows for one in shown if one.made),
        "whole": edition.file(ZIP) if edition else None,
        "other": [(OTHER[file.path], file) for file in edition.other if file.path in OTHER] if edition else [],
        "licence": licence(),
        "undecided": UNDECIDED if licence()["status"] == "proposal" else None,
        "noted": Entry.objects.filter(verb="opendata.published", leaf__isnull=False).order_by("-id").first(),
        "base": request.build_absolute_uri("/").rstrip("/"),
        "linked": _inline(_catalogue(request, edition, shown, schema_org=True)),
    }
    return render(request, "portal/data.html", context)


def table(request: HttpRequest, name: str) -> HttpResponse:
    """One table: its dictionary, its codes, its first rows."""
    edition = current(timezone.localdate())
    one = next((one for one in _shown(edition) if one.table.name == name), None)
    if one is None:
        raise Http404
    context = {
        "section": "data",
        "edition": edition,
        "one": one,
        "columns": [(column, KINDS[column.kind]) for column in one.table.columns],
        "codes": [(column, column.codes()) for column in one.table.columns if column.codes],
        "key": [one.table.by_name[column] for column in one.table.key],
        "preview": _preview(edition, one.made) if edition and one.made else [],
    }
    return render(request, "portal/data_table.html", context)


def file(request: HttpRequest, path: str) -> HttpResponse | FileResponse:
    """A file of the package of today. One that holds what has ended is not given out, whoever made it and when."""
    edition = current(timezone.localdate())
    found = edition.file(path) if edition else None
    if edition is not None and found is None:
        raise Http404
    if edition is not None and found is not None:
        try:
            return _file(request, edition, found)
        except FileNotFoundError:  # another took its place between two lines
            pass
    response = render(request, "portal/data_waiting.html", {"section": "data"}, status=503)
    response["Retry-After"] = str(RETRY)
    return response


def catalogue(request: HttpRequest) -> JsonResponse:
    """The same for machines that gather catalogues: DCAT as JSON-LD."""
    edition = current(timezone.localdate())
    linked = _catalogue(request, edition, _shown(edition), schema_org=False)
    return JsonResponse(linked, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False})


def _inline(linked: dict[str, Any]) -> SafeString:
    """As text that may stand between the marks of a script."""
    text = json.dumps(linked, ensure_ascii=False)
    return SafeString(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _shown(edition: Edition | None) -> list[Shown]:
    made = {one.name: one for one in edition.sets} if edition else {}
    return [Shown(table, made.get(name)) for name, table in published_tables().items()]


def _file(request: HttpRequest, edition: Edition, found: File) -> HttpResponse | FileResponse:
    etag = quote_etag(found.digest)
    if response := get_conditional_response(request, etag=etag):
        return response
    name = f"jiannuo-{edition.day.isoformat()}-{found.path.rpartition('/')[2]}"
    answer = FileResponse(
        edition.where(found).open("rb"),
        as_attachment=True,
        filename=name,
        content_type=MEDIA.get(found.path.rpartition(".")[2], "application/octet-stream"),
    )
    answer["ETag"] = etag
    answer["Cache-Control"] = "no-cache"  # kept, but asked for each time: what has ended is not served from a cache
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer


def _preview(edition: Edition, made: Set) -> list[dict[str, str]]:
    """The first rows as they stand in the file."""
    try:
        with edition.where(made.csv).open(encoding="utf-8-sig", newline="") as lines:
            return list(islice(csv.DictReader(lines), PREVIEW))
    except FileNotFoundError:
        return []


def _catalogue(
    request: HttpRequest, edition: Edition | None, shown: Iterable[Shown], *, schema_org: bool
) -> dict[str, Any]:
    """Catalogue, tables and files as linked data, in one of two vocabularies that say the same."""

    def at(name: str, *args: str) -> str:
        return request.build_absolute_uri(reverse(name, args=args))

    def words(text: Text) -> Any:
        if schema_org:
            return text.zh
        return [{"@value": text.zh, "@language": "zh-Hans"}, {"@value": text.en, "@language": "en"}]

    def file(one: File, media: str) -> dict[str, Any]:
        address = at("portal:data_file", one.path)
        if schema_org:
            return {"@type": "DataDownload", "contentUrl": address, "encodingFormat": media, "contentSize": one.size}
        check = {"@type": "spdx:Checksum", "spdx:algorithm": "spdx:checksumAlgorithm_sha256"}
        return {
            "@type": "dcat:Distribution",
            "dcat:downloadURL": {"@id": address},
            "dcat:mediaType": media,
            "dcat:byteSize": one.size,
            "spdx:checksum": {**check, "spdx:checksumValue": one.digest},
        }

    def data_set(one: Shown) -> dict[str, Any]:
        files = [file(one.made.csv, "text/csv"), file(one.made.parquet, MEDIA["parquet"])] if one.made else []
        page, day = at("portal:data_table", one.table.name), edition.day.isoformat() if edition else None
        said: dict[str, Any] = (
            {
                "@type": "Dataset",
                "@id": page,
                "url": page,
                "name": one.table.title.zh,
                "alternateName": one.table.title.en,
                "description": words(one.table.about),
                "distribution": files,
                "dateModified": day,
                "isAccessibleForFree": True,
            }
            if schema_org
            else {
                "@type": "dcat:Dataset",
                "@id": page,
                "dcterms:title": words(one.table.title),
                "dcterms:description": words(one.table.about),
                "dcat:distribution": files,
                "dcterms:modified": day,
            }
        )
        return {name: value for name, value in said.items() if value}

    title, sets = both("政务诚信开放数据", "Open data of government integrity"), [data_set(one) for one in shown]
    rights = licence()["title"]
    if schema_org:
        publisher = {"@type": "GovernmentOrganization", "name": city()}
        return {
            "@context": "https://schema.org",
            "@type": "DataCatalog",
            "name": title.zh,
            "url": at("portal:data"),
            "publisher": publisher,
            "usageInfo": rights,
            "dataset": sets,
        }
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dcterms": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "spdx": "http://spdx.org/rdf/terms#",
        },
        "@type": "dcat:Catalog",
        "@id": at("portal:data"),
        "dcterms:title": words(title),
        "dcterms:publisher": {"@type": "foaf:Organization", "foaf:name": city()},
        "dcterms:rights": rights,
        "dcat:dataset": sets,
    }
