"""A small scheme and its tables, in memory: what the tests change one thing of."""

from decimal import Decimal

import yaml

from jiannuo.scoring import compute, loads
from jiannuo.scoring.measuring import Cell, Measured, Unit


def text(zh):
    return {"zh": zh, "en": zh}


def indicator(parent="index", **more):
    select = "SELECT unit, SUM(x) AS numerator FROM t GROUP BY unit"
    return {"title": text("指标"), "parent": parent, "unit": text("件"), "direction": "more", "select": select, **more}


def plan(keys=("a", "b"), **more):
    """A scheme as plain values: one dimension, these indicators below it, 0 to 100 by min–max."""
    return {
        "name": "trial",
        "version": "1",
        "title": text("试算"),
        "status": "proposal",
        "units": {"title": text("单位"), "select": "SELECT unit FROM units"},
        "dimensions": {"index": {"title": text("总分")}},
        "indicators": {key: indicator() for key in keys},
        **more,
    }


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True  # a scheme has none


def written(values):
    return yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False)


def scheme(*args, **more):
    return loads(written(plan(*args, **more)))


def measured(columns, groups=None, **more):
    """Columns of figures (None: missing) as if an engine had given them; units are u00, u01, …"""
    count = len(next(iter(columns.values())))
    units = [Unit(f"u{n:02}", f"单位{n}", groups[n] if groups else "") for n in range(count)]
    cells = {
        key: [None if x is None else x if isinstance(x, Cell) else Cell(Decimal(str(x))) for x in column]
        for key, column in columns.items()
    }
    return Measured(units, cells, more.get("denominators", {}), more.get("adjustments", {}), more.get("caps", {}))


def scored(columns, groups=None, plan_more=None, **more):
    return compute(scheme(tuple(columns), **(plan_more or {})), measured(columns, groups, **more))
