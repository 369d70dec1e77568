"""In headless Chromium, without script: two bodies are merged by hand; axe finds nothing serious, nothing overflows."""

import os
import shutil

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry import actions as registry
from jiannuo.registry.models import Succession
from tests import make

from .registry_cast import PAPER, found, signed_in

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the library's loop runs in this thread; Django looks at it
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


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
def place(transactional_db):
    translation.activate("zh-hans")
    town = make.town()
    town.culture, town.tourism = found(town, "云川市文化局"), found(town, "云川市旅游局")
    town.both = found(town, "云川市文化和旅游局")
    registry.add_post(town.culture, "局长", by=SYSTEM, on=make.FOUNDING)
    return town


def open_as(browser, live_server, actor, **how):
    """A context of this browser in which the actor is signed in already."""
    context = browser.new_context(**how)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": signed_in(actor).cookies[name].value, "url": live_server.url}])
    return context


def test_two_bodies_are_merged_by_hand_without_script(live_server, browser, place):
    page = open_as(browser, live_server, place.keeper, java_script_enabled=False).new_page()
    page.goto(live_server.url + reverse("desk:bodies"))
    page.fill("#q", "文化")
    page.press("#q", "Enter")
    page.click(f"text={place.culture.name}")
    page.click(f"a[href='{reverse('desk:body_end', args=[place.culture.pk, 'merge'])}']")
    page.fill("[name=bodies]", f"{place.culture.name}\n{place.tourism.name}")
    page.fill("[name=heir]", place.both.name)
    page.click("form.jn-form [type=submit]")  # no document yet: refused at its field
    assert page.get_attribute("[name=document]", "aria-invalid") == "true"
    assert page.input_value("[name=heir]") == place.both.name
    page.fill("[name=document]", PAPER)
    page.click("form.jn-form [type=submit]")
    shown = page.inner_text("main")
    assert all(name in shown for name in (place.culture.name, place.tourism.name, place.both.name, PAPER))
    assert not Succession.objects.exists()
    page.click("[name=confirmed]")
    assert page.url == live_server.url + reverse("desk:body", args=[place.both.pk])
    assert place.culture.name in page.inner_text("#answers")
    assert Succession.objects.filter(heir=place.both).count() == 2


def test_axe_finds_nothing_serious_and_nothing_overflows(live_server, browser, place):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install jiannuo[gui]").Axe()
    one = [place.culture.pk]
    paths = [reverse(f"desk:{name}") for name in ("bodies", "body_new", "divisions", "parties", "rules")]
    paths += [reverse("desk:body", args=one), reverse("desk:posts", args=one), reverse("desk:bodies") + "?state=x"]
    paths += [reverse("desk:body_act", args=[*one, word]) for word in ("rename", "correct", "basis")]
    paths += [reverse("desk:body_end", args=[*one, word]) for word in ("merge", "split")]
    context = open_as(browser, live_server, place.keeper)
    page = context.new_page()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            page.goto(live_server.url + path)
            violations = axe.run(page).response["violations"]
            serious = [v["id"] for v in violations if v["impact"] in ("serious", "critical")]
            assert serious == [], (path, width)
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, (path, width)
