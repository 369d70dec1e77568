"""One way to say no: what was refused, what was found, what is allowed, and the article it rests on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from django.utils.functional import lazy
from django.utils.translation import get_language


class Refused(Exception):
    """A step or a row that may not be.

    Raised before the first write; the form, the API and the sheet all render it.

    code      stable machine word, dotted: "machine.wrong_state"
    message   what cannot be done, one sentence, in the reader's language (lazy)
    field     the field that is at fault, if one is
    found     what was handed in
    allowed   what would be accepted, or what can be done now
    article   the rule it rests on, as text ("政府信息公开条例第十七条"), or a rulebook key
    """

    def __init__(
        self,
        code: str,
        message: Any = "",
        *,
        field: str | None = None,
        found: Any = None,
        allowed: Any = None,
        article: Any = None,
    ) -> None:
        self.code, self.message, self.field = code, message, field
        self.found, self.allowed, self.article = found, allowed, article
        super().__init__(code)

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.message or self.code, self.allowed) if part)


class RefusedMany(Refused):
    """Several faults of one hand-in, so that a form can show all of them at once."""

    def __init__(self, faults: Sequence[Refused]) -> None:
        first = faults[0]
        super().__init__(
            first.code,
            first.message,
            field=first.field,
            found=first.found,
            allowed=first.allowed,
            article=first.article,
        )
        self.faults = list(faults)


class RefusedRows(RefusedMany):
    """Faults of several rows of one hand-in, by the row's place in it; nothing was written."""

    def __init__(self, rows: Mapping[int, Sequence[Refused]]) -> None:
        super().__init__(next(iter(rows.values())))
        self.rows = {place: list(faults) for place, faults in rows.items()}


class Stale(Refused):
    """The thing was moved or edited after the person opened it: nobody confirms what they did not read."""


class Stands(Refused):
    """What is to be entered stands already under the same natural key."""


class Bilingual(Protocol):
    """A text of the rulebook (rules.schema.Text)."""

    def get(self, language: str) -> str: ...


# Both are lazy: what is refused is rendered where it is read, and beside a row in both languages.
def _said(text: Bilingual) -> str:
    return text.get(get_language() or "zh")


def _listed(values: Sequence[Any]) -> str:
    return (", " if (get_language() or "").startswith("en") else "、").join(str(value) for value in values)


_said_lazily = lazy(_said, str)
_listed_lazily = lazy(_listed, str)


def said(text: Bilingual) -> Any:
    """A text of the rulebook in the reader's language."""
    return _said_lazily(text)


def listed(values: Iterable[Any]) -> Any:
    """What is found or allowed, several of them, in one line of the reader's language."""
    return _listed_lazily(tuple(values))
