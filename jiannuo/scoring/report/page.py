"""The page: every part once in each language; a switch of two buttons, no script. Prints the language that shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape

from jiannuo.rules.schema import Cite, Text
from jiannuo.scoring.exact.numbers import published
from jiannuo.scoring.overtaking import overtaking
from jiannuo.scoring.result import Result
from jiannuo.scoring.robust import Intervals
from jiannuo.scoring.scoring import Scored

from .look import STYLE
from .words import METHODS, WORDS

LANGUAGES = {"zh": "zh-Hans", "en": "en"}
SHOWN = 3  # strengths, weaknesses, ways to pass the next
EACH = 400  # units told one by one; beyond, the tables in the folder have them


def report(scored: Scored, intervals: Intervals | None = None) -> str:
    """The page as HTML."""
    title = scored.result.scheme.title
    switches = "".join(
        f'<input type="radio" name="language" id="{code}"{" checked" if code == "zh" else ""}>'
        f'<label for="{code}">{WORDS["language"].get(code)}</label>'
        for code in LANGUAGES
    )
    bodies = "".join(
        f'<main class="{code}" lang="{LANGUAGES[code]}">' + "".join(_Page(scored, intervals, code).parts()) + "</main>"
        for code in LANGUAGES
    )
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title.zh)} · {escape(title.en)}</title><style>{STYLE}</style></head>"
        f"<body>{switches}{bodies}</body></html>\n"
    )


class _Page:
    """One language's page."""

    def __init__(self, scored: Scored, intervals: Intervals | None, code: str) -> None:
        self.scored, self.intervals, self.code = scored, intervals, code
        self.result: Result = scored.result
        self.scheme = scored.result.scheme
        self.order = sorted(range(len(self.result.units)), key=lambda place: (self.result.ranks[place] or 10**9, place))
        self.grouped = any(unit.peer_group for unit in self.result.units)

    def say(self, name: str, **more: object) -> str:
        text = WORDS[name].get(self.code)
        return escape(text.format(**more) if more else text)

    def told(self, text: Text) -> str:
        return escape(text.get(self.code))

    def method(self, name: str) -> str:
        return escape(METHODS[name].get(self.code))

    def parts(self) -> Iterator[str]:
        yield f"<h1>{self.told(self.scheme.title)} <small>{escape(self.scheme.version)}</small></h1>"
        if self.scheme.status.value != "verified":
            yield f'<p class="flag">{self.say(self.scheme.status.value)}</p>'
        if self.scheme.note:
            yield f"<p>{self.told(self.scheme.note)}</p>"
        count, scored = len(self.order), sum(score is not None for score in self.result.index)
        named = self.scheme.units.title.get(self.code)
        summary = self.say("summary", units=count, of=named, scored=scored, short=count - scored)
        yield f"<p>{summary} {self.say('no_sanction')}</p>"
        yield f"<h2>{self.say('ranking')}</h2>"
        yield f"<p>{self.say('ranking_about' if self.intervals else 'no_intervals')}</p>"
        yield self.ranking()
        if self.intervals:
            yield from self.sure(self.intervals)
        yield f"<h2>{self.say('structure')}</h2><p>{self.say('structure_about')}</p>"
        yield self.structure()
        yield f"<h2>{self.say('dimensions')}</h2>{self.dimensions()}"
        yield f"<h2>{self.say('each')}</h2>"
        for place in self.order[:EACH]:
            yield self.unit(place)
        yield f"<h2>{self.say('how')}</h2><p>{self.say('steps')}</p><h3>{self.say('digests')}</h3>"
        rows = [(self.say("scheme"), f"<code>{self.scored.scheme_digest}</code>")]
        rows += [(escape(name), f"<code>{one}</code>") for name, one in sorted(self.scored.data_digests.items())]
        yield _table(None, rows)

    def ranking(self) -> str:
        head = [self.say("rank"), self.say("unit"), self.say("score")]
        head += [self.say("grade")] if self.scheme.grades else []
        head += [self.say("group"), self.say("in_group")] if self.grouped else []
        head += [self.say("interval"), ""] if self.intervals else []
        rows = []
        for place in self.order:
            unit, score = self.result.units[place], self.result.index[place]
            row = [str(self.result.ranks[place] or "–"), escape(unit.title)]
            row += [self.say("insufficient") if score is None else f"{score:f}"]
            row += [self.grade(place)] if self.scheme.grades else []
            row += [escape(unit.peer_group), str(self.result.ranks_in_group[place] or "–")] if self.grouped else []
            if self.intervals:
                row += self.interval(self.intervals, place)
            rows.append(row)
        return _table(head, rows, numbers=(0, 2))

    def grade(self, place: int) -> str:
        key = self.result.grades[place]
        title = next((self.told(grade.title) for grade in self.scheme.grades if grade.key == key), "")
        caps = self.result.capped.get(place, ())
        if not key or self.result.earned[place] == key:
            return title
        named = "；".join(self.scheme.caps[cap].title.get(self.code) for cap in caps)
        return f"{title} <small>{self.say('capped', caps=named, earned=self.result.earned[place])}</small>"

    def interval(self, intervals: Intervals, place: int) -> list[str]:
        one, rank = intervals.units[place], self.result.ranks[place]
        if one is None or rank is None:
            return ["–", ""]
        width = max(1, len(self.order))
        x1, x2, at = (100 * (value - 0.5) / width for value in (one.low, one.high, rank))
        chart = (
            '<svg class="line" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
            f'<line x1="{x1:.2f}" x2="{x2:.2f}" y1="4" y2="4"/>'
            f'<rect x="{at - 0.6:.2f}" y="1" width="1.2" height="6"/></svg>'
        )
        return [f"{one.low}–{one.high}", chart]

    def sure(self, intervals: Intervals) -> Iterator[str]:
        how = intervals.how
        share = f"{how.interval * 100:f}".rstrip("0").rstrip(".")
        yield f"<h2>{self.say('sure')}</h2>"
        yield f"<p>{self.say('sure_about', replicates=how.replicates, seed=how.seed, share=share)}</p>"
        varied = []
        if how.weights:
            varied.append(self.say("varied_weights", width=f"{how.weights * 100:f}".rstrip("0").rstrip(".")))
        lists = (
            ("varied_norm", [one.method for one in how.normalisations]),
            ("varied_mean", how.aggregations),
            ("varied_missing", how.missing),
        )
        for name, methods in lists:
            if methods:
                named = "、" if self.code == "zh" else ", "
                varied.append(self.say(name, list=named.join(METHODS[method].get(self.code) for method in methods)))
        if how.leave_out:
            varied.append(self.say("varied_out"))
        yield f"<p>{self.say('varied')}</p><ul>{''.join(f'<li>{one}</li>' for one in varied)}</ul>"

    def structure(self) -> str:
        head = [
            self.say(name)
            for name in ("indicator", "weight", "of_whole", "direction", "measured_in", "missing", "there", "basis")
        ]
        rows: list[Sequence[str]] = []

        def walk(key: str, depth: int, whole: Decimal) -> None:
            pad = f'<span style="padding-left:{depth}em"></span>'
            if key in self.scheme.dimensions:
                one = self.scheme.dimensions[key]
                row = [
                    f"{pad}<b>{self.told(one.title)}</b>",
                    f"{one.weight:f}",
                    _percent(whole),
                    self.method(one.aggregation),
                ]
                rows.append([*row, "", "", "", self.cited(one.cite)])
                total = sum((self.scheme.weight(part) for part in self.scheme.parts[key]), Decimal(0))
                for part in self.scheme.parts[key]:
                    walk(part, depth + 1, whole * self.scheme.weight(part) / total)
                return
            it = self.scheme.indicators[key]
            there = sum(x is not None for x in self.result.figures[key].denominated)
            row = [
                pad + self.told(it.title),
                f"{it.weight:f}",
                _percent(whole),
                self.say(it.direction),
                self.told(it.unit),
            ]
            rows.append(
                [*row, self.method(self.scheme.missing(key)), f"{there}/{len(self.order)}", self.cited(it.cite)]
            )

        walk(self.scheme.root, 0, Decimal(1))
        return _table(head, rows, numbers=(1, 2, 6))

    def cited(self, cites: Sequence[Cite]) -> str:
        found = []
        for cite in cites:
            title = self.told(self.scheme.instruments[cite.instrument].title)
            article = escape(cite.article)
            found.append(
                f"{title}{f'第{article}条' if self.code == 'zh' else f', art. {article}'}" if article else title
            )
        return "；".join(found)

    def dimensions(self) -> str:
        keys = [key for key in self.scheme.dimensions if key != self.scheme.root]
        if not keys:
            return f"<p>{self.say('none')}</p>"
        rows = []
        for place in self.order:
            scores = [self.result.published[key][place] for key in keys]
            rows.append([escape(self.result.units[place].title), *("–" if x is None else f"{x:f}" for x in scores)])
        head = [self.say("unit"), *(self.told(self.scheme.title_of(key)) for key in keys)]
        return _table(head, rows, numbers=range(1, len(keys) + 1))

    def unit(self, place: int) -> str:
        unit, score = self.result.units[place], self.result.index[place]
        shown = self.say("insufficient") if score is None else f"{score:f}"
        out = [f"<details><summary>{escape(unit.title)} · {shown}</summary>"]
        root = self.scheme.root
        if shares := self.result.shares(root, place):
            rows = [
                (
                    self.told(self.scheme.title_of(s.part)),
                    f"{published(s.score, self.scheme.digits):f}",
                    f"{s.brought:f}",
                )
                for s in shares
            ]
            head = [self.say("part"), self.say("score"), self.say("brought_points")]
            out.append(
                f"<h4>{self.say('brought')}</h4><p>{self.say(shares[0].basis)}</p>{_table(head, rows, numbers=(1, 2))}"
            )
        if self.result.points:
            out.append(f"<h4>{self.say('points')}</h4>{self.points(place)}")
        against = self.result.against_group(place)
        ahead = [one for one in against[:SHOWN] if one.ahead > 0]
        behind = [one for one in reversed(against[-SHOWN:]) if one.ahead < 0]
        for name, found in (("strengths", ahead), ("weaknesses", behind)):
            listed = [
                f"{self.told(self.scheme.title_of(one.indicator))}：{published(one.ahead, 1):+f}" for one in found
            ]
            out.append(f"<h4>{self.say(name)}</h4>{self.listed(listed)}")
        if score is not None and self.result.ranks[place] != 1:
            out.append(self.overtake(place))
        gaps = []
        for key, one in self.result.figures.items():
            if place in one.states:
                states = "，".join(self.say(f"state_{state}") for state in one.states[place].split("+"))
                gaps.append(f"{self.told(self.scheme.title_of(key))}：{states}")
        out.append(f"<h4>{self.say('gaps')}</h4>{self.listed(gaps)}</details>")
        return "".join(out)

    def listed(self, rows: Sequence[str]) -> str:
        return f"<ul>{''.join(f'<li>{row}</li>' for row in rows or [self.say('none')])}</ul>"

    def points(self, place: int) -> str:
        rows = []
        for key, column in self.result.points.items():
            one, points = self.scheme.adjustments[key], published(column[place] or Decimal(0), self.scheme.digits)
            rows.append(
                (self.told(one.title), f"{self.say(one.effect)} {points:f}", f"≤ {one.ceiling:f}", self.cited(one.cite))
            )
        return _table(None, rows)

    def overtake(self, place: int) -> str:
        found = overtaking(self.result, place, SHOWN)
        titles = {unit.code: unit.title for unit in self.result.units}
        if not found:
            return f"<p>{self.say('overtake_none')}</p>"
        listed = []
        for one in found:
            title = self.scheme.title_of(one.indicator).get(self.code)
            listed.append(self.say("overtake_one", indicator=title, rise=one.rise))
        return f"<h4>{self.say('overtake', rival=titles[found[0].rival])}</h4>{self.listed(listed)}"


def _table(head: Sequence[str] | None, rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    td = '<td class="n">'

    def cell(place: int, text: str) -> str:
        return f"{td if place in numbers else '<td>'}{text}</td>"

    th = ('<th scope="col">', '<th scope="col" class="n">')
    heads = "".join(f"{th[place in numbers]}{one}</th>" for place, one in enumerate(head or ()))
    top = f"<thead><tr>{heads}</tr></thead>" if head else ""
    body = "".join("<tr>" + "".join(cell(*pair) for pair in enumerate(row)) + "</tr>" for row in rows)
    return f'<div class="wide" tabindex="0"><table>{top}<tbody>{body}</tbody></table></div>'


def _percent(share: Decimal) -> str:
    return f"{published(share * 100, 2):f}%"
