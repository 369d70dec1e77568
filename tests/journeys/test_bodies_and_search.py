"""Two bodies become one on the desk, and the public page tells it; what is typed is found, in either writing."""

import pytest

from .city import fill, press, today

pytestmark = pytest.mark.browser


def body_page(page, city, name):
    """The public page of a body, by way of the list's own search; returns its number."""
    page.goto(f"{city.url}/bodies/?q={name}")
    page.locator("main").get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_url("**/bodies/*/")
    return page.url.rstrip("/").rpartition("/")[2]


def test_two_bodies_merge_on_the_desk_and_the_public_page_tells_the_story(city, desk, window):
    visitor = window()
    old = body_page(visitor, city, "云川市商务局")
    keeper = desk("jigou")
    keeper.goto(f"{city.url}/desk/bodies/{old}/end/merge/")
    document = "云编发〔演示〕77号"
    fill(keeper, heir="云川市市场发展局", document=document, on=today())
    with keeper.expect_navigation():
        keeper.click("main form .btn-primary")
    assert keeper.locator("main .jn-fault").count() > 0  # there is no such body; nothing typed is lost
    assert keeper.input_value("main form [name=document]") == document
    fill(keeper, heir="云川市农业农村局")
    press(keeper, keeper.locator("main form .btn-primary").first)
    assert "云川市农业农村局" in keeper.inner_text("h1")
    visitor.goto(f"{city.url}/bodies/{old}/")
    assert document not in visitor.inner_text("main")  # shown first, nothing written yet
    press(keeper, keeper.locator("[name=confirmed]"))

    visitor.goto(f"{city.url}/bodies/{old}/")
    told = visitor.inner_text("main")
    assert "云川市农业农村局" in told
    assert document in told
    body_page(visitor, city, "云川市农业农村局")
    heir = visitor.inner_text("main")
    assert "云川市商务局" in heir
    assert "外贸奖补资金" in heir  # what the ended body left is answered for here


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("路", "雁鸣大道路灯"),
        ("路灯", "雁鸣大道路灯"),
        ("路燈", "雁鸣大道路灯"),
        ("路灯采购合同验收款", "雁鸣大道路灯"),
        ("逾期支付雁鳴大道路燈採購", "雁鸣大道路灯"),
        ("市发改委", "云川市发展和改革委员会"),
        ("市發改委", "云川市发展和改革委员会"),
    ],
)
def test_one_character_two_and_more_are_found_in_either_writing(city, window, typed, found):
    page = window()
    page.goto(city.url)
    page.fill("#q", typed)
    page.press("#q", "Enter")
    page.wait_for_url("**/search/**")
    assert found in page.inner_text("main")
