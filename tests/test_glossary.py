"""docs/glossary.md: what a reader sees, what the code calls it, and that the two belong together."""

import re
import sys
from pathlib import Path

import pytest
from django.db.models import TextChoices
from django.utils import translation

from jiannuo.lifecycle.machine import Machine
from jiannuo.rules import book

GLOSSARY = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?P<zh>[^|]+) \| (?P<en>[^|]+) \| (?P<code>[^|]+) \|$", re.M)


@pytest.fixture(scope="module")
def rows():
    """(中文, English, name in code), one for each name."""
    found = ROW.findall(GLOSSARY.read_text("utf-8"))
    return {(zh.strip(), en.strip(), name) for zh, en, code in found for name in re.findall(r"`([^`]+)`", code)}


def said(label):
    with translation.override("zh-hans"):
        chinese = str(label)
    with translation.override("en"):
        return chinese, str(label)


def machines():
    """Every machine of the rooms: they are all loaded, for models name theirs."""
    ours = [module for name, module in sorted(sys.modules.items()) if name.startswith("jiannuo.")]
    found = {id(one): one for module in ours for one in vars(module).values() if isinstance(one, Machine)}
    return sorted(found.values(), key=lambda machine: machine.name)


def code_lists():
    ours = (one for one in TextChoices.__subclasses__() if one.__module__.startswith("jiannuo."))
    return sorted(ours, key=lambda one: one.__qualname__)


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine.name)
def test_every_state_and_step_stands_in_the_glossary(rows, machine):
    words = [(*said(state.label), state.name) for state in machine.states]
    words += [(*said(step.label), step.verb) for step in machine.steps]
    assert [word for word in words if word not in rows] == []


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine.name)
def test_a_step_is_a_button_of_four_to_six_characters(machine):
    with translation.override("zh-hans"):
        labels = [str(step.label) for step in machine.steps]
    assert [label for label in labels if not 4 <= len(label) <= 6] == []


@pytest.mark.parametrize("code_list", code_lists(), ids=lambda one: one.__qualname__)
def test_every_code_list_stands_in_the_glossary(rows, code_list):
    words = [(*said(label), value) for value, label in code_list.choices]
    assert [word for word in words if word not in rows] == []


@pytest.mark.parametrize("group", ["sources", "classes", "exceptions"])
def test_every_title_of_the_rulebook_stands_in_the_glossary(rows, group):
    words = [(rule.title.zh, rule.title.en, key) for key, rule in getattr(book(), group).items()]
    assert [word for word in words if word not in rows] == []


def test_nothing_stands_there_that_the_code_does_not_know(rows):
    """A state, step, sort or source of another day is taken out: tables of codes hold living codes alone."""
    known = {(*said(state.label), state.name) for machine in machines() for state in machine.states}
    known |= {(*said(step.label), step.verb) for machine in machines() for step in machine.steps}
    known |= {(*said(label), value) for code_list in code_lists() for value, label in code_list.choices}
    known |= {
        (r.title.zh, r.title.en, k) for g in ("sources", "classes", "exceptions") for k, r in getattr(book(), g).items()
    }
    text = GLOSSARY.read_text("utf-8")
    tables = [part for part in re.split(r"^#+ ", text, flags=re.M) if part.partition("\n")[0].endswith("`")]
    assert len(tables) > 15
    listed = {
        (zh.strip(), en.strip(), code.strip("` "))
        for part in tables
        for zh, en, code in ROW.findall(part)
        if "`" in code
    }
    assert sorted(listed - known) == []


def test_no_word_has_two_meanings_in_one_table():
    text = GLOSSARY.read_text("utf-8")
    for part in re.split(r"^#+ ", text, flags=re.M):
        chinese = [zh for zh, _en, _code in ROW.findall(part)]
        assert sorted({one for one in chinese if chinese.count(one) > 1}) == [], part.partition("\n")[0]
