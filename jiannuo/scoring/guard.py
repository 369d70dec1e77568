"""What a measure may be: one SELECT over known tables, of an allow-list of forms. Whatever is not listed is refused.

A scheme comes from people whom we need not trust. The text is parsed, never searched for bad words; forms on which
engines differ (division, rounding, casts to integer, floating point, order of rows) are not on the list, so that DuckDB
and Spark give the same numbers. The engine is locked besides (`engines`): the guard is the first of two walls.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.optimizer.scope import Scope, traverse_scope

from jiannuo.rules.schema import Text

from .faults import Fault, both

DIALECT = "duckdb"  # what people write; each engine gets its own
MOST_NODES = 5_000  # of one SELECT; a person writes some hundred
FUNCTIONS: tuple[type[exp.Expr], ...] = (
    exp.Sum,
    exp.Count,
    exp.Min,
    exp.Max,
    exp.Abs,
    exp.Coalesce,
    exp.Nullif,
    exp.Greatest,
    exp.Least,
    exp.Extract,
    exp.Year,
    exp.Month,
    exp.Case,
    exp.If,
    exp.Cast,
)
FORMS: tuple[type[exp.Expr], ...] = (
    exp.Select,
    exp.With,
    exp.CTE,
    exp.From,
    exp.Join,
    exp.Where,
    exp.Group,
    exp.Having,
    exp.Subquery,
    exp.Table,
    exp.TableAlias,
    exp.Column,
    exp.Identifier,
    exp.Alias,
    exp.Literal,
    exp.Null,
    exp.Boolean,
    exp.Paren,
    exp.And,
    exp.Or,
    exp.Not,
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Is,
    exp.Between,
    exp.In,
    exp.Exists,
    exp.Like,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Neg,
    exp.Filter,
    exp.Distinct,
    exp.DataType,
    exp.DataTypeParam,
    exp.Var,  # the unit of EXTRACT
)
CASTS = (exp.DataType.Type.DECIMAL, exp.DataType.Type.DATE, exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT)
ALLOWED = frozenset(FORMS + FUNCTIONS)
LISTED = both(
    "SELECT、JOIN、WHERE、GROUP BY、HAVING、WITH，比较与加减乘，" + "、".join(f.__name__.upper() for f in FUNCTIONS),
    "SELECT, JOIN, WHERE, GROUP BY, HAVING, WITH, comparisons, + − ×, "
    + ", ".join(f.__name__.upper() for f in FUNCTIONS),
)
DIVIDE = both(
    "分子、分母分两列给出，由本库精确相除", "give numerator and denominator in two columns; the library divides exactly"
)

Tables = Mapping[str, Collection[str]]
"""Table → its columns."""


class Unreadable(ValueError):
    """Not one statement that can be parsed."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.say("en"))
        self.fault = fault


@lru_cache(maxsize=1024)
def parse(text: str) -> exp.Expr:
    """The one statement. Raises Unreadable."""
    try:
        found = [one for one in sqlglot.parse(text, dialect=DIALECT) if one is not None]
    except (ParseError, TokenError, RecursionError) as error:
        line, said = 0, str(error)
        if isinstance(error, ParseError) and error.errors:
            line, said = error.errors[0].get("line") or 0, str(error.errors[0].get("description") or said)
        raise Unreadable(_fault("sql", "不是能读懂的 SQL", "This SQL cannot be read", line, said)) from None
    if len(found) != 1:
        zh, en = "应恰为一条 SELECT", "Exactly one SELECT is allowed"
        raise Unreadable(_fault("statements", zh, en, 0, f"{len(found)}"))
    return found[0]


def written(text: str, dialect: str) -> str:
    """The statement as an engine gets it: written anew from what was parsed, so that it reads what was checked.

    Raises Unreadable.
    """
    return parse(text).sql(dialect, comments=False)


def check(text: str, required: Collection[str] = (), optional: Collection[str] = ()) -> list[Fault]:
    """What is wrong with the form; `line` counts from the SELECT's first.

    required, optional   names of the columns that it gives
    """
    try:
        select = parse(text)
    except Unreadable as error:
        return [error.fault]
    if not isinstance(select, exp.Select):
        zh, en = "只允许 SELECT", "Only a SELECT is allowed"
        return [_fault("not_select", zh, en, 1, type(select).__name__.upper())]
    return [*_forms(select), *_columns(select, required, optional)]


def _forms(select: exp.Select) -> Iterator[Fault]:
    for count, node in enumerate(select.walk()):
        if count > MOST_NODES:
            yield _fault("long", "SELECT 过长", "The SELECT is too long", 1, "", both(f"{MOST_NODES}", f"{MOST_NODES}"))
            return
        if found := _form(node):
            yield found


def _form(node: exp.Expr) -> Fault | None:
    line = _line(node)
    if isinstance(node, (exp.Div, exp.IntDiv, exp.Mod)):
        return _fault("division", "查询中不作除法", "A measure does not divide", line, node.sql(DIALECT), DIVIDE)
    if isinstance(node, exp.Star):
        if isinstance(node.parent, exp.Count):
            return None
        return _fault("star", "写出各列的名称", "Name the columns", line, "*")
    if type(node) not in ALLOWED:
        return _fault("form", "不允许这种写法", "This form is not allowed", line, node.sql(DIALECT)[:120], LISTED)
    if isinstance(node, exp.With) and node.args.get("recursive"):
        return _fault("recursive", "不允许递归", "Recursion is not allowed", line, "WITH RECURSIVE")
    if isinstance(node, exp.Table) and (node.args.get("db") or not isinstance(node.this, exp.Identifier)):
        return _fault("table", "只能引用数据目录中的表", "Only tables of the data are allowed", line, node.sql(DIALECT))
    if isinstance(node, exp.Cast):
        to = node.args["to"]
        exact = to.this is not exp.DataType.Type.DECIMAL or len(to.expressions) == 2
        if to.this not in CASTS or not exact or type(node) is not exp.Cast:
            allowed = both("CAST(… AS DECIMAL(38, 10))、DATE、VARCHAR", "CAST(… AS DECIMAL(38, 10)), DATE, VARCHAR")
            zh, en = "各引擎对这种转换结果不一", "Engines differ in this cast"
            return _fault("cast", zh, en, line, node.sql(DIALECT), allowed)
    if isinstance(node, exp.Literal) and not node.is_string and not node.this.replace(".", "", 1).isdigit():
        return _fault("literal", "数字写成十进制", "Write numbers as decimals", line, node.this, both("0.001", "0.001"))
    return None


def _columns(select: exp.Select, required: Collection[str], optional: Collection[str]) -> Iterator[Fault]:
    names = [one.alias_or_name for one in select.expressions]
    allowed = ", ".join([*required, *(f"[{name}]" for name in optional)])
    if not required:
        return
    wrong = [name for name in names if names.count(name) > 1 or name not in {*required, *optional}]
    if wrong or not set(required) <= set(names):
        zh, en = "给出的列不对", "It does not give the columns asked for"
        yield _fault("columns", zh, en, 1, ", ".join(names), both(allowed, allowed))


def bind(text: str, tables: Tables) -> list[Fault]:
    """What the checked SELECT names that is not there: tables, columns, columns of more than one table."""
    known = {name.lower(): {column.lower() for column in columns} for name, columns in tables.items()}
    return [fault for scope in traverse_scope(parse(text)) for fault in _bound(scope, known)]


def _bound(scope: Scope, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    for source in scope.sources.values():
        if isinstance(source, exp.Table) and source.name.lower() not in known:
            names = ", ".join(sorted(known))
            yield _fault(
                "no_table", "没有这个表", "There is no such table", _line(source), source.name, both(names, names)
            )
            return
    for column in scope.columns:
        if column.find_ancestor(exp.Select) is scope.expression:  # those of a subquery are its own scope's
            yield from _column(column, scope, known)


def _column(column: exp.Column, scope: Scope, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    at: Scope | None = scope
    heads: set[str] = set()
    while at is not None:
        offers = {alias.lower(): _offers(source, known) for alias, source in at.sources.items()}
        heads |= {f"{alias}.{name}" for alias, names in offers.items() for name in names}
        if column.table:
            if column.table.lower() in offers and column.name.lower() in offers[column.table.lower()]:
                return
        else:
            holders = [alias for alias, names in offers.items() if column.name.lower() in names]
            if len(holders) == 1 or (holders and column.name.lower() in _joined(at)):
                return
            if holders:
                zh, en = "几个表都有这一列，写明是哪一个", "Several tables have this column: say which"
                yield _fault(
                    "ambiguous", zh, en, _line(column), column.name, both("、".join(holders), ", ".join(holders))
                )
                return
        if at is scope and _by_alias(column, scope):
            return
        at = at.parent
    near = sorted(heads)[:60]
    yield _fault(
        "no_column",
        "没有这一列",
        "There is no such column",
        _line(column),
        column.sql(DIALECT),
        both("、".join(near), ", ".join(near)),
    )


def _by_alias(column: exp.Column, scope: Scope) -> bool:
    """GROUP BY and HAVING may name what the SELECT gives."""
    if column.table or not column.find_ancestor(exp.Group, exp.Having):
        return False
    return column.name in _given(scope)


def _given(scope: Scope) -> set[str]:
    return {one.alias_or_name for one in scope.expression.args.get("expressions") or []}


def _offers(source: exp.Expr | Scope, known: Mapping[str, set[str]]) -> set[str]:
    if isinstance(source, Scope):
        return {name.lower() for name in _given(source)}
    return known.get(source.name.lower(), set())


def _joined(scope: Scope) -> set[str]:
    """Columns that USING makes one."""
    return {
        one.name.lower() for join in scope.expression.args.get("joins") or [] for one in join.args.get("using") or []
    }


def _line(node: exp.Expr) -> int:
    """Of the first name in it, or of what it stands in."""
    at: exp.Expr | None = node
    while at is not None:
        for one in at.walk():
            if line := one.meta.get("line"):
                return int(line)
        at = at.parent
    return 1


def _fault(code: str, zh: str, en: str, line: int, found: str = "", allowed: Text | None = None) -> Fault:
    return Fault(f"measure.{code}", both(zh, en), line=line, found=found[:200], allowed=allowed)
