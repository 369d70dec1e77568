"""A scheme from its file: every fault at once, with file, line and key."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from jiannuo.rules.schema import Text, Unfit

from .faults import Fault, Refused, both
from .guard import check
from .scheme import Scheme
from .source import Key, Source, parse, read

HUNDRED = Decimal(100)


def load(path: Path) -> Scheme:
    """Raises Refused with every fault found."""
    return checked(read(path))


def loads(text: str, file: str = "scheme.yaml") -> Scheme:
    """The scheme that this text says. Raises Refused."""
    return checked(parse(text, file))


def digest(scheme: Scheme) -> str:
    """SHA-256 of what it says, whatever its file looks like."""
    return hashlib.sha256(scheme.model_dump_json().encode()).hexdigest()


def checked(source: Source) -> Scheme:
    if not isinstance(source.values, dict):
        found = type(source.values).__name__
        raise Refused(
            [Fault("scheme.empty", both("方案应由若干个键组成", "A scheme is made of keys"), "", source.file, 1, found)]
        )
    try:
        scheme = Scheme.model_validate(source.values)
    except ValidationError as error:
        raise Refused([_told(one, source) for one in error.errors()]) from None
    faults = list(_checks(scheme, source))
    if not faults:
        faults = list(_selects(scheme, source))
    if faults:
        raise Refused(faults)
    return scheme


# Each kind of pydantic's errors in our words; braces take what it says of the case.
_KINDS = {
    "missing": both("缺少这一项", "This is missing"),
    "extra_forbidden": both("没有这样的键", "There is no such key"),
    "string_pattern_mismatch": both(
        "键由字母、数字和下划线组成，以字母开头",
        "A key is of letters, digits and underscores, and begins with a letter",
    ),
    "union_tag_invalid": both("没有这样的方法", "There is no such method"),
    "union_tag_not_found": both("没有写明方法（method）", "The method is not named (method:)"),
    "literal_error": both("没有这样的取值", "There is no such value"),
    "greater_than": both("应大于 {gt}", "This should be above {gt}"),
    "greater_than_equal": both("不应小于 {ge}", "This should be {ge} or more"),
    "less_than": both("应小于 {lt}", "This should be below {lt}"),
    "less_than_equal": both("不应大于 {le}", "This should be {le} or less"),
    "finite_number": both("应为有限的数", "This should be a finite number"),
    "is_instance_of": both("应为数", "This should be a number"),
    "int_type": both("应为整数", "This should be a whole number"),
    "bool_type": both("应为 true 或 false", "This should be true or false"),
    "string_type": both("应为文字", "This should be text"),
    "string_too_short": both("不应为空", "This should not be empty"),
    "string_too_long": both("最长 {max_length} 个字符", "At most {max_length} characters"),
    "too_short": both("至少要有 {min_length} 项", "At least {min_length} are needed"),
    "too_long": both("最多 {max_length} 项", "At most {max_length} are possible"),
    "tuple_type": both("应为若干项的列表", "This should be a list"),
    "dict_type": both("应由若干个键组成", "This should be made of keys"),
    "model_type": both("应由若干个键组成", "This should be made of keys"),
    "model_attributes_type": both("应由若干个键组成", "This should be made of keys"),
}


def _told(error: Any, source: Source) -> Fault:
    """One of pydantic's errors as ours; the names of its union branches are no keys of the file."""
    more, found = error.get("ctx", {}), error["input"]
    path, message = _in_file(error["loc"], source), _KINDS.get(error["type"])
    if error["type"] == "missing":
        path = (*path, error["loc"][-1])
    allowed: Sequence[str] = re.findall("'(.*?)'", more.get("expected") or more.get("expected_tags") or "")
    if error["type"] == "extra_forbidden":
        found, allowed = error["loc"][-1], _keys(error["loc"][:-1])
    elif error["type"] in ("model_type", "model_attributes_type"):
        allowed = _keys(error["loc"])
    if message:
        message = both(message.zh.format(**more), message.en.format(**more))
    elif isinstance(unfit := more.get("error"), Unfit):
        message = unfit.text
        if unfit.key:
            path, found = (*path, unfit.key), found.get(unfit.key, "")
    else:
        message = both(f"不能接受：{error['msg']}", error["msg"])
    return Fault(
        f"scheme.{error['type']}",
        message,
        ".".join(map(str, path)),
        source.file,
        source.line(path),
        _shown("" if error["type"] == "missing" else found),
        both("、".join(allowed), ", ".join(allowed)) if allowed else None,
    )


def _shown(found: object) -> str:
    """A value as its file has it; of keyed ones only the names, for the line says where they stand."""
    if isinstance(found, dict):
        return ", ".join(map(str, found))[:200]
    if isinstance(found, list):
        return "[" + ", ".join(map(str, found))[:200] + "]"
    return found[:200] if isinstance(found, str) else json.dumps(found, default=str)


def _keys(loc: Sequence[int | str]) -> Sequence[str]:
    """The keys that the scheme knows at this place of an error."""
    models: list[type[BaseModel]] = [Scheme]
    for part in loc:
        below = [one for model in models if part in model.model_fields for one in _models(model.model_fields[part])]
        # The name of a row or of a method is a step of the path, but no field.
        models = below or [one for one in models if part in _methods_of(one)] or models
    return sorted({name for model in models for name in model.model_fields})


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, FieldInfo):
        annotation = annotation.annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _methods_of(model: type[BaseModel]) -> Sequence[object]:
    method = model.model_fields.get("method")
    return get_args(method.annotation) if method else ()


def _in_file(loc: tuple[int | str, ...], source: Source) -> Key:
    """The path of an error without the steps that pydantic adds (tags of unions, "[key]")."""
    path: Key = ()
    for part in loc:
        if (*path, part) in source.lines:
            path = (*path, part)
    return path


def _checks(scheme: Scheme, source: Source) -> Iterator[Fault]:
    """What no field can say alone. The tree first: the rest walks it."""

    def fault(code: str, path: Key, zh: str, en: str, found: object = "", allowed: Text | None = None) -> Fault:
        place = ".".join(map(str, path))
        return Fault(f"scheme.{code}", both(zh, en), place, source.file, source.line(path), str(found), allowed)

    tree = list(_tree(scheme, fault))
    if tree:
        yield from tree
        return
    yield from _weights(scheme, fault)
    yield from _methods(scheme, fault)
    yield from _grades(scheme, fault)
    for group in ("dimensions", "indicators", "denominators", "adjustments", "caps"):
        for key, one in getattr(scheme, group).items():
            for place, cite in enumerate(one.cite):
                if cite.instrument not in scheme.instruments:
                    known = "、".join(scheme.instruments) or "—"
                    yield fault(
                        "cite",
                        (group, key, "cite", place),
                        "instruments 中没有这个文件",
                        "This is not among the instruments",
                        cite.instrument,
                        both(known, known),
                    )


def _tree(scheme: Scheme, fault: Any) -> Iterator[Fault]:
    names = "、".join(scheme.dimensions)
    for key in scheme.dimensions.keys() & scheme.indicators.keys():
        yield fault("twice", ("indicators", key), "既是维度又是指标", "This is a dimension and an indicator")
    roots = [key for key, one in scheme.dimensions.items() if one.parent is None]
    if len(roots) != 1:
        zh, en = "应恰有一个维度没有上级（parent），即总指数", "Exactly one dimension has no parent: the index itself"
        yield fault("root", ("dimensions",), zh, en, "、".join(roots) or "—")
    for group, rows in (("dimensions", scheme.dimensions), ("indicators", scheme.indicators)):
        for key, one in rows.items():
            if one.parent is not None and one.parent not in scheme.dimensions:
                path, allowed = (group, key, "parent"), both(names, names)
                yield fault("parent", path, "没有这个维度", "There is no such dimension", one.parent, allowed)
    for key in scheme.dimensions:
        seen, at = [key], scheme.dimensions[key].parent
        while at in scheme.dimensions and at not in seen:
            seen.append(at)
            at = scheme.dimensions[at].parent
        if at == key:
            way = " → ".join([*seen, key])
            yield fault("cycle", ("dimensions", key, "parent"), "维度互为上级", "Dimensions above each other", way)
        if not any(one.parent == key for rows in (scheme.dimensions, scheme.indicators) for one in rows.values()):
            yield fault("childless", ("dimensions", key), "维度下面什么也没有", "Nothing lies below this dimension")


def _weights(scheme: Scheme, fault: Any) -> Iterator[Fault]:
    if scheme.weights == "relative":
        return
    for key, parts in scheme.parts.items():
        whole = HUNDRED if scheme.weights == "hundred" or key == scheme.root else scheme.weight(key)
        total = sum((scheme.weight(part) for part in parts), Decimal(0))
        if total != whole:
            found = " + ".join(f"{part} {scheme.weight(part)}" for part in parts) + f" = {total}"
            yield fault(
                "weights",
                ("dimensions", key),
                "权重之和不对",
                "The weights do not add up",
                found,
                both(f"{whole}", f"{whole}"),
            )


def _methods(scheme: Scheme, fault: Any) -> Iterator[Fault]:
    ways = {key: [scheme.normalisation(key)] for key in scheme.indicators}
    if scheme.robustness:
        for found in ways.values():
            found += scheme.robustness.normalisations
    for key, one in scheme.indicators.items():
        path = ("indicators", key)
        methods = {way.method for way in ways[key]}
        if "distance_to_target" in methods and one.target is None:
            yield fault("target", path, "该方法需要目标值（target）", "The method needs a target")
        if "goalposts" in methods and one.goalposts is None:
            yield fault("goalposts", path, "该方法需要两端标杆值（goalposts）", "The method needs goalposts")
        if one.denomination is not None and one.denomination not in scheme.denominators:
            names = "、".join(scheme.denominators) or "—"
            yield fault(
                "denomination",
                (*path, "denomination"),
                "没有这个除数",
                "There is no such denominator",
                one.denomination,
                both(names, names),
            )


def _grades(scheme: Scheme, fault: Any) -> Iterator[Fault]:
    bounds = [grade.least for grade in scheme.grades]
    if scheme.grades:
        upper = [bound for bound in bounds[:-1] if bound is not None]
        if bounds[-1] is not None or len(upper) != len(bounds) - 1 or upper != sorted(set(upper), reverse=True):
            yield fault(
                "grades",
                ("grades",),
                "等级自高到低排列，除最低一级外都写明下限（least）",
                "Grades go from high to low; all but the lowest name their least score (least:)",
                "、".join(f"{grade.key} {grade.least}" for grade in scheme.grades),
            )
    names = "、".join(grade.key for grade in scheme.grades) or "—"
    for key, cap in scheme.caps.items():
        if cap.grade not in {grade.key for grade in scheme.grades}:
            path, allowed = ("caps", key, "grade"), both(names, names)
            yield fault("grade", path, "没有这个等级", "There is no such grade", cap.grade, allowed)


# What each sort of SELECT gives: (columns it must have, columns it may have).
GIVES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "units": (("unit",), ("title", "peer_group")),
    "denominators": (("unit", "numerator"), ()),
    "indicators": (("unit", "numerator"), ("denominator", "n")),
    "adjustments": (("unit", "numerator"), ()),
    "caps": (("unit", "numerator"), ()),
}


def selects(scheme: Scheme) -> Iterator[tuple[Key, str]]:
    """Every SELECT of the scheme, and where it stands."""
    yield ("units", "select"), scheme.units.select
    for group in list(GIVES)[1:]:
        for key, one in getattr(scheme, group).items():
            yield (group, key, "select"), one.select


def _selects(scheme: Scheme, source: Source) -> Iterator[Fault]:
    """What can be said of a SELECT before the tables are known. A block text begins on the line after its key."""
    for path, text in selects(scheme):
        for fault in check(text, *GIVES[str(path[0])]):
            line = source.line(path) + fault.line
            yield Fault(
                fault.code, fault.message, ".".join(map(str, path)), source.file, line, fault.found, fault.allowed
            )
