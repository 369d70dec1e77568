"""The method report as a reader has it: a file opened in a browser, in both languages, wide and narrow."""

from pathlib import Path

import pytest

from jiannuo.scoring.command import main

pytestmark = pytest.mark.browser
SCORING = Path(__file__).parents[2] / "docs" / "scoring"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    out, data = tmp_path_factory.mktemp("report"), tmp_path_factory.mktemp("data")
    table = (SCORING / "hdi" / "hdr.csv").read_text("utf-8").splitlines()
    few = [line for place, line in enumerate(table) if place < 20 or line.startswith("NOR,")]
    (data / "hdr.csv").write_text("\n".join(few), "utf-8")
    scheme = str(SCORING / "hdi.yaml")
    assert main([scheme, str(data), "-o", str(out), "--against", str(SCORING / "hdi")]) == 0
    return (out / "report.html").as_uri()


@pytest.mark.parametrize(("language", "width"), [("zh", 390), ("en", 1280)])
def test_a_reader_finds_a_unit_and_what_made_its_score(window, report, language, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install jiannuo[gui]")
    page = window(viewport={"width": width, "height": 900})
    page.goto(report)
    page.locator(f"label[for={language}]").click()
    main_part = page.locator(f"main.{language}")
    assert main_part.is_visible()
    assert page.locator("main:visible").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    main_part.locator("tbody tr", has_text="Norway").first.get_by_role("link").click()
    told = main_part.locator("details[open]")
    assert told.count() == 1
    assert "Norway" in told.locator("summary").inner_text()
    assert told.locator("table").is_visible()
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
