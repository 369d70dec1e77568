"""The Human Development Index of 2021, 191 countries: goalposts, a logarithmic scale, means of two kinds."""

import csv
from decimal import Decimal
from pathlib import Path

from jiannuo.scoring import robustness
from jiannuo.scoring.scoring import score

FOLDER = Path(__file__).parents[2] / "docs" / "scoring"


def test_every_score_and_rank_is_the_published_one():
    with (FOLDER / "hdi" / "hdr.csv").open(encoding="utf-8") as file:
        published = {row["iso3"]: row for row in csv.DictReader(file)}
    result = score(FOLDER / "hdi.yaml", FOLDER / "hdi").result
    assert len(result.units) == len(published) == 191
    for unit, index, rank in zip(result.units, result.index, result.ranks, strict=True):
        assert index == Decimal(published[unit.code]["published_hdi"]), unit
        assert rank == int(published[unit.code]["published_rank"]), unit
    assert robustness(result).replicates == 1000  # the doubles take the same logarithms: their base ranks are these
