"""In headless Chromium: the browser's own check finds what is wrong, axe nothing serious, nothing overflows."""

import os
import shutil

import pytest

from .conftest import walked

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the library's loop runs in this thread; Django looks at it
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PAGES = [
    "/",
    "/records/",
    "/bodies/",
    "/log/",
    "/rules/",
    "/rules/calculator/?term=record.enter&start=x",
    "/search/?q=路",
]


@pytest.fixture
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="pip install jiannuo[gui]")
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install -y chromium")
    with api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def record(transactional_db):
    from django.utils import timezone

    from jiannuo.ledger import sequencer
    from tests import make

    made = walked(make.town())
    sequencer.sequence(timezone.now())
    return made


def outcome(page, url):
    """The verdict and the marks of the four checks after pressing the button."""
    page.goto(url)
    return press(page)


def press(page):
    page.click("#jn-verify")
    page.wait_for_selector("#jn-checks[data-result]")
    marks = page.eval_on_selector_all("#jn-checks li", "items => items.map(i => [i.dataset.check, i.className])")
    return page.get_attribute("#jn-checks", "data-result"), dict(marks)


def test_the_browser_checks_a_page_by_itself_and_finds_what_was_changed(live_server, browser, record):
    page, url = browser.new_page(), f"{live_server.url}/records/{record.slug}/"
    verdict, marks = outcome(page, url)
    assert verdict in ("yes", "part")  # "part" where this Chromium has no Ed25519
    assert marks["page"] == marks["leaf"] == marks["root"] == "is-done"

    page.goto(url)
    page.evaluate("document.querySelector('h1').textContent = '别的题目'")
    verdict, marks = press(page)
    assert (verdict, marks["page"]) == ("no", "is-wrong")

    def altered(change):
        def serve(route):
            route.fulfill(body=change(route.fetch().text()), content_type="text/plain")

        page.route("**/proof/*", serve)
        got = outcome(page, url)
        page.unroute("**/proof/*")
        return got

    verdict, marks = altered(lambda text: text.replace("\nindex ", "\nindex 1", 1))
    assert (verdict, marks["root"]) == ("no", "is-wrong")
    if outcome(page, url)[0] == "yes":
        verdict, marks = altered(lambda text: text.replace("localhost/jiannuo/trial\n", "localhost/jiannuo/other\n", 1))
        assert (verdict, marks["signature"]) == ("no", "is-wrong")


def test_axe_finds_nothing_serious_and_nothing_overflows(live_server, browser, record):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install jiannuo[gui]").Axe()
    paths = [*PAGES, f"/records/{record.slug}/", f"/bodies/{record.body_id}/", "/en/", "/records/1999-0001/"]
    for width in (1280, 390):
        page = browser.new_page(viewport={"width": width, "height": 900})
        for path in paths:
            page.goto(live_server.url + path)
            violations = axe.run(page).response["violations"]
            serious = [v["id"] for v in violations if v["impact"] in ("serious", "critical")]
            assert serious == [], (path, width)
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, (path, width)


def test_every_page_reads_without_script(live_server, browser, record):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/records/{record.slug}/")
    assert record.finding in page.inner_text("main")
    assert not page.is_visible("#jn-verify")
    page.goto(live_server.url)
    page.fill("#q", "路灯")
    page.press("#q", "Enter")
    assert record.title in page.inner_text("main")
