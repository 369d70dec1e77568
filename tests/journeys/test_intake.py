"""A clerk hands a sheet in: template, bad cells, mended sheet, receipt; with the worker of a running city."""

import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import openpyxl
import pytest

from jiannuo.registry.datasets import DIVISIONS
from tests.web.desk.sheets import filled, head_of

from .city import ROOT, press

pytestmark = pytest.mark.browser
ROWS = [
    {"code": "", "name": "云川高新区", "level": "县区", "parent": "9901"},
    {"code": "", "name": "云川经开区", "level": "县区", "parent": "9901"},
    {"code": "", "name": "云川保税区", "level": "县区", "parent": "9901"},
    {"code": "", "name": "云川风景区", "level": "大区", "parent": "9901"},
    {"code": "", "name": "", "level": "县区", "parent": "9901"},
]


def rows(mark, **mended):
    """The rows of one test, named apart from those of others; `mended` as 3=… by place."""
    made = [row | {"name": row["name"] and f"{row['name']}{mark}", "source": "demo"} for row in ROWS]
    for place, change in mended.items():
        made[int(place.removeprefix("row"))] |= change
    return made


def hand_in(page, file, form="form.jn-form"):
    """Choose the file, press, and wait until the page shows what came of it."""
    page.set_input_files(f"{form} [name=file]", file)
    press(page, page.locator(f"{form} button").first)
    if page.locator(".jn-running").count() and page.evaluate("typeof htmx") != "undefined":
        page.wait_for_selector(".jn-running", state="detached", timeout=60_000)


def taken(page, selector, folder):
    """Press a link that downloads; where the file lies."""
    with page.expect_download() as download:
        page.click(selector)
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


@pytest.mark.parametrize("width", [1280, 390])
def test_from_the_template_to_the_receipt(city, desk, tmp_path, width):
    page = desk("jigou", viewport={"width": width, "height": 900}, accept_downloads=True)
    page.goto(f"{city.url}/en/desk/intake/")
    page.click("a.btn[href*='/sets/divisions/']")
    template = taken(page, "a[href$='template.xlsx']", tmp_path)
    mark = f"·{width}"
    sheet = tmp_path / f"区划{width}.xlsx"
    sheet.write_bytes(filled(template.read_bytes(), "divisions", rows(mark)))
    hand_in(page, sheet)
    assert page.inner_text("h1") == "3 rows taken, 2 to mend"
    addresses = page.locator(".jn-cells .jn-addr").all_inner_texts()
    assert len(addresses) == 2

    back = openpyxl.load_workbook(taken(page, "a[href$='/errors/']", tmp_path))
    told = {cell.coordinate for row in back.worksheets[0].iter_rows() for cell in row if cell.comment}
    assert set(addresses) <= told
    line, places = head_of(back.worksheets[0], DIVISIONS.table)
    for row in back.worksheets[0].iter_rows(min_row=line + 1):
        cells = {name: row[place - 1] for name, place in places.items()}
        if cells["level"].value == "大区":
            cells["level"].value = "县区"
        elif cells["level"].value and not cells["name"].value:
            cells["name"].value = f"云川新城{mark}"
    mended = tmp_path / f"区划{width}-改好.xlsx"
    back.save(mended)
    hand_in(page, mended, "#again")
    assert page.inner_text("h1") == "5 rows taken"
    assert "3 as before" in page.inner_text(".jn-figs")

    verified(city, page, mended, tmp_path)

    page.goto(f"{city.url}/en/desk/intake/sets/divisions/")
    hand_in(page, mended)
    assert page.inner_text("h1") == "Nothing changed: all 5 rows stand already as they are here"


def verified(city, page, file, folder: Path):
    """The receipt of the batch that is open is signed within a minute, and holds on another computer."""
    page.click("a[href$='/receipt/']")
    for _turn in range(60):
        if page.locator("a[href$='receipt.txt']").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    note = taken(page, "a[href$='receipt.txt']", folder)
    keys = folder / "keys.txt"
    keys.write_bytes(urlopen(f"{city.url}/tlog/keys").read())
    command = [sys.executable, "-m", "jiannuo", "verify", "--lang", "en", "--key-file", str(keys), "--file", str(file)]
    outcome = subprocess.run([*command, str(note)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_without_script_one_looks_again_by_hand(city, desk, tmp_path):
    page = desk("jigou", java_script_enabled=False, accept_downloads=True)
    page.goto(f"{city.url}/en/desk/intake/sets/divisions/")
    template = taken(page, "a[href$='template.xlsx']", tmp_path)
    sheet = tmp_path / "区划.xlsx"
    sheet.write_bytes(filled(template.read_bytes(), "divisions", rows("·无脚本")))
    page.set_input_files("form.jn-form [name=file]", sheet)
    page.click("form.jn-form .btn-primary")
    for _turn in range(60):
        if not page.locator("text=Look again").count():
            break
        page.wait_for_timeout(500)
        page.click("text=Look again")
    assert page.inner_text("h1") == "3 rows taken, 2 to mend"
