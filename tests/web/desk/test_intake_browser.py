"""In headless Chromium: a file is handed in without script, and by dropping it; axe finds nothing serious."""

import pytest
from django.utils import timezone, translation

from jiannuo.exchange import sweep
from jiannuo.ledger import sequencer
from tests import make
from tests.browsing import browser, look, look_at_all, window
from tests.web.desk import cast, sheets
from tests.web.desk.test_intake import BAD, GOOD, MENDED, book

__all__ = ["browser", "look", "look_at_all"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DROP = """([name, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], name));
  const place = document.querySelector("[data-drop]");
  place.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
  return document.querySelector("[data-drop] input").files.length;
}"""


@pytest.fixture
def town(transactional_db):
    translation.activate("zh-hans")
    return make.town()


@pytest.fixture
def keeper(town):
    return cast.of(town)("keeper")


def chosen(content, name="区划.xlsx"):
    return {"name": name, "mimeType": sheets.XLSX, "buffer": content}


@pytest.mark.parametrize("width", [1280, 390])
def test_the_whole_way_without_script(live_server, browser, keeper, width):
    how = {"java_script_enabled": False, "viewport": {"width": width, "height": 900}}
    page, _said = window(browser, live_server, keeper, **how)
    page.goto(f"{live_server.url}/en/desk/")
    page.click("nav >> text=Data in")
    page.click("a.btn[href*='/sets/divisions/']")
    page.set_input_files("[name=file]", chosen(book(keeper, GOOD + BAD)))
    page.click("form.jn-form .btn-primary")
    assert page.inner_text("h1") == "It is being worked"
    sheets.work()
    page.click("text=Look again")
    assert page.inner_text("h1") == "3 rows taken, 2 to mend"
    assert page.locator(".jn-cells tbody tr").count() == 2
    page.set_input_files("[name=file]", chosen(book(keeper, GOOD + MENDED)))
    page.click("#again button")
    sheets.work()
    page.click("text=Look again")
    assert page.inner_text("h1") == "5 rows taken"
    assert "All done" in page.inner_text(".jn-progress") or width == 390


def test_a_file_may_be_dropped_and_the_page_follows_the_work_by_itself(live_server, browser, keeper):
    import base64

    page, _said = window(browser, live_server, keeper)
    page.goto(f"{live_server.url}/en/desk/intake/sets/divisions/")
    assert page.is_visible(".jn-drop__here")
    assert page.evaluate(DROP, ["区划.xlsx", base64.b64encode(book(keeper, GOOD)).decode()]) == 1
    page.click("form.jn-form .btn-primary")
    page.wait_for_selector(".jn-running")
    sheets.work()
    page.wait_for_selector(".jn-running", state="detached", timeout=15_000)
    assert page.inner_text("h1") == "3 rows taken"


def test_axe_finds_nothing_serious_and_nothing_overflows(live_server, browser, keeper, look, look_at_all):
    page, complaints = window(browser, live_server, keeper)
    where = "/desk/intake"
    page.goto(f"{live_server.url}{where}/sets/divisions/")
    page.set_input_files("[name=file]", chosen(book(keeper, GOOD + BAD)))
    page.click("form.jn-form .btn-primary")
    page.wait_for_selector(".jn-running")
    batch = page.url.removeprefix(live_server.url)
    look(page, complaints)
    sheets.work()
    sequencer.sequence(timezone.now())
    sweep.sweep(timezone.localdate(), [])
    refused = sheets.upload(b"%PDF-1.4", "文件.pdf")
    answer = keeper.post(f"{where}/sets/divisions/", {"file": refused, "provider": str(sheets.newest().provider_id)})
    sheets.work()
    paths = [f"{where}/", f"{where}/sets/divisions/", f"{where}/batches/", batch, answer["Location"]]
    paths += [f"{batch}{part}/" for part in ("rows", "differences", "receipt")] + ["/desk/?kind=batch"]
    look_at_all(page, complaints, paths)
