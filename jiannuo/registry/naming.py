"""Names of public bodies as people write them: where the body lies, and what it is called there. No database.

A name is places, from the top down, and a tail: 辽宁省|本溪市|平山区 + 教育局. A tail has variants: what it is called
for short, and what it was called before a reform (rulebook/naming.yaml). Found is what agrees in place and in a variant
of the tail. What no variant fits may be a slip of the pen: then the nearest tails of the same place are candidates, and
never certain. A place that was named is a veto: no body of another place is ever a candidate.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from jiannuo.rules.schema import Text

_STATE = "中华人民共和国"
# What a place is called without: 平山区 is said as 平山. Longest first.
_SUFFIX = re.compile(r"(?:[^市区县]{1,6}族自治[区州县旗]|自治[区州县旗]|地区|[省市区县旗盟镇乡]|街道)$")
_LEVEL_WORDS = "省市区县镇乡"
_FILLERS = re.compile("[和与及]")
_MARKS = re.compile(r"[\W_]+")
LONGEST_PLACE = 15
PARSES = 8
FAR = 9  # further off than any slip


class Why(StrEnum):
    """How a written name and a body came together."""

    SAME = "same"
    SHORT = "short"
    ALIAS = "alias"
    OLD = "old"
    USAGE = "usage"
    REFORM = "reform"
    NEAR = "near"
    ONLY = "only"
    SLIP = "slip"


REASONS: Mapping[Why, Text] = {
    Why.SAME: Text(zh="名称相同", en="the same name"),
    Why.SHORT: Text(zh="登记的简称", en="its registered short name"),
    Why.ALIAS: Text(zh="登记的别称", en="a registered alias"),
    Why.OLD: Text(zh="曾用名", en="a former name"),
    Why.USAGE: Text(zh="通常的简称", en="the usual short form"),
    Why.REFORM: Text(zh="机构改革前的名称", en="its name before a reform"),
    Why.NEAR: Text(zh="未写地名，按报送单位所在地", en="no place was written: the one of whoever hands in"),
    Why.ONLY: Text(zh="只有这一家叫这个名称", en="the only one of this name"),
    Why.SLIP: Text(zh="只差一两个字", en="differs in a character or two"),
}


REGISTERED = (Why.SAME, Why.SHORT, Why.ALIAS)


@dataclass(frozen=True)
class Place:
    """A division: `parent` is the key of the one above."""

    key: int
    name: str
    parent: int | None = None


@dataclass(frozen=True)
class Named:
    """A body: where it lies, and each of its names with what sort of name it is (SAME: the full name of today)."""

    key: int
    place: int
    names: Sequence[tuple[str, Why]]
    ended: bool = False


@dataclass(frozen=True)
class Usage:
    """What stands in full names, and what people write in its place; `why`: USAGE or REFORM."""

    name: str
    written: str
    why: Why


@dataclass(frozen=True)
class Candidate:
    """A body that may be meant, and why."""

    key: int
    why: tuple[Why, ...]


@dataclass(frozen=True)
class Resolution:
    """What one written name names.

    sure        one body, by its name, a registered or usual form of it: nothing was guessed
    candidates  best first; with `sure` there is one. One that is not sure differs in a character or two
    vetoed      places were named that exclude each other
    """

    name: str
    candidates: tuple[Candidate, ...] = ()
    sure: bool = False
    vetoed: bool = False

    @property
    def best(self) -> int | None:
        """The one body that is meant, sure or not; None where there is none or several are as near."""
        return self.candidates[0].key if len(self.candidates) == 1 else None


@dataclass
class _Parse:
    """One way of reading a name: the places it may lie in (None: none named), and the tail."""

    places: frozenset[int] | None
    tail: str
    why: tuple[Why, ...] = ()
    briefly: bool = False


@dataclass
class Index:
    """Bodies, by place and variant of the tail. Build once, ask often.

    normalise   folds widths and traditional characters
    """

    places: Sequence[Place]
    bodies: Sequence[Named]
    usages: Sequence[Usage]
    normalise: Callable[[str], str]
    _chain: dict[int, tuple[int, ...]] = field(init=False, repr=False)
    _forms: dict[int, tuple[str, ...]] = field(init=False, repr=False)
    _called: dict[str, set[int]] = field(init=False, repr=False)
    _briefly: dict[str, set[int]] = field(init=False, repr=False)
    _at: dict[int, dict[str, dict[int, Why]]] = field(init=False, repr=False)
    _tails: dict[str, dict[int, Why]] = field(init=False, repr=False)
    _whole: dict[int, list[tuple[str, int]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._name = {place.key: self.fold(place.name) for place in self.places}
        above = {place.key: place.parent for place in self.places}
        self._chain = {}
        for key in self._name:
            chain, at = [key], above[key]
            while at is not None and at not in chain:
                chain.append(at)
                at = above.get(at)
            self._chain[key] = tuple(reversed(chain))
        self._forms = {
            key: tuple("".join(self._name[one] for one in chain[start:]) for start in range(len(chain)))
            for key, chain in self._chain.items()
        }
        self._called, self._briefly = defaultdict(set), defaultdict(set)
        for key, name in self._name.items():
            self._called[name].add(key)
            if (brief := _SUFFIX.sub("", name)) != name and len(brief) >= 2:
                self._briefly[brief].add(key)
        self._usages = [Usage(self.fold(one.name), self.fold(one.written), one.why) for one in self.usages]
        self._at, self._tails = defaultdict(lambda: defaultdict(dict)), defaultdict(dict)
        self._whole = defaultdict(list)
        self._where = {body.key: body.place for body in self.bodies}
        self._ended = {body.key for body in self.bodies if body.ended}
        for body in self.bodies:
            tails = [(self._tails_of(self.fold(name), body.place), why) for name, why in body.names]
            self._whole[body.place] += [(some[0], body.key) for some, _why in tails]
            # What is registered goes before what is usual.
            said = [(tail, why) for some, why in tails for tail in some]
            for text, why in [*said, *(usual for tail, _why in said for usual in self._written(tail))]:
                self._at[body.place][text].setdefault(body.key, why)
                self._tails[text].setdefault(body.key, why)

    def fold(self, name: str) -> str:
        """As names are compared: one width, one sort of characters, no marks, no name of the state before it."""
        return _MARKS.sub("", self.normalise(name)).removeprefix(_STATE)

    def resolve(self, names: Iterable[str], near: int | None = None) -> list[Resolution]:
        """What each names; `near`: the place that a name without one is understood in."""
        out: dict[str, Resolution] = {}
        names = list(names)
        for name in names:
            if name not in out:
                out[name] = self._resolve(name, near)
        return [out[name] for name in names]

    def within(self, place: int, upper: int) -> bool:
        return upper in self._chain.get(place, ())

    # -- building

    def _tails_of(self, name: str, place: int) -> list[str]:
        """What follows the names of the places that the body lies in; of 市发改委 also what follows the level."""
        chain = list(self._chain.get(place, ()))
        while chain:
            # Full names first: in 吉林省吉林市 the brief 吉林 is both.
            forms = [(at, self._name[key]) for at, key in enumerate(chain)]
            forms += [(at, brief) for at, name_ in forms if len(brief := _SUFFIX.sub("", name_)) >= 2]
            met = next(((at, f) for at, f in forms if name.startswith(f) and len(name) > len(f) + 1), None)
            if met is None:
                break
            chain, name = chain[met[0] + 1 :], name.removeprefix(met[1])
        if place in self._name and name[:1] in _LEVEL_WORDS and self._name[place].endswith(name[0]) and len(name) > 2:
            return [name, name[1:]]
        return [name]

    def _written(self, tail: str) -> Iterator[tuple[str, Why]]:
        """What people write for it."""
        yield _FILLERS.sub("", tail), Why.USAGE
        for one in self._usages:
            if one.name in tail:
                written = tail.replace(one.name, one.written)
                yield written, one.why
                yield _FILLERS.sub("", written), one.why

    # -- asking

    def _resolve(self, name: str, near: int | None) -> Resolution:
        text = self.fold(name)
        parses = list(self._parses(text, near))
        for parse in parses:
            found = self._exactly(parse, near)
            if found:
                return self._told(name, found, near)
        if any(parse.places and not parse.briefly and self._contradicts(parse) for parse in parses[:1]):
            return Resolution(name, vetoed=True)
        slips: dict[int, float] = {}
        for parse in sorted(parses, key=lambda parse: parse.briefly):
            self._nearly(parse, near, slips)
            if min(slips.values(), default=FAR) <= 1:
                break
        least = min(slips.values(), default=FAR)
        best = [key for key, apart in slips.items() if apart == least]
        best = [key for key in best if near is None or self._is_near(self._where[key], near)] or best
        best = [key for key in best if key not in self._ended] or best
        return Resolution(name, tuple(Candidate(key, (Why.SLIP,)) for key in sorted(best)))

    def _parses(self, text: str, near: int | None) -> Iterator[_Parse]:
        """Ways of reading it, the most places first."""
        seen: set[tuple[frozenset[int] | None, str]] = set()
        for places, tail, full in sorted(self._walk(text, None, 0), key=lambda one: (len(one[1]), -one[2])):
            if (places, tail) in seen or len(seen) == PARSES:
                continue
            seen.add((places, tail))
            if places is not None:
                yield _Parse(places, tail, briefly=full < len(text) - len(tail))
                continue
            if near is not None and tail[:1] in _LEVEL_WORDS and len(tail) > 2:
                level = next((key for key in reversed(self._chain[near]) if self._name[key].endswith(tail[0])), None)
                if level is not None:
                    yield _Parse(frozenset({level}), tail[1:], (Why.NEAR,))
            yield _Parse(None, tail)

    def _walk(
        self, text: str, upper: frozenset[int] | None, full: int
    ) -> Iterator[tuple[frozenset[int] | None, str, int]]:
        """(places, tail, how many characters were full names of places)."""
        yield upper, text, full
        for length in range(min(LONGEST_PLACE, len(text) - 2), 1, -1):
            head = text[:length]
            for forms, weight in ((self._called, length), (self._briefly, 0)):
                keys = forms.get(head)
                if keys:
                    below = frozenset(k for k in keys if upper is None or any(u in self._chain[k][:-1] for u in upper))
                    if below:
                        yield from self._walk(text[length:], below, full + weight)

    def _exactly(self, parse: _Parse, near: int | None) -> dict[int, tuple[Why, ...]]:
        """Bodies of the places with such a tail."""
        tails = (_FILLERS.sub("", parse.tail), parse.tail)  # what is written so goes before what is so without fillers
        if parse.places is not None:
            return {
                key: (why, *parse.why)
                for place in parse.places
                for tail in tails
                if place in self._at
                for key, why in self._at[place].get(tail, {}).items()
            }
        if near is not None and near in self._at:
            here = {key: why for tail in tails for key, why in self._at[near].get(tail, {}).items()}
            if here:
                return {key: (why, Why.NEAR) for key, why in here.items()}
        return {key: (why, Why.ONLY) for tail in tails for key, why in self._tails.get(tail, {}).items()}

    def _told(self, name: str, found: Mapping[int, tuple[Why, ...]], near: int | None) -> Resolution:
        """One body is meant if one is left: of those near, of those so registered, of those that exist."""
        here = [key for key in found if near is None or self._is_near(self._where[key], near)]
        keys = here or list(found)
        keys = [key for key in keys if found[key][0] in REGISTERED] or keys
        keys = [key for key in keys if key not in self._ended] or keys
        guessed = Why.ONLY in found[keys[0]] and not here
        return Resolution(name, tuple(Candidate(key, found[key]) for key in keys), len(keys) == 1 and not guessed)

    def _is_near(self, place: int, near: int) -> bool:
        return self.within(place, near) or self.within(near, place)

    def _contradicts(self, parse: _Parse) -> bool:
        """Another place of full name follows that does not lie in those named: 沈阳市平山区."""
        return any(
            parse.tail[:length] in self._called for length in range(min(LONGEST_PLACE, len(parse.tail) - 2), 2, -1)
        )

    def _nearly(self, parse: _Parse, near: int | None, slips: dict[int, float]) -> None:
        """Note bodies that differ in a character or two, and by how much: in the tail, in the place, or between both.

        A place that was named briefly may itself be chance: what was read through it counts as a little further off.
        """
        extra = 0.5 if parse.briefly else 0.0
        named = parse.places if parse.places is not None else frozenset({near} if near is not None else ())
        if parse.places is not None or len(parse.tail) > 2:
            for place in named & self._at.keys():
                for tail, keys in self._at[place].items():
                    _note(slips, keys, _apart(parse.tail, tail) + extra)
        for cut in range(1, len(parse.tail) - 1):
            bodies = self._tails.get(parse.tail[cut:])
            if bodies:
                head = parse.tail[:cut]
                places = {self._where[key] for key in bodies}
                apart = {place: self._head_apart(head, place, parse.places) for place in places}
                for key in bodies:
                    _note(slips, (key,), apart[self._where[key]] + extra)
        if parse.places is not None and not slips:
            for place, whole in self._whole.items():
                for head in self._heads(place, parse.places):
                    for tail, key in whole:
                        if abs(len(head) + len(tail) - len(parse.tail)) <= 2:
                            _note(slips, (key,), _apart(parse.tail, head + tail) + extra)

    def _head_apart(self, head: str, place: int, named: frozenset[int] | None) -> int:
        return min((_apart(head, form) for form in self._heads(place, named)), default=FAR)

    def _heads(self, place: int, named: frozenset[int] | None) -> Sequence[str]:
        """How the place may be written before a tail: with more or fewer of the places above it, below those named."""
        forms = self._forms[place]
        if named is None:
            return forms
        chain = self._chain[place]
        for at, key in enumerate(chain):
            if key in named:
                return forms[at + 1 :]
        return ()


def _apart(typed: str, meant: str) -> int:
    """Characters typed wrong, left out, too many or changed about: one, in a long text two; else FAR."""
    most = 1 if len(meant) <= 6 else 2
    if abs(len(typed) - len(meant)) > most:
        return FAR
    found = _distance()(typed, meant, score_cutoff=most)
    return found if found <= most else FAR


@cache
def _distance() -> Callable[..., int]:
    """Optimal string alignment: changes, losses, additions, neighbours changed about."""
    from rapidfuzz.distance import OSA  # slow to load, and few names need it

    return OSA.distance


def _note(slips: dict[int, float], keys: Iterable[int], apart: float) -> None:
    if apart < FAR:
        for key in keys:
            slips[key] = min(apart, slips.get(key, FAR))
