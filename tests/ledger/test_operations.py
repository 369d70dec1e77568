"""The operator's page names every setting and every command there is."""

import re
from pathlib import Path

from jiannuo.lifecycle.management.commands.log import WHAT

HOUSE = Path(__file__).resolve().parent.parent.parent
PAGE = (HOUSE / "docs" / "operations.md").read_text("utf-8")


def test_every_environment_variable_is_explained():
    settings = (HOUSE / "jiannuo" / "settings.py").read_text("utf-8")
    names = set(re.findall(r'env(?:_bool|_list)?\("([A-Z_]+)"', settings))
    assert len(names) > 10
    assert [name for name in names if f"| `JIANNUO_{name}` |" not in PAGE] == []


def test_every_command_of_the_log_is_explained():
    assert [what for what in WHAT if what != "sequence" and what not in PAGE] == []


def test_no_variable_is_explained_that_is_not_there():
    settings = (HOUSE / "jiannuo" / "settings.py").read_text("utf-8")
    told = re.findall(r"^\| `JIANNUO_([A-Z_]+)` \|", PAGE, re.MULTILINE)
    assert [name for name in told if f'"{name}"' not in settings] == []
