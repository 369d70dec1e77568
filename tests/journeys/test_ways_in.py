"""By keyboard alone, without JavaScript, and on a phone."""

import pytest

from jiannuo.accounts.trial import PASSWORD

from .city import enter, sign_in

pytestmark = pytest.mark.browser
ACTIVE = "document.activeElement.name || document.activeElement.getAttribute('href') || document.activeElement.tagName"


def tab_to(page, wanted, most=60):
    """Press Tab until what is wanted has the focus; fails if it is never reached."""
    seen = []
    for _press in range(most):
        at = page.evaluate(ACTIVE)
        seen.append(at)
        if wanted(at):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"never reached: {seen}")


def test_signing_in_and_opening_a_record_by_keyboard_alone(city, window):
    page = window()
    page.goto(f"{city.url}/desk/")
    page.wait_for_url("**/accounts/login/**")
    tab_to(page, lambda at: at == "login")
    page.keyboard.type("fuhe-a")
    page.keyboard.press("Tab")
    tab_to(page, lambda at: at == "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/factor/code/**")
    tab_to(page, lambda at: at == "code")
    page.keyboard.type(page.inner_text("#trial-code code"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    tab_to(page, lambda at: str(at).endswith("/desk/records/"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/records/")
    tab_to(page, lambda at: "/desk/records/20" in str(at), most=120)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"  # one sees where one is
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/records/20*/")


def test_without_script_the_city_is_read_and_a_record_entered(city, window):
    page = sign_in(window(java_script_enabled=False), city, "dengji-c")
    slug = enter(page, city, "逾期支付台账印制费", "云政认〔演示〕904号")
    assert "逾期支付台账印制费" in page.inner_text("main")
    reader = window(java_script_enabled=False)
    reader.goto(city.url)
    reader.fill("#q", "路灯")
    reader.press("#q", "Enter")
    reader.locator("main a[href*='/records/']").first.click()
    assert "路灯" in reader.inner_text("h1")
    assert not reader.is_visible("#jn-verify")
    assert reader.goto(f"{city.url}/records/{slug}/").status == 404


def test_on_a_phone_nothing_is_wider_than_the_screen(city, desk):
    page = desk("fuhe-a", viewport={"width": 390, "height": 844}, has_touch=True)
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for path in ("/", "/records/", "/bodies/", "/desk/", "/desk/records/", "/desk/bodies/"):
        page.goto(city.url + path)
        assert page.evaluate(over) <= 0, path
