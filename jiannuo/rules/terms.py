"""From this date, under this term: the last day, and why."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta

from .calendar import DAY, Calendar
from .schema import Amount, Cite, Status, TermRow, Text, Unit

UNITS = {
    Unit.WORKDAYS: Text(zh="个工作日", en="working days"),
    Unit.DAYS: Text(zh="日", en="days"),
    Unit.MONTHS: Text(zh="个月", en="months"),
    Unit.YEARS: Text(zh="年", en="years"),
}


class NoValue(LookupError):
    """The term has no value for the date of the fact."""


@dataclass(frozen=True)
class Deadline:
    """The last day on which it is still in time, and how it was counted."""

    start: date
    last_day: date
    value: Amount
    why: tuple[Text, ...]
    provisional: bool
    status: Status
    cite: tuple[Cite, ...]
    key: str


@dataclass(frozen=True)
class Term:
    """A term of the rulebook bound to the calendar it counts by."""

    key: str
    row: TermRow
    calendar: Calendar

    @property
    def title(self) -> Text:
        return self.row.title

    @property
    def status(self) -> Status:
        return self.row.status

    @property
    def cite(self) -> tuple[Cite, ...]:
        return self.row.cite

    def value(self, fact: date) -> Amount:
        """The amount that holds for a fact of this date. Raises NoValue."""
        for value in self.row.values:
            if (value.since is None or value.since <= fact) and (value.until is None or fact < value.until):
                return value
        raise NoValue(f"{self.key} has no value for {fact}")

    def deadline(self, start: date, *, fact: date | None = None) -> Deadline:
        """The last day of the term that starts on `start`; `fact` (default: start) decides which value applies."""
        value = self.value(fact or start)
        last, why = count(start, value, self.calendar, roll=self.row.roll)
        return Deadline(
            start,
            last,
            value,
            tuple(why),
            any(self.calendar.is_provisional(day) for day in (start, last)),
            self.status,
            value.cite or self.cite,
            self.key,
        )


def count(start: date, value: Amount, calendar: Calendar, *, roll: bool = True) -> tuple[date, list[Text]]:
    """The last day of the period and the reasons, sentence by sentence (民法典 201–203)."""
    unit = UNITS[value.unit]
    why = [
        Text(
            zh=f"{start} 开始，开始的当日不计入；期限 {value.amount} {unit.zh}。",
            en=f"It starts on {start}, a day that is not counted; the period is {value.amount} {unit.en}.",
        )
    ]
    if value.unit is Unit.WORKDAYS:
        last = calendar.add_workdays(start, value.amount)
        why += _skipped(start, last, calendar)
        why.append(Text(zh=f"第 {value.amount} 个工作日是 {last}。", en=f"Working day {value.amount} is {last}."))
        return last, why
    if value.unit is Unit.DAYS:
        last = start + timedelta(days=value.amount)
        why.append(
            Text(
                zh=f"按自然日计，第 {value.amount} 日是 {last}。",
                en=f"Counting every day, day {value.amount} is {last}.",
            )
        )
    else:
        last = add_months(start, value.amount * (12 if value.unit is Unit.YEARS else 1))
        if last.day == start.day:
            why.append(Text(zh=f"到期月的对应日是 {last}。", en=f"The corresponding day is {last}."))
        else:
            why.append(
                Text(
                    zh=f"到期月没有对应日，以月末日 {last} 为准。",
                    en=f"There is no corresponding day; the month ends on {last}.",
                )
            )
    rolled = calendar.next_workday(last) if roll else last
    if rolled != last:
        why.append(
            Text(
                zh=f"{last} 是法定休假日，顺延到下一个工作日 {rolled}。",
                en=f"{last} is a day off; the period ends on the next working day, {rolled}.",
            )
        )
    return rolled, why


def add_months(start: date, amount: int) -> date:
    """The corresponding day `amount` months later, or the last day of that month (民法典 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + amount, 12)
    return date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))


def _skipped(start: date, last: date, calendar: Calendar) -> list[Text]:
    days = [start + DAY * n for n in range(1, (last - start).days + 1)]
    off = [day for day in days if not calendar.is_workday(day)]
    makeup = [day for day in days if calendar.is_makeup(day)]
    why = []
    if off:
        why.append(Text(zh=f"跳过休息日和节假日：{_spans(off)}。", en=f"Days off passed over: {_spans(off)}."))
    if makeup:
        why.append(
            Text(zh=f"调休上班日照计：{_spans(makeup)}。", en=f"Make-up working days counted: {_spans(makeup)}.")
        )
    return why


def _spans(days: list[date]) -> str:
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][-1] == DAY:
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(f"{s[0]:%m-%d}" if len(s) == 1 else f"{s[0]:%m-%d} – {s[-1]:%m-%d}" for s in spans)
