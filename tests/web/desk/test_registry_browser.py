"""In headless Chromium, without script: two bodies are merged by hand; axe finds nothing serious, nothing overflows."""

import pytest
from django.urls import reverse
from django.utils import translation

from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry import actions as registry
from jiannuo.registry.models import Succession
from tests import make
from tests.browsing import browser, look, look_at_all, window

from .registry_cast import PAPER, found, signed_in

__all__ = ["browser", "look", "look_at_all"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place(transactional_db):
    translation.activate("zh-hans")
    town = make.town()
    town.culture, town.tourism = found(town, "云川市文化局"), found(town, "云川市旅游局")
    town.both = found(town, "云川市文化和旅游局")
    registry.add_post(town.culture, "局长", by=SYSTEM, on=make.FOUNDING)
    return town


def test_two_bodies_are_merged_by_hand_without_script(live_server, browser, place):
    page, _said = window(browser, live_server, signed_in(place.keeper), java_script_enabled=False)
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


def test_axe_finds_nothing_serious_and_nothing_overflows(live_server, browser, place, look_at_all):
    one = [place.culture.pk]
    paths = [reverse(f"desk:{name}") for name in ("bodies", "body_new", "divisions", "parties", "rules")]
    paths += [reverse("desk:body", args=one), reverse("desk:posts", args=one), reverse("desk:bodies") + "?state=x"]
    paths += [reverse("desk:body_act", args=[*one, word]) for word in ("rename", "correct", "basis")]
    paths += [reverse("desk:body_end", args=[*one, word]) for word in ("merge", "split")]
    look_at_all(*window(browser, live_server, signed_in(place.keeper)), paths)
