"""In headless Chromium: a file is handed in without script, and by dropping it; axe finds nothing serious."""

import os

import pytest
from django.conf import settings
from django.utils import timezone, translation

from jiannuo.exchange import sweep
from jiannuo.ledger import sequencer
from tests import make
from tests.web.desk import cast, sheets
from tests.web.desk.test_intake import BAD, GOOD, MENDED, book
from tests.web.desk.test_registry_browser import browser

__all__ = ["browser"]
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the library's loop runs in this thread; Django looks at it
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


@pytest.fixture
def opened(browser, live_server, keeper):
    """A page in which the keeper is signed in already."""

    def one(**how):
        context = browser.new_context(**how)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": keeper.cookies[name].value, "url": live_server.url}])
        return context.new_page()

    return one


def chosen(content, name="区划.xlsx"):
    return {"name": name, "mimeType": sheets.XLSX, "buffer": content}


@pytest.mark.parametrize("width", [1280, 390])
def test_the_whole_way_without_script(live_server, opened, keeper, width):
    page = opened(java_script_enabled=False, viewport={"width": width, "height": 900})
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


def test_a_file_may_be_dropped_and_the_page_follows_the_work_by_itself(live_server, opened, keeper):
    import base64

    page = opened()
    page.goto(f"{live_server.url}/en/desk/intake/sets/divisions/")
    assert page.is_visible(".jn-drop__here")
    assert page.evaluate(DROP, ["区划.xlsx", base64.b64encode(book(keeper, GOOD)).decode()]) == 1
    page.click("form.jn-form .btn-primary")
    page.wait_for_selector(".jn-running")
    sheets.work()
    page.wait_for_selector(".jn-running", state="detached", timeout=15_000)
    assert page.inner_text("h1") == "3 rows taken"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_axe_finds_nothing_serious_and_nothing_overflows(live_server, opened, keeper, prefix):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install jiannuo[gui]").Axe()
    page = opened()
    complaints = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    where = f"{prefix}/desk/intake"
    page.goto(f"{live_server.url}{where}/sets/divisions/")
    page.set_input_files("[name=file]", chosen(book(keeper, GOOD + BAD)))
    page.click("form.jn-form .btn-primary")
    page.wait_for_selector(".jn-running")
    batch = page.url.removeprefix(live_server.url)
    look(axe, page, complaints)
    sheets.work()
    sequencer.sequence(timezone.now())
    sweep.sweep(timezone.localdate(), [])
    refused = sheets.upload(b"%PDF-1.4", "文件.pdf")
    answer = keeper.post(f"{where}/sets/divisions/", {"file": refused, "provider": str(sheets.newest().provider_id)})
    sheets.work()
    paths = [f"{where}/", f"{where}/sets/divisions/", f"{where}/batches/", batch, answer["Location"]]
    paths += [f"{batch}{part}/" for part in ("rows", "differences", "receipt")] + [f"{prefix}/desk/?kind=batch"]
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            page.goto(live_server.url + path)
            look(axe, page, complaints)


def look(axe, page, complaints):
    found = axe.run(page).response["violations"]
    serious = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]
    assert serious == [], page.url
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, page.url
    assert complaints == [], page.url
