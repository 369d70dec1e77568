"""A published index, step by step, to 1e-9: the figures that COINr stores of its ASEM example."""

import csv
import shutil
from pathlib import Path

import pytest

from jiannuo.scoring import robustness
from jiannuo.scoring.scoring import score
from tests.shared_data import shared

SCHEME = Path(__file__).resolve().parents[2] / "docs/scoring/asem.yaml"
CLOSE = 1e-9


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("asem")
    shutil.copy(shared("asem/coin_Data_1_Raw.csv"), out / "raw.csv")
    shutil.copy(shared("asem/coin_Input_Denominators.csv"), out / "denominators.csv")
    return out


@pytest.fixture(scope="module")
def result(folder):
    return score(SCHEME, folder).result


def stored(name):
    with shared(f"asem/{name}").open(encoding="utf-8") as file:
        return {row["UnitCode"]: row for row in csv.DictReader(file)}


STEPS = {
    "coin_Data_2_Denominated.csv": lambda result: {k: one.denominated for k, one in result.figures.items()},
    "coin_Data_3_Imputed.csv": lambda result: {k: one.imputed for k, one in result.figures.items()},
    "coin_Data_4_Treated.csv": lambda result: {k: one.treated.values for k, one in result.figures.items()},
    "coin_Data_5_Normalised.csv": lambda result: {k: one.normalised for k, one in result.figures.items()},
    "coin_Data_6_Aggregated.csv": lambda result: result.scores,
}


@pytest.mark.parametrize("name", STEPS)
def test_each_stored_step(result, name):
    rows, compared = stored(name), 0
    for key, column in STEPS[name](result).items():
        for unit, value in zip(result.units, column, strict=True):
            there = rows[unit.code][key]
            if there in ("", "nan"):
                assert value is None, (key, unit.code)
            else:
                assert float(value) == pytest.approx(float(there), rel=CLOSE, abs=CLOSE), (key, unit.code)
                compared += 1
    assert compared >= 51 * 11


def test_the_ranks_of_every_level(result):
    rows = stored("coin_Results_Ranks.csv")
    for key in result.scheme.dimensions:
        ours = {unit.code: str(rank) for unit, rank in zip(result.units, result.ranks_of(key), strict=True)}
        assert ours == {code: row[key] for code, row in rows.items()}


def test_how_many_units_were_moved(result):
    with shared("asem/coin_TreatSummary.csv").open(encoding="utf-8") as file:
        theirs = {row["IndCode"]: float(row["Low"]) + float(row["High"]) for row in csv.DictReader(file)}
    assert {key: len(one.treated.moved) for key, one in result.figures.items()} == theirs


def test_the_intervals_hold_the_ranks_and_the_same_seed_gives_the_same(result):
    how = result.scheme.robustness.model_copy(update={"replicates": 200})
    first, second = robustness(result, how), robustness(result, how)
    assert (first.ranks == second.ranks).all()
    assert list(first.ranks[0]) == result.ranks
    for rank, one in zip(result.ranks, first.units, strict=True):
        assert one.low <= rank <= one.high
    other = robustness(result, how.model_copy(update={"seed": 1}))
    assert (first.ranks != other.ranks).any()
