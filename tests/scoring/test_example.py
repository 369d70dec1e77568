"""The example that people copy: what it gives, worked once more by hand from its tables; the guide shows its lines."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from jiannuo.scoring import robustness
from jiannuo.scoring.scoring import score

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "scoring"


@pytest.fixture(scope="module")
def result():
    return score(FOLDER / "example.yaml", FOLDER / "example").result


def by_body(name):
    rows = defaultdict(list)
    with (FOLDER / "example" / name).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows[row["body"]].append(row)
    return rows


def test_the_figures_are_those_of_the_tables(result):
    promises, complaints = by_body("obligations.csv"), by_body("complaints.csv")
    for place, unit in enumerate(result.units):
        kept = [row["late_by"] != "" and int(row["late_by"]) <= 0 for row in promises[unit.code]]
        cell = result.figures["kept"].cells[place]
        assert (cell.numerator, cell.denominator) == (sum(kept), len(kept))
        late = [int(row["late_by"]) for row in complaints[unit.code]]
        assert float(result.figures["late"].raw[place]) == pytest.approx(sum(late) / len(late))


def test_it_shows_what_a_scheme_can_say(result):
    at = {unit.code: place for place, unit in enumerate(result.units)}
    assert (result.index[at["water"]], result.ranks[at["water"]]) == (None, None)  # three cases are not enough
    finance = at["finance"]
    assert (result.earned[finance], result.grades[finance], result.capped[finance]) == ("A", "C", ["long_ago"])
    assert result.points["never"][finance] == Decimal(1)
    assert result.index[finance] == result.published["index"][finance] - 1
    assert robustness(result).replicates == 1000


def test_the_lines_of_python_in_the_tutorial_run(tmp_path, capsys):
    shown = (FOLDER / "tutorial.md").read_text("utf-8").split("```python\n")[1].split("```")[0]
    shown = shown.replace('"docs/scoring/', f'"{FOLDER}/').replace('"OUT"', f'"{tmp_path / "OUT"}"')
    exec(compile(shown, "tutorial.md", "exec"), {})
    assert capsys.readouterr().out.splitlines()[0] == "Afghanistan 0.478 180 177 181"
    assert (tmp_path / "OUT" / "report.html").exists()


def test_the_guide_shows_lines_of_the_example():
    guide = (DOCS / "guides" / "evaluator.md").read_text("utf-8")
    shown = guide.split("```yaml\n")[1].split("```")[0]
    assert shown in (FOLDER / "example.yaml").read_text("utf-8")
