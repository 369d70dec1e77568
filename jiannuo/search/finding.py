"""Finding: `q` is found if the normalised text contains it, the same by definition on both databases."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, Protocol

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Func, Value
from django.db.models.fields import IntegerField

from .models import Text

Audience = Literal["public", "staff"]


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@lru_cache(maxsize=1)
def _to_simplified() -> _Converter:
    from opencc import OpenCC  # loads its dictionaries (about 0.1 s), so only when first searched

    converter: _Converter = OpenCC("t2s")
    return converter


def normalise(text: str) -> str:
    """NFKC (full-width to half-width), traditional to simplified, casefold, no white space.

    Idempotent. White space goes because Chinese names are typed with and without it.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    dense = "".join(unicodedata.normalize("NFKC", _to_simplified().convert(folded)).split())
    return unicodedata.normalize("NFKC", dense)  # an accent that stood after a space joins the letter before it


class _Position(Func):
    """1-based place of a text in a column, 0 if it is not there: instr on SQLite, strpos on PostgreSQL.

    Not LIKE: LIKE has wildcards to escape and folds ASCII case differently on the two databases.
    """

    function = "INSTR"
    output_field = IntegerField()

    def as_postgresql(self, compiler, connection, **extra):  # type: ignore[no-untyped-def]
        return super().as_sql(compiler, connection, function="STRPOS", **extra)


@dataclass(frozen=True)
class Hit:
    """One thing found. `title` is as written, not normalised."""

    ref: str
    kind: str
    title: str
    day: date | None
    body: str


def matching(
    q: str,
    *,
    audience: Audience,
    on: date,
    kinds: Sequence[str] | None = None,
    bodies: Collection[int] | None = None,
) -> QuerySet[Text]:
    """Rows that contain every word of `q` (words are divided by white space), newest first.

    The public finds only what is for the public and has not ended on `on`; staff find also what is for staff.
    bodies   ids of the bodies that the asking staff work on: what is for staff is found only about these
    """
    words = [word for word in (normalise(part) for part in q.split()) if word]
    if not words:
        return Text.objects.none()
    rows = Text.objects.all()
    for_all = Q(audience="public") & (Q(until__isnull=True) | Q(until__gt=on))
    if audience == "public":
        rows = rows.filter(for_all)
    elif bodies is not None:
        rows = rows.filter(for_all | Q(body__in=[f"body:{pk}" for pk in bodies]))
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    for number, word in enumerate(words):
        rows = rows.alias(**{f"at{number}": _Position(F("text"), Value(word))}).filter(**{f"at{number}__gt": 0})
    return rows.order_by(F("day").desc(nulls_last=True), "-id")


def find(
    q: str,
    *,
    audience: Audience = "public",
    on: date,
    kinds: Sequence[str] | None = None,
    bodies: Collection[int] | None = None,
    limit: int = 50,
) -> list[Hit]:
    """At most `limit` hits of `matching`."""
    return list(hits(matching(q, audience=audience, on=on, kinds=kinds, bodies=bodies)[:limit]))


def hits(rows: Iterable[Text]) -> Iterable[Hit]:
    for row in rows:
        yield Hit(row.ref, row.kind, row.title, row.day, row.body)
