"""The page: every part once in each language; a switch of two buttons, no script. Prints the language that shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape

from jiannuo.rules.schema import Cite, Text
from jiannuo.scoring.comparing import POINTS, SCHEME, Move
from jiannuo.scoring.exact.numbers import published
from jiannuo.scoring.overtaking import Overtaking, overtaking
from jiannuo.scoring.result import Result
from jiannuo.scoring.robust import Intervals
from jiannuo.scoring.scoring import Scored

from .look import STYLE, interval, share, table
from .methods import made, plain, usually
from .words import METHODS, WORDS

LANGUAGES = {"zh": "zh-Hans", "en": "en"}
SHOWN = 3  # strengths, weaknesses, ways to pass the next, causes of a move
EACH = 400  # units told one by one; beyond, the tables in the folder have them


def report(scored: Scored, intervals: Intervals | None = None, moves: Sequence[Move] | None = None) -> str:
    """The page as HTML."""
    result, title = scored.result, scored.result.scheme.title
    order = sorted(range(len(result.units)), key=lambda place: (result.ranks[place] or 10**9, place))
    ways = {place: overtaking(result, place, SHOWN) for place in order[:EACH]}
    switches = "".join(
        f'<input type="radio" name="language" id="{code}"{" checked" if code == "zh" else ""}>'
        f'<label for="{code}">{WORDS["language"].get(code)}</label>'
        for code in LANGUAGES
    )
    bodies = "".join(
        f'<main class="{code}" lang="{language}">'
        + "".join(_Page(scored, intervals, moves, order, ways, code).parts())
        + "</main>"
        for code, language in LANGUAGES.items()
    )
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title.zh)} · {escape(title.en)}</title><style>{STYLE}</style></head>"
        f'<body><header><div role="radiogroup" aria-label="语言 Language">{switches}</div></header>'
        f"{bodies}</body></html>\n"
    )


class _Page:
    """One language's page."""

    def __init__(
        self,
        scored: Scored,
        intervals: Intervals | None,
        moves: Sequence[Move] | None,
        order: Sequence[int],
        ways: Mapping[int, Sequence[Overtaking]],
        code: str,
    ) -> None:
        self.scored, self.intervals, self.moves, self.code = scored, intervals, moves, code
        self.result: Result = scored.result
        self.scheme = scored.result.scheme
        self.order, self.ways = order, ways
        self.titles = {unit.code: unit.title for unit in self.result.units}
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
        if self.moves:
            yield f"<h2>{self.say('moves')}</h2><p>{self.say('moves_about')}</p>{self.moved(self.moves)}"
        yield f"<h2>{self.say('structure')}</h2><p>{self.say('structure_about')}</p>{self.structure()}"
        yield f"<h2>{self.say('dimensions')}</h2>{self.dimensions()}"
        yield f"<h2>{self.say('each')}</h2>"
        if len(self.order) > EACH:
            yield f"<p>{self.say('each_about', shown=EACH)}</p>"
        for place in self.order[:EACH]:
            yield self.unit(place)
        yield f"<h2>{self.say('how')}</h2><p>{self.say('steps')}</p><h3>{self.say('digests')}</h3>"
        rows = [(self.say("scheme"), f"<code>{self.scored.scheme_digest}</code>")]
        rows += [(escape(name), f"<code>{one}</code>") for name, one in sorted(self.scored.data_digests.items())]
        yield table(None, rows)

    def named(self, place: int) -> str:
        """A unit's title, as the link to what is said of it below."""
        title = escape(self.result.units[place].title)
        return f'<a href="#{self.code}-{place}">{title}</a>' if place in self.ways else title

    def ranking(self) -> str:
        head = [self.say("rank"), self.say("unit"), self.say("score")]
        head += [self.say("interval")] if self.intervals else []
        head += [self.say("grade")] if self.scheme.grades else []
        head += [self.say("group"), self.say("in_group")] if self.grouped else []
        rows = []
        for place in self.order:
            unit, score, rank = self.result.units[place], self.result.index[place], self.result.ranks[place]
            row = [str(rank or "–"), self.named(place)]
            row += [self.say("insufficient") if score is None else f"{score:f}"]
            if self.intervals:
                one = self.intervals.units[place]
                row += ["–" if one is None or rank is None else interval(one.low, one.high, rank, len(self.order))]
            row += [self.grade(place)] if self.scheme.grades else []
            row += [escape(unit.peer_group), str(self.result.ranks_in_group[place] or "–")] if self.grouped else []
            rows.append(row)
        right = {self.say(name) for name in ("rank", "score", "in_group")}
        return table(head, rows, numbers=[n for n, name in enumerate(head) if name in right], header=1)

    def grade(self, place: int) -> str:
        key = self.result.grades[place]
        title = next((self.told(grade.title) for grade in self.scheme.grades if grade.key == key), "")
        caps = self.result.capped.get(place, ())
        if not key or self.result.earned[place] == key:
            return title
        named = "；".join(self.scheme.caps[cap].title.get(self.code) for cap in caps)
        return f"{title} <small>{self.say('capped', caps=named, earned=self.result.earned[place])}</small>"

    def sure(self, intervals: Intervals) -> Iterator[str]:
        how = intervals.how
        percent = plain(how.interval * 100)
        yield f"<h2>{self.say('sure')}</h2>"
        yield f"<p>{self.say('sure_about', replicates=how.replicates, seed=how.seed, share=percent)}</p>"
        varied = []
        if how.weights:
            varied.append(self.say("varied_weights", width=plain(how.weights * 100)))
        lists = (
            ("varied_norm", [one.method for one in how.normalisations]),
            ("varied_mean", how.aggregations),
            ("varied_missing", how.missing),
        )
        for name, methods in lists:
            if methods:
                comma = "、" if self.code == "zh" else ", "
                varied.append(self.say(name, list=comma.join(METHODS[method].get(self.code) for method in methods)))
        if how.leave_out:
            varied.append(self.say("varied_out"))
        yield f"<p>{self.say('varied')}</p>{self.listed(varied)}"

    def moved(self, moves: Sequence[Move]) -> str:
        """Who moved most first; those that stayed are left to moves.csv."""
        rows = []
        for move in sorted(moves, key=_stir)[:EACH]:
            before, after = move.score_before, move.score_after
            if before is None or after is None:
                came = "" if before is after else self.say("came" if before is None else "left")
                if came:
                    rows.append([escape(move.unit.title), came, "", ""])
            elif before != after or move.climbed:
                ranks = f"{move.rank_before} → {move.rank_after}"
                rows.append([escape(move.unit.title), ranks, f"{after - before:+f}", self.causes(move)])
        if not rows:
            return f"<p>{self.say('none')}</p>"
        head = [self.say(name) for name in ("unit", "climbed", "difference", "causes")]
        return table(head, rows, numbers=(1, 2), header=0)

    def causes(self, move: Move) -> str:
        named = {SCHEME: self.say("cause_scheme"), POINTS: self.say("cause_points")}
        found = sorted(move.causes.items(), key=lambda pair: -abs(pair[1]))
        shown = found if len(found) == SHOWN + 1 else found[:SHOWN]  # "1 other" says less than its name
        told = [f"{named.get(key) or self.told(self.scheme.title_of(key))} {value:+f}" for key, value in shown]
        if rest := found[len(shown) :]:
            told.append(self.say("others", count=len(rest), sum=f"{sum(value for _, value in rest):+f}"))
        return "；".join(told) if self.code == "zh" else "; ".join(told)

    def structure(self) -> str:
        rows: list[Sequence[str]] = []
        usual = usually(self.scheme, self.code)
        cited = any(one.cite for group in (self.scheme.dimensions, self.scheme.indicators) for one in group.values())

        def row(key: str, depth: int, whole: Decimal, how: str, there: str, cite: Sequence[Cite]) -> None:
            title = self.told(self.scheme.title_of(key))
            title = f"<b>{title}</b>" if key in self.scheme.dimensions else title
            cells = [
                f'<span class="depth" style="--d:{depth}">{title}<small>{how}</small></span>',
                plain(self.scheme.weight(key)),
                share(whole, f"{published(whole * 100, 2):f}%"),
                there,
            ]
            rows.append([*cells, *([self.cited(cite)] if cited else [])])

        def walk(key: str, depth: int, whole: Decimal) -> None:
            if key in self.scheme.indicators:
                there = sum(x is not None for x in self.result.figures[key].denominated)
                steps = [step for step in made(self.result, key, self.code) if step != usual]
                how = escape(("；" if self.code == "zh" else "; ").join(steps))
                row(key, depth, whole, how, f"{there}/{len(self.order)}", self.scheme.indicators[key].cite)
                return
            one = self.scheme.dimensions[key]
            row(key, depth, whole, self.method(one.aggregation), "", one.cite)
            total = sum((self.scheme.weight(part) for part in self.scheme.parts[key]), Decimal(0))
            for part in self.scheme.parts[key]:
                walk(part, depth + 1, whole * self.scheme.weight(part) / total)

        walk(self.scheme.root, 0, Decimal(1))
        head = [self.say(name) for name in ("made", "weight", "of_whole", "there")]
        told = f"<p>{self.say('usual', how=usual)}</p>" if usual else ""
        return told + table([*head, *([self.say("basis")] if cited else [])], rows, numbers=(1, 2, 3), header=0)

    def cited(self, cites: Sequence[Cite]) -> str:
        found = []
        for cite in cites:
            title = self.told(self.scheme.instruments[cite.instrument].title)
            article = escape(cite.article)
            named = f"{title}第{article}条" if self.code == "zh" else f"{title}, art. {article}"
            found.append(named if article else title)
        return "；".join(found)

    def dimensions(self) -> str:
        keys = [key for key in self.scheme.dimensions if key != self.scheme.root]
        if not keys:
            return f"<p>{self.say('none')}</p>"
        known = [x for key in keys for x in self.result.published[key] if x is not None]
        low, high = min([Decimal(0), *known]), max([Decimal(0), *known])
        rows = []
        for place in self.order:
            scores = [self.result.published[key][place] for key in keys]
            cells = ["–" if x is None else share((x - low) / ((high - low) or 1), f"{x:f}") for x in scores]
            rows.append([self.named(place), *cells])
        head = [self.say("unit"), *(self.told(self.scheme.title_of(key)) for key in keys)]
        return table(head, rows, numbers=range(1, len(keys) + 1), header=0)

    def unit(self, place: int) -> str:
        unit, score = self.result.units[place], self.result.index[place]
        shown = self.say("insufficient") if score is None else f"{score:f}"
        rank = f"{self.result.ranks[place]}. " if self.result.ranks[place] else ""
        out = [f"<details><summary>{rank}{escape(unit.title)} · {shown}</summary>"]
        out.append(f'<div id="{self.code}-{place}">{self.brought(place)}')
        if self.result.points:
            out.append(f"<h3>{self.say('points')}</h3>{self.points(place)}")
        against = self.result.against_group(place)
        ahead = [one for one in against[:SHOWN] if one.ahead > 0]
        behind = [one for one in reversed(against[-SHOWN:]) if one.ahead < 0]
        colon = "：" if self.code == "zh" else ": "
        for name, found in (("strengths", ahead), ("weaknesses", behind)):
            listed = [
                f"{self.told(self.scheme.title_of(one.indicator))}{colon}{published(one.ahead, self.scheme.digits):+f}"
                for one in found
            ]
            out.append(f"<h3>{self.say(name)}</h3>{self.listed(listed)}")
        if score is not None and self.result.ranks[place] != 1:
            out.append(self.overtake(self.ways[place]))
        gaps = []
        for key, one in self.result.figures.items():
            if place in one.states:
                states = "，".join(self.say(f"state_{state}") for state in one.states[place].split("+"))
                gaps.append(f"{self.told(self.scheme.title_of(key))}{colon}{states}")
        out.append(f"<h3>{self.say('gaps')}</h3>{self.listed(gaps)}</div></details>")
        return "".join(out)

    def brought(self, place: int) -> str:
        shares = self.result.shares(self.scheme.root, place)
        if not shares:
            return ""
        digits, most = self.scheme.digits, max(abs(one.brought) for one in shares) or Decimal(1)
        rows = [
            (
                self.told(self.scheme.title_of(one.part)),
                f"{published(one.score, digits):f}",
                share(abs(one.brought) / most, f"{one.brought:f}"),
            )
            for one in shares
        ]
        head = [self.say("part"), self.say("score"), self.say("brought_points")]
        about = f"<h3>{self.say('brought')}</h3><p>{self.say(shares[0].basis)}</p>"
        return about + table(head, rows, numbers=(1, 2), header=0)

    def listed(self, rows: Sequence[str]) -> str:
        return f"<ul>{''.join(f'<li>{row}</li>' for row in rows or [self.say('none')])}</ul>"

    def points(self, place: int) -> str:
        rows = []
        for key, column in self.result.points.items():
            one, points = self.scheme.adjustments[key], published(column[place] or Decimal(0), self.scheme.digits)
            ceiling = f"≤ {plain(one.ceiling)}"
            rows.append((self.told(one.title), f"{self.say(one.effect)} {points:f}", ceiling, self.cited(one.cite)))
        return table(None, rows)

    def overtake(self, found: Sequence[Overtaking]) -> str:
        if not found:
            return f"<p>{self.say('overtake_none')}</p>"
        listed = []
        for one in found:
            title = self.scheme.title_of(one.indicator).get(self.code)
            listed.append(self.say("overtake_one", indicator=title, rise=one.rise))
        return f"<h3>{self.say('overtake', rival=self.titles[found[0].rival])}</h3>{self.listed(listed)}"


def _stir(move: Move) -> tuple[int, Decimal, str]:
    """Most moved first, in ranks, then in points."""
    zero = Decimal(0)
    return -abs(move.climbed or 0), -abs((move.score_after or zero) - (move.score_before or zero)), move.unit.code
