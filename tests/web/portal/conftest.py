"""The town on public pages: dates of today, for the pages show what is public today."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from jiannuo.ledger import sequencer
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry import actions as registry
from jiannuo.rules import book
from tests import make

SECRET = "密文标记七三一"


def some_days_ago(days: int = 30):
    """A working day at least so long ago: a record entered then is in force by today."""
    return book().calendar.next_workday(timezone.localdate() - timedelta(days=days))


def decided():
    return some_days_ago(40)


def walked(town, until="published", **changes):
    """A record walked with dates relative to today."""
    day = decided()
    return make.record(town, until, on=some_days_ago(), **({"decided": day, "served": day} | changes))


@pytest.fixture(autouse=True)
def _in_chinese():
    """A request in English leaves its language behind in the thread; tests of addresses begin in Chinese."""
    translation.activate("zh-hans")


@pytest.fixture
def published(town):
    return walked(town)


@pytest.fixture
def city(town):
    """A breach and an honour in publicity, one of a body that merged since, and hidden ones at every other step."""
    by = SYSTEM
    town.old = registry.found(
        [
            registry.NewBody(
                "云川市市政公用局",
                "department",
                town.city.division,
                founded=make.FOUNDING,
                parent=town.city,
                evaluable_by=town.city,
                evaluable_basis=make.BASIS,
            )
        ],
        by=by,
        on=make.FOUNDING,
    )[0]
    town.breach = walked(town)
    town.inherited = walked(town, title="逾期退还投标保证金", body=town.old)
    honour = {"kind": "honour", "source": "COMMENDATION", "loss": None, "impact": "none"}
    town.honour = walked(town, title="工资保证金落实受通报表扬", **honour)
    town.hidden = [
        walked(town, until, title=f"{SECRET}{until}", finding=SECRET, document_number=f"{SECRET}{until}")
        for until in ("draft", "returned", "checked", "noticed", "in_force", "revoked")
    ]
    registry.merge([town.old], into=town.bureau, document="云川市机构改革方案", by=by, on=timezone.localdate())
    sequencer.sequence(timezone.now())
    return town
