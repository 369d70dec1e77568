"""Headless Chromium for tests: a launch, a window in which somebody has signed in, a look at the page that is open."""

import os
import shutil
from contextlib import contextmanager

import pytest
from django.conf import settings

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the library's loop runs in this thread; Django looks at it
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# The browser asks nobody but us.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# English is the longer of the two: what fits in the narrow window in English fits in Chinese.
VIEWS = (("", 1280), ("/en", 390))


@contextmanager
def chromium():
    """A running browser; skips where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="pip install jiannuo[gui]")
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install -y chromium")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def browser():
    with chromium() as running:
        yield running


def window(browser, live_server, client=None, **how):
    """A page of its own, and what its console and content policy complain of. client: who has signed in already."""
    context = browser.new_context(**how)
    if client is not None:
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page, complaints = context.new_page(), []

    def told(message):
        # A page that is not there is told about as well: that is no fault of the page.
        if message.type == "error" and "status of 404" not in message.text:
            complaints.append(message.text)

    page.on("console", told)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


@pytest.fixture
def look():
    """Looks at the page that is open: axe, overflow, and what the browser complained of since the last look."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install jiannuo[gui]").Axe()

    def seen(page, complaints, where=""):
        where = where or page.url
        found = axe.run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == [], where
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, where
        assert complaints == [], where

    return seen


@pytest.fixture
def look_at_all(look, live_server):
    """Looks at these addresses (without language), wide in Chinese and narrow in English."""

    def seen(page, complaints, paths):
        for prefix, width in VIEWS:
            page.set_viewport_size({"width": width, "height": 900})
            for path in paths:
                page.goto(live_server.url + prefix + path)
                look(page, complaints, (prefix + path, width))

    return seen
