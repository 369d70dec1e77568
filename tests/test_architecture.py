"""House rules that no type checker knows. Each says why it exists; an exception stands in the rule, with its reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ROOT / "jiannuo"
MODULES = sorted(path for path in CODE.rglob("*.py"))
DOMAIN = [
    path for path in MODULES if path.relative_to(CODE).parts[0] not in ("web", "settings.py", "urls.py", "wsgi.py")
]
# accounts leans on a sign-in library that is made of requests; the two files that speak to it may know them.
SIGN_IN = {"accounts/adapter.py", "accounts/lockout.py"}
MOST_LINES = 400


def name(path: Path) -> str:
    return str(path.relative_to(CODE))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Line, module, and whether the import stands inside a function."""
    parsed = tree(path)
    inner = {
        id(node)
        for function in ast.walk(parsed)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
    }
    for node in ast.walk(parsed):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, id(node) in inner
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, "." * node.level + node.module, id(node) in inner


def test_no_file_is_longer_than_a_person_reads():
    """Over 400 lines a room is two rooms. Migrations are a log and are not read as a whole."""
    long = {
        name(p): n
        for p in MODULES
        if "migrations" not in p.parts and (n := len(p.read_text("utf-8").splitlines())) > MOST_LINES
    }
    assert not long


@pytest.mark.parametrize("path", DOMAIN, ids=name)
def test_rules_know_no_http(path):
    """What may be done must not hang on how it was asked for: form, API and sheet end in the same action."""
    if name(path) in SIGN_IN:
        return
    found = [
        f"line {line}: {module}"
        for line, module, _inner in imports(path)
        if module.startswith(("django.http", "django.shortcuts", "django.urls"))
    ]
    assert not found


def test_only_take_writes_a_state():
    """One way to change a thing: a step. A second writer of `state` would be a second, unchecked way."""
    found = []
    for path in MODULES:
        if name(path) == "lifecycle/machine.py" or "migrations" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found += [
                    f"{name(path)}:{node.lineno}" for t in targets if isinstance(t, ast.Attribute) and t.attr == "state"
                ]
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("update", "bulk_update", "update_or_create")
            ):
                named = {keyword.arg for keyword in node.keywords}
                if "state" in named:
                    found.append(f"{name(path)}:{node.lineno}")
    assert not found


def test_a_thing_is_born_in_the_first_state_of_its_machine():
    """Whoever creates a living row with another state has skipped steps."""
    first = {"draft", "proposed"}
    found = []
    for path in MODULES:
        if "migrations" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg == "state" and isinstance(keyword.value, ast.Constant) and "models" not in path.name:
                        called = ast.unparse(node.func)
                        if (
                            called.split(".")[-1] in ("create", "Record", "Publication")
                            and keyword.value.value not in first
                        ):
                            found.append(f"{name(path)}:{node.lineno} {called}")
    assert not found


def test_kinds_are_told_apart_in_one_place():
    """`if x.kind ==` outside kinds.py (or kinds/) scatters what a kind means; a new kind would then be twenty edits."""
    pattern = re.compile(r"\b(?:if|elif)\b[^\n]*\.kind\s*(?:==|!=)\s*(?:[\"']|[A-Z])")
    allowed = {"kinds.py", "models.py"}
    found = [
        f"{name(path)}:{number}"
        for path in DOMAIN
        if path.name not in allowed and not {"migrations", "kinds"} & set(path.parts)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found


def test_no_signals_and_no_utils():
    """A signal is a call nobody sees; `utils` is a room without a name."""
    assert not [name(p) for p in MODULES if p.name in ("signals.py", "utils.py", "helpers.py", "services.py")]
    receivers = [
        name(p)
        for p in MODULES
        if re.search(r"^\s*@receiver\b|\.connect\(\s*\w+\s*,\s*sender", p.read_text("utf-8"), re.M)
    ]
    assert receivers in ([], ["accounts/apps.py"])


def test_imports_inside_functions_have_a_reason():
    """A late import is for a slow library or for apps not loaded yet, never a way round the order of rooms."""
    slow = {"opencc", "typst", "duckdb", "pyarrow", "openpyxl", "xlsxwriter", "rapidfuzz", "importlib"}
    found = []
    for path in MODULES:
        if path.name in ("apps.py", "__main__.py") or "management" in path.parts or "migrations" in path.parts:
            continue
        found += [
            f"{name(path)}:{line} {module}"
            for line, module, inner in imports(path)
            if inner and module.split(".")[0] not in slow
        ]
    assert not found


def test_every_write_has_its_day_and_its_actor():
    """An action without `by` and `on` would be done by nobody on no day. Working tables need neither."""
    working = {"search", "notices", "ledger"}
    found = []
    for path in MODULES:
        parts = path.relative_to(CODE).parts
        if (
            not (path.name == "actions.py" or "actions" in parts)
            or parts[0] in working
            or path.name in ("common.py", "__init__.py")
        ):
            continue
        for node in tree(path).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            decorated = any("atomic" in ast.unparse(one) for one in node.decorator_list)
            named = {one.arg for one in node.args.kwonlyargs}
            if decorated and not {"on"} <= named:
                found.append(f"{name(path)}:{node.lineno} {node.name} has no on=")
            if decorated and "by" not in named and node.name not in ("expire",):
                found.append(f"{name(path)}:{node.lineno} {node.name} has no by=")
    assert not found


def test_no_code_names_a_machine_or_a_registry_of_packages():
    """The repository is for strangers: no path of somebody's machine, no address of an index."""
    bad = re.compile(r"(?<![\w.])/(?:root|home/\w+)/|pypi\.org|files\.pythonhosted|registry\.npmjs")
    found = []
    for path in [
        *MODULES,
        *(ROOT / "tools").glob("*.py"),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("*.md"),
        *(ROOT / "locks").glob("*.txt"),
    ]:
        if match := bad.search(path.read_text("utf-8")):
            found.append(f"{path.relative_to(ROOT)}: {match.group()}")
    assert not found


def test_locks_hold_digests_and_no_address():
    for lock in (ROOT / "locks").glob("*.txt"):
        text = lock.read_text("utf-8")
        assert "://" not in text, lock.name
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in block, f"{lock.name}: {block.splitlines()[0]}"
