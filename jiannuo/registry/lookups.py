"""Names in the columns of a data set become what is registered: bodies, divisions, posts, outside parties.

A value is a name as people write it or a code. What names nothing, or more than one thing, becomes a Fault that says
what is near.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jiannuo.lifecycle.offered import Asking
from jiannuo.search.finding import normalise
from jiannuo.tables import Fault, Lookup, both

from . import resolving
from .models import Body, Division, OutsideParty, Post
from .naming import REASONS, Resolution

SHOWN = 5  # candidates


def lookups(asking: Asking) -> Mapping[str, Lookup]:
    """Every lookup of this room, by what a column names."""
    return {"body": bodies(asking), "division": divisions(asking), "post": posts(asking), "party": parties(asking)}


def bodies(asking: Asking) -> Lookup:
    """A unified social credit code, or a name as people write it → Body; nothing is guessed.

    A slip of the pen becomes a Fault with the nearest names, for a person chooses.
    """
    near = Division.objects.filter(bodies=asking.provider).first() if asking.provider else None
    asked: dict[str, Any] = {}  # for as long as whoever asks keeps this lookup: the same few names come again and again

    def look(names: Sequence[str]) -> dict[str, Any]:
        new = [name for name in names if name not in asked]
        if new:
            codes = {name: name.strip().upper() for name in new}
            coded = Body.objects.filter(code__in=codes.values()).select_related("division")
            by_code = {body.code: body for body in coded}
            found = dict(zip(new, resolving.resolve(new, near=near), strict=True))
            keys = {one.key for answer in found.values() for one in answer.candidates}
            there = Body.objects.select_related("division").in_bulk(keys)
            asked.update({name: by_code.get(codes[name]) or _meant(found[name], there) for name in new})
        return {name: asked[name] for name in names}

    return look


def _meant(answer: Resolution, there: Mapping[int, Body]) -> Any:
    """The body, or why none is meant: with the candidates, each with its reason."""
    candidates = [(there[one.key], REASONS[one.why[0]]) for one in answer.candidates if one.key in there]
    if answer.sure and candidates:
        return candidates[0][0]
    if answer.vetoed:
        return Fault(
            "exchange.no_such_body",
            both("名称里的地名不相隶属。", "The places in this name do not lie in each other."),
            found=answer.name,
            allowed=both("先写上一级，再写下一级；或者写统一社会信用代码", "the upper place first, or its credit code"),
        )
    hint = (
        both(
            "；".join(f"{body.name}（{why.zh}）" for body, why in candidates[:SHOWN]),
            "; ".join(f"{body.name} ({why.en})" for body, why in candidates[:SHOWN]),
        )
        if candidates
        else None
    )
    if len(candidates) > 1:
        return Fault(
            "exchange.ambiguous_body",
            both(f"名称“{answer.name}”可能是几家机构。", f"“{answer.name}” may be one of several bodies."),
            found=answer.name,
            allowed=both("写全称（带地名）或统一社会信用代码", "the full name with its place, or its credit code"),
            hint=hint,
        )
    return Fault(
        "exchange.no_such_body",
        both(f"没有登记名为“{answer.name}”的机构。", f"No body of the name “{answer.name}” is registered."),
        found=answer.name,
        allowed=both(
            "已登记的全称、简称、曾用名或统一社会信用代码",
            "a registered full, short or former name, or its credit code",
        ),
        hint=hint,
    )


def divisions(asking: Asking) -> Lookup:
    """A code (210502; with its source: nbs-2023:210502), a name, or a path (本溪市/平山区) → Division."""

    def look(names: Sequence[str]) -> dict[str, Any]:
        every = {one.pk: one for one in Division.objects.all()}
        by_code: dict[str, list[Division]] = defaultdict(list)
        by_path: dict[str, list[Division]] = defaultdict(list)
        for one in every.values():
            if one.has_code:
                by_code[one.code].append(one)
                by_code[f"{one.source}:{one.code}"].append(one)
            path = normalise(one.name)
            upper = one.parent_id
            by_path[path].append(one)
            while upper is not None:
                path = f"{normalise(every[upper].name)}/{path}"
                by_path[path].append(one)
                upper = every[upper].parent_id
        return {
            name: _one(name, by_code.get(name.strip()) or by_path.get(normalise(name), []), "division")
            for name in names
        }

    return look


def posts(asking: Asking) -> Lookup:
    """机构/职务 → Post: what stands before the last stroke is looked up as a body."""

    def look(names: Sequence[str]) -> dict[str, Any]:
        halves = {name: tuple(part.strip() for part in name.replace("／", "/").rpartition("/")[::2]) for name in names}
        found = bodies(asking)(list({body for body, _title in halves.values()}))
        of = [body.pk for body in found.values() if isinstance(body, Body)]
        there = {(post.body_id, normalise(post.title)): post for post in Post.objects.filter(body__in=of)}
        out: dict[str, Any] = {}
        for name, (body, title) in halves.items():
            holder = found[body]
            if isinstance(holder, Fault):
                out[name] = holder
            else:
                post = there.get((holder.pk, normalise(title)))
                out[name] = post or _one(name, (), "post")
        return out

    return look


def parties(asking: Asking) -> Lookup:
    """A name or a unified social credit code → OutsideParty."""

    def look(names: Sequence[str]) -> dict[str, Any]:
        codes = {name: name.strip().upper() for name in names}
        by_code = {p.code: p for p in OutsideParty.objects.filter(code__in=[c for c in codes.values() if c])}
        by_name: dict[str, list[OutsideParty]] = defaultdict(list)
        for party in OutsideParty.objects.filter(name__in=[name.strip() for name in names]):
            by_name[party.name].append(party)
        return {name: by_code.get(codes[name]) or _one(name, by_name[name.strip()], "party") for name in names}

    return look


_WORDS = {
    "division": ("区划", "division"),
    "post": ("职务", "post"),
    "party": ("外部单位", "outside party"),
}


def _one(name: str, found: Iterable[Any], sort: str) -> Any:
    """The one thing found, or why none is meant."""
    things = list(found)
    zh, en = _WORDS[sort]
    if len(things) == 1:
        return things[0]
    if things:
        return Fault(
            f"exchange.ambiguous_{sort}",
            both(f"名称“{name}”对应不止一个{zh}。", f"“{name}” names more than one {en}."),
            found=name,
            allowed=both("、".join(map(str, things[:5])), ", ".join(map(str, things[:5]))),
        )
    return Fault(
        f"exchange.no_such_{sort}",
        both(f"没有登记名为“{name}”的{zh}。", f"No {en} of the name “{name}” is registered."),
        found=name,
    )
