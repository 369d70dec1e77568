"""In headless Chromium: axe finds nothing serious on the desk and nothing overflows."""

import pytest
from django.urls import reverse
from django.utils import translation

from tests import make
from tests.browsing import browser, look, look_at_all, window
from tests.web.desk import cast
from tests.web.desk.test_hooks import make as make_hook
from tests.web.portal.conftest import walked

__all__ = ["browser", "look", "look_at_all"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    translation.activate("zh-hans")
    return make.town()


def test_records(live_server, browser, town, look_at_all):
    drafted, published = walked(town, "draft"), walked(town, "published")
    names = [reverse(f"desk:{place}") for place in ("work", "records", "record_new")]
    names.append(reverse("desk:records") + "?state=x")
    names += [reverse("desk:record", args=[one.slug]) for one in (drafted, published)]
    names.append(reverse("desk:record_edit", args=[drafted.slug]))
    page, complaints = window(browser, live_server, cast.of(town)("registrar"))
    look_at_all(page, complaints, names)
    names = [reverse("desk:record_step", args=[drafted.slug, verb]) for verb in ("check", "return")]
    page, complaints = window(browser, live_server, cast.of(town)("reviewer"))
    look_at_all(page, complaints, names)


def test_people_keys_and_calls(live_server, browser, town, look, look_at_all, settings):
    settings.HOOKS_LOOPBACK = True
    operator = cast.newcomer("operator", town.city)
    places = ("people", "person_new", "people_roles", "keys", "hooks")
    paths = [reverse(f"desk:{place}") for place in places]
    paths.append(reverse("desk:person", args=[town.reviewer.user.person_id]))
    page, complaints = window(browser, live_server, operator)
    look_at_all(page, complaints, paths)
    assert make_hook(operator, town).status_code == 302
    page.goto(live_server.url + paths[3])
    page.click("summary.btn-primary")
    for name, value in {"title": "民政系统", "body": town.county.name}.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=role]", "registry")
    page.click("details[open] [type=submit]")
    assert page.input_value("#secret")
    look(page, complaints)
    look_at_all(page, complaints, [paths[3], paths[4]])


def test_quality_and_levels(live_server, browser, town, look_at_all):
    places = ("quality", "quality_bulletin", "levels")
    paths = [reverse(f"desk:{place}") for place in places]
    page, complaints = window(browser, live_server, cast.of(town)("head"))
    look_at_all(page, complaints, [*paths, reverse("desk:quality_body", args=[town.city.pk])])
