"""In headless Chromium: the browser's own check finds what is wrong, axe nothing serious, nothing overflows."""

import pytest

from tests import make
from tests.browsing import browser, look, look_at_all, window

from .conftest import walked

__all__ = ["browser", "look", "look_at_all"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "/",
    "/records/",
    "/records/?kind=none&page=9",
    "/bodies/",
    "/log/",
    "/log/withdrawn/",
    "/rules/",
    "/rules/terms/record.enter/",
    "/rules/calculator/?term=record.enter&start=x",
    "/rules/calculator/?term=record.enter&start=2026-09-30",
    "/search/?q=路",
    "/data/",
    "/api/",
    "/about/privacy/",
    "/about/accessibility/",
    "/records/1999-0001/",
    "/there-is-none/",
]
NO_ED25519 = """(() => {
  const real = crypto.subtle.importKey.bind(crypto.subtle);
  crypto.subtle.importKey = (form, key, how, ...rest) =>
    how.name === "Ed25519" ? Promise.reject(new DOMException("no such algorithm", "NotSupportedError"))
                           : real(form, key, how, ...rest);
})()"""


@pytest.fixture
def town(transactional_db):
    return make.town()


@pytest.fixture
def record(town):
    from django.utils import timezone

    from jiannuo.ledger import sequencer

    made = walked(town)
    walked(town, title="受到表彰", kind="honour", source="COMMENDATION", loss=None, impact="none")
    sequencer.sequence(timezone.now())
    return made


def press(page):
    """The verdict and the marks of the four checks after pressing the button."""
    page.click("#jn-verify")
    page.wait_for_selector("#jn-checks[data-result]")
    marks = page.eval_on_selector_all("#jn-checks li", "items => items.map(i => [i.dataset.check, i.className])")
    return page.get_attribute("#jn-checks", "data-result"), dict(marks)


def test_the_browser_checks_a_page_by_itself_and_finds_what_was_changed(live_server, browser, record):
    (page, complaints), url = window(browser, live_server), f"{live_server.url}/records/{record.slug}/"
    page.goto(url)
    assert press(page) == ("yes", dict.fromkeys(("page", "leaf", "root", "signature"), "is-done"))
    assert complaints == []

    title, facts = "document.querySelector('h1')", "document.getElementById('jn-facts')"
    for change in (  # what is read; and what is compared
        f"{title}.textContent = '别的题目'",
        f"{facts}.textContent = {facts}.textContent.replace('742200.00', '2200.00')",
    ):
        page.goto(url)
        page.evaluate(change)
        verdict, marks = press(page)
        assert (verdict, marks["page"]) == ("no", "is-wrong")

    def altered(change, at="**/proof/*"):
        def serve(route):
            route.fulfill(body=change(route.fetch().text()), content_type="text/plain")

        page.route(at, serve)
        page.goto(url)
        got = press(page)
        page.unroute(at)
        return got

    verdict, marks = altered(lambda text: text.replace("\nindex ", "\nindex 1", 1))
    assert (verdict, marks["root"]) == ("no", "is-wrong")
    verdict, marks = altered(lambda text: text.replace("localhost/jiannuo/trial\n", "localhost/jiannuo/other\n", 1))
    assert (verdict, marks["signature"]) == ("no", "is-wrong")
    stranger = "localhost/jiannuo/trial+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n"
    verdict, marks = altered(lambda _text: stranger, "**/tlog/key*")
    assert (verdict, marks["signature"]) == ("no", "is-wrong")


def test_what_a_browser_cannot_check_is_said_and_never_counted_as_checked(live_server, browser, record):
    url = f"{live_server.url}/en/records/{record.slug}/"
    page, _complaints = window(browser, live_server)
    page.add_init_script(NO_ED25519)
    page.goto(url)
    verdict, marks = press(page)
    assert (verdict, marks["root"], marks["signature"]) == ("part", "is-done", "is-open")
    assert "cannot check Ed25519 signatures; use the command below" in page.inner_text("#jn-verdict")

    page, _complaints = window(browser, live_server)
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    page.goto(url)
    assert not page.is_visible("#jn-verify")
    assert "no means to check" in page.inner_text("#jn-verdict")
    assert f"jiannuo verify {url}" in page.inner_text("#proof")


def test_every_public_page_pleases_axe_and_overflows_nowhere(live_server, browser, record, look_at_all):
    page, complaints = window(browser, live_server)
    paths = [*PAGES, f"/records/{record.slug}/", f"/bodies/{record.body_id}/", "/log/1/leaf/1/"]
    look_at_all(page, complaints, paths)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_sign_in_pages_please_axe(live_server, browser, town, look, prefix):
    from jiannuo.accounts import actions as accounts
    from jiannuo.lifecycle.actor import SYSTEM

    user = accounts.demo_totp(town.registrar.user, by=SYSTEM, on=make.FOUNDING)
    page, complaints = window(browser, live_server, viewport={"width": 390, "height": 900})
    page.goto(f"{live_server.url}{prefix}/accounts/login/")
    look(page, complaints, "login")
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", "wrong")
    page.click("main button[type=submit]")
    look(page, complaints, "login refused")
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", make.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("input[name=code]")
    look(page, complaints, "code")
    page.fill("input[name=code]", page.inner_text("#trial-code code"))
    page.click("main button[type=submit]")
    page.wait_for_url(lambda address: "/accounts/factor/code/" not in address)
    page.goto(f"{live_server.url}{prefix}/accounts/password/change/")
    look(page, complaints, "password")


def test_a_filter_swaps_the_list_and_keeps_address_heading_and_count(live_server, browser, record):
    page, complaints = window(browser, live_server)
    page.goto(f"{live_server.url}/en/records/")
    page.evaluate("window.same = true")
    page.click("text=Honour record")
    page.wait_for_url("**/en/records/?kind=honour")
    page.wait_for_selector("h1:focus")
    assert page.evaluate("window.same"), "the whole page was loaded anew"
    assert page.inner_text("h1") == "1 honour"
    assert record.title not in page.inner_text("main")
    assert page.text_content("#jn-said") == "1 to 1 of 1, newest first"
    assert "kind%3Dhonour" in page.get_attribute("#aids a", "href")
    # No page is kept in the browser's store, only the address that this tab shows.
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("Object.values({ ...sessionStorage })") == ["/en/records/?kind=honour"]
    page.go_back()
    page.wait_for_selector("h1:has-text('dishonesty')")
    page.goto(f"{live_server.url}/en/bodies/")
    page.evaluate("window.same = true")
    page.fill("#q", "城建")
    page.press("#q", "Enter")
    page.wait_for_selector("h1:focus")
    assert page.evaluate("window.same")
    assert (page.inner_text("h1"), page.input_value("#q")) == ("1 public body", "城建")
    page.route("**/en/bodies/?*", lambda r: r.abort() if "hx-request" in r.request.headers else r.continue_())
    with page.expect_navigation():  # what cannot be swapped is opened as a page
        page.click("nav >> text=ended")
    assert page.evaluate("window.same") is None
    assert [c for c in complaints if "ERR_FAILED" not in c and "htmx" not in c] == []


def test_the_keyboard_alone_reaches_the_text_and_the_check(live_server, browser, record):
    page, _complaints = window(browser, live_server)
    page.goto(f"{live_server.url}/records/{record.slug}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "jn-skip"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "jn-verify":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#jn-checks[data-result=yes]")


def test_every_page_reads_without_script(live_server, browser, record):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/en/records/{record.slug}/")
    assert record.finding in page.inner_text("main")
    assert not page.is_visible("#jn-verify")
    assert "needs JavaScript" in page.inner_text("#proof")
    page.goto(live_server.url)
    page.fill("#q", "路灯")
    page.press("#q", "Enter")
    assert record.title in page.inner_text("main")
    page.goto(f"{live_server.url}/en/records/")
    page.click("text=Honour record")
    assert page.inner_text("h1") == "1 honour"


def test_what_was_typed_is_still_there_after_a_refusal(live_server, browser, town):
    page, _complaints = window(browser, live_server)
    page.goto(f"{live_server.url}/en/rules/calculator/?term=record.check&start=明天")
    assert page.input_value("#start") == "明天"
    assert page.input_value("#term") == "record.check"
    assert "“明天” is not a day" in page.inner_text("#start-f")
