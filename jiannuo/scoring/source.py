"""YAML with the line of every key. Decimal numbers stay text, so that 0.1 is a tenth and not a double near it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .faults import Fault, Refused, both

Key = tuple[str | int, ...]
DEEPEST = 40  # a scheme is no deeper than its fields; YAML can be made to nest for ever


@dataclass(frozen=True)
class Source:
    """Plain values of a YAML file, and the line of each key path."""

    file: str
    values: Any
    lines: Mapping[Key, int]

    def line(self, path: Sequence[str | int]) -> int:
        """The line of this key, or of the nearest key above it that stands in the file."""
        path = tuple(path)
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Loader(yaml.SafeLoader):
    """Booleans, integers, null and text; what looks like a decimal number or a day stays text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag.rpartition(":")[2] in ("bool", "int", "null")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> Source:
    """Raises Refused."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise _refused(path.name, 0, "scheme.no_file", "没有这个文件", "There is no such file") from None
    except IsADirectoryError:
        raise _refused(
            path.name, 0, "scheme.no_file", "这是目录，不是方案文件", "This is a folder, no scheme"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path.name, 0, "scheme.unreadable", "读不了", "It cannot be read", str(error)) from None
    return parse(text, path.name)


def parse(text: str, file: str) -> Source:
    """Raises Refused."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        found = " ".join(str(error.problem or error).split())
        raise _refused(file, line, "scheme.yaml", "不是 YAML", "This is not YAML", found) from None
    except yaml.YAMLError as error:
        raise _refused(file, 0, "scheme.yaml", "不是 YAML", "This is not YAML", " ".join(str(error).split())) from None
    lines: dict[Key, int] = {}
    values = _Plain(file, lines).of(node, ()) if node is not None else None
    return Source(file, values, lines)


class _Plain:
    """A tree of nodes as plain values; each list and mapping is met once, so that aliases cannot blow it up."""

    def __init__(self, file: str, lines: dict[Key, int]) -> None:
        self.file, self.lines = file, lines
        self.met: set[int] = set()

    def of(self, node: yaml.Node, path: Key) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node, self.file, line)
        if id(node) in self.met or len(path) > DEEPEST:
            raise _refused(
                self.file,
                line,
                "scheme.nested",
                "嵌套过深或引用了别处",
                "Nested too deep, or an alias of another place",
            )
        self.met.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return [self.of(value, (*path, place)) for place, value in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, path: Key) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name, value in node.value:
            at = name.start_mark.line + 1
            if not isinstance(name, yaml.ScalarNode):
                raise _refused(self.file, at, "scheme.yaml", "键应为文字", "A key is a word")
            key = name.value
            if key in out:
                raise _refused(self.file, at, "scheme.twice", "这个键写了两次", "This key stands twice", key)
            self.lines[(*path, key)] = at
            out[key] = self.of(value, (*path, key))
        return out


def _scalar(node: yaml.ScalarNode, file: str, line: int) -> Any:
    loader = _Loader("")
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        raise _refused(file, line, "scheme.yaml", "不能识别", "Not understood", str(error)) from None
    finally:
        loader.dispose()


def _refused(file: str, line: int, code: str, zh: str, en: str, found: str = "") -> Refused:
    return Refused([Fault(code, both(zh, en), file=file, line=line, found=found)])
