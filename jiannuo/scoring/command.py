"""`jiannuo score SCHEME DATA -o OUT`, also `python -m jiannuo.scoring`."""

from __future__ import annotations

import argparse
import locale
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .comparing import compare
from .engines import ENGINES, Limits
from .faults import Refused, told
from .robust import robustness
from .scoring import score
from .writing import ready, write


def main(arguments: Sequence[str] | None = None) -> int:
    """0 done; 1 refused, every fault on standard error; 2 wrong use."""
    parser = argparse.ArgumentParser(
        prog="jiannuo score",
        description="Score the units of a folder of tables by a scheme. 按方案给一组表中的单位打分。",
    )
    parser.add_argument("scheme", type=Path, help="the scheme, a YAML file 方案")
    parser.add_argument("data", type=Path, help="a folder of .csv and .parquet tables 数据目录")
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder for the results 结果目录")
    parser.add_argument("--engine", choices=ENGINES, default="duckdb", help="what runs the SELECTs 引擎")
    parser.add_argument("--seconds", type=float, default=60, help="time limit of one SELECT 每条查询的时限（秒）")
    parser.add_argument("--memory", type=int, default=2000, help="memory of the engine, MB 引擎内存")
    parser.add_argument(
        "--against", nargs="+", type=Path, metavar="PATH", help="compare with: [SCHEME] DATA 与另一方案或另一期数据比较"
    )
    parser.add_argument("--language", choices=("zh", "en"), default=_language(), help="of messages 提示语言")
    given = parser.parse_args(arguments)
    if given.against and len(given.against) > 2:
        parser.error("--against takes a folder, or a scheme and a folder")
    limits = Limits(given.seconds, given.memory)
    try:
        ready(given.out, given.data, *(given.against or ())[-1:])
        scored = score(given.scheme, given.data, engine=given.engine, limits=limits)
        intervals = robustness(scored.result) if scored.result.scheme.robustness else None
        moves = None
        if given.against:
            scheme = given.against[0] if len(given.against) == 2 else given.scheme
            other = score(scheme, given.against[-1], engine=given.engine, limits=limits)
            moves = compare(other.result, scored.result)
        write(scored, given.out, intervals, moves)
    except Refused as refused:
        for line in told(refused.faults, given.language):
            print(line, file=sys.stderr)
        return 1
    count = sum(rank is not None for rank in scored.result.ranks)
    chinese = given.language == "zh"
    print(f"{count} 个单位有名次；结果在 {given.out}" if chinese else f"{count} units ranked; results in {given.out}")
    return 0


def _language() -> str:
    told = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "en" if told.startswith("en") else "zh"
