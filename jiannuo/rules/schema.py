"""The shape of the rulebook: strict, so that a slip of a lawyer's pen is found before it is law."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Unfit(ValueError):
    """Why a value cannot be, in both languages; `key`: which of a row's fields it is about."""

    def __init__(self, zh: str, en: str, key: str = "") -> None:
        super().__init__(en)
        self.text, self.key = Text(zh=zh, en=en), key


def _decimal(value: object) -> object:
    if isinstance(value, float):
        raise Unfit("小数要加引号，否则 1.10 就成了 1.1", "quote decimal numbers, or 1.10 becomes 1.1")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return value
    try:
        return Decimal(value)
    except InvalidOperation:
        raise Unfit("不是数", "This is no number") from None


def _day(value: object) -> date:
    """A day as YAML reads it, or as text where it is kept so."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Unfit("不是日期（如 2017-05-22）", "This is no day (2017-05-22, say)") from None


Exact = Annotated[Decimal, BeforeValidator(_decimal)]
Day = Annotated[date, BeforeValidator(_day)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Text(Strict):
    """One text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Status(StrEnum):
    """How sure we are: read in the full text; seen in an excerpt or known; a default of ours without a legal source."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    PROPOSAL = "proposal"


def _member(kind: type[StrEnum]) -> BeforeValidator:
    """The member of this word, for a strict model does not look it up itself."""

    def of(value: object) -> object:
        words = list(kind)
        if value not in words:
            raise Unfit(f"应为其中之一：{'、'.join(words)}", f"This should be one of: {', '.join(words)}")
        return kind(str(value))

    return BeforeValidator(of)


StatusField = Annotated[Status, _member(Status)]


class Instrument(Strict):
    """A law, regulation, circular or plan. `number` is its 文号."""

    title: Text
    number: str = ""
    issuer: str = ""
    since: Day | None = None
    until: Day | None = None
    note: str = ""


class Cite(Strict):
    """Where it is written. `article` as a Chinese reader would cite it, without 第 and 条: "201", "二(二)"."""

    instrument: str
    article: str = ""


class Rule(Strict):
    """What every rule carries, whatever it rules."""

    title: Text
    cite: tuple[Cite, ...] = Field(default=(), strict=False)
    status: StatusField
    note: Text | None = None
    overrides: str = ""

    @model_validator(mode="after")
    def _cited(self) -> Rule:
        if not self.cite and self.status is not Status.PROPOSAL:
            raise ValueError("a rule that is no proposal of ours needs a citation (cite:)")
        return self


class Unit(StrEnum):
    WORKDAYS = "workdays"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


UnitField = Annotated[Unit, _member(Unit)]


class Amount(Strict):
    """A period, and from which date of the fact it holds."""

    amount: int = Field(ge=0)
    unit: UnitField
    since: Day | None = None
    until: Day | None = None
    cite: tuple[Cite, ...] = Field(default=(), strict=False)


class Example(Strict):
    """A worked example; it runs as a test."""

    start: date
    last_day: date
    why: str = ""


class TermRow(Rule):
    """A period. roll: its end moves past a holiday (民法典 203); a span of publicity does not.

    sanction   the sanction of a person whose period of effect this is
    """

    values: tuple[Amount, ...] = Field(min_length=1, strict=False)
    starts: Text
    roll: bool = True
    sanction: Text | None = None
    extend: Amount | None = None
    examples: tuple[Example, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _dates(self) -> TermRow:
        for before, after in zip(self.values, self.values[1:], strict=False):
            if before.until is None or after.since is None or before.until != after.since:
                raise ValueError("values follow each other without gap: until of one is since of the next")
        return self


class Source(Rule):
    """A source type of records: who decides such things about whom, and whether they may be public.

    organs    sorts of bodies that decide; organ_levels: of which level they must be (none named: any)
    subjects  about whom, as sort@level: department@province (none named: anyone)
    """

    kind: Literal["dishonesty", "honour"]
    organs: tuple[str, ...] = Field(min_length=1, strict=False)
    organ_levels: tuple[str, ...] = Field(default=(), strict=False)
    subjects: tuple[str, ...] = Field(default=(), strict=False)
    relation: Literal["any", "superior", "not_self"] = "not_self"
    personal_only: bool = False
    public: bool = True


class SeverityClass(Rule):
    """A class of dishonesty, with the least loss and the impacts that put a record into it."""

    loss_from: Exact | None = None
    impacts: tuple[str, ...] = Field(default=(), strict=False)
    min_term: str = ""
    max_term: str = ""
    published: bool = True


class Exception_(Rule):
    """A ground on which a record is not made public. stub: not even its text is kept."""

    stub: bool = False
    recheck: str = ""


class Remedy(Rule):
    """What a body of these kinds may do against a decision, as its notice must say."""

    subjects: tuple[str, ...] = Field(strict=False)
    text: Text


class Naming(Rule):
    """How bodies of a sort are written: as full names have it, in short, and as it was called before a reform.

    It serves to tell which body is meant, and never changes a registered name.
    """

    name: str = Field(min_length=2)
    short: tuple[str, ...] = Field(default=(), strict=False)
    formerly: tuple[str, ...] = Field(default=(), strict=False)


class Label(Strict):
    """A word or a prefix that a city sets: the name of its number series."""

    title: Text
    text: str = Field(min_length=1)
    overrides: str = ""


class Principle(Rule):
    """A rule of counting or conduct that no number expresses; `in_code` names the function that follows it."""

    text: Text
    in_code: str = ""


class CalendarFile(Strict):
    """Days that differ from the published calendar, or years not yet covered by it."""

    holidays: tuple[date, ...] = Field(default=(), strict=False)
    workdays: tuple[date, ...] = Field(default=(), strict=False)
    published: tuple[int, ...] = Field(default=(), strict=False)
