"""One record walks the whole way in real browsers, to its page and off it again; and one whose time is over."""

import subprocess
import sys
from urllib.request import urlopen

import pytest

from .city import ROOT, City, enter, may, press, take, today, wait_for

pytestmark = pytest.mark.browser
TITLE = "逾期支付档案密集架采购款"


def verify(what: str) -> subprocess.CompletedProcess[str]:
    """`jiannuo verify`, which knows neither our database nor our settings."""
    command = [sys.executable, "-m", "jiannuo", "verify", "--lang", "en", what]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def kept(city: City, folder, address: str):
    """A proof as a visitor keeps it: a file."""
    file = folder / address.strip("/").replace("/", "-")
    file.write_bytes(urlopen(f"{city.url}{address}").read())
    return file


def publish(city: City, desk, slug: str) -> None:
    """From the check to the public page, each step by whoever may take it."""
    take(desk("fuhe-a"), city, slug, "check")
    take(desk("dengji-c"), city, slug, "notify", served=today(), method="direct", receipt="云信送〔演示〕9号")
    take(desk("fuzeren"), city, slug, "effect", heard=True)
    take(desk("fazhi"), city, slug, "release", reason="已核对原文")
    reviewer = desk("gongkai")
    reviewer.goto(f"{city.url}/desk/records/{slug}/")
    form = reviewer.locator("form[action*='/twin/']").first
    reviewer.locator("details:has(form[action*='/twin/']) > summary").first.click()
    twin = {"name": "twin.txt", "mimeType": "text/plain", "buffer": "收款人：■■■■\n".encode()}
    form.locator("[name=twin]").set_input_files(twin)
    form.locator("[name=redactions]").fill("遮盖收款人名称")
    press(reviewer, form.locator("button"))
    take(reviewer, city, slug, "clear", reviewed=True, receivers="信用云川网站")


def test_from_the_form_to_the_public_page_and_off_it_while_every_proof_holds(city, desk, window, tmp_path):
    registrar = desk("dengji-c")
    slug = enter(registrar, city, TITLE, "云政认〔演示〕901号")
    assert not may(registrar, city, slug, "check")
    visitor = window()
    address = f"{city.url}/records/{slug}/"
    assert visitor.goto(address).status == 404

    publish(city, desk, slug)
    assert visitor.goto(address).status == 200
    assert TITLE in visitor.inner_text("h1")

    def proved():
        visitor.goto(address)
        return visitor.is_visible("#jn-verify")

    wait_for(proved)
    visitor.click("#jn-verify")
    visitor.wait_for_selector("#jn-checks[data-result]")
    assert visitor.get_attribute("#jn-checks", "data-result") in ("yes", "part")
    outcome = verify(address)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    proof = visitor.get_attribute("#jn-checks", "data-proof")
    own, older = kept(city, tmp_path, proof), proof.rpartition("/")[0] + "/0"
    before = kept(city, tmp_path, older)
    first = before.read_bytes()
    assert verify(str(own)).returncode == 0
    visitor.goto(f"{city.url}/records/")
    assert TITLE in visitor.inner_text("main")

    reason = "云川市人民政府撤销认定（云政函〔演示〕31号）"
    take(registrar, city, slug, "propose_revocation", reason=reason)
    head = desk("fuzeren")
    take(head, city, slug, "revoke")

    gone = visitor.goto(address)
    assert gone.status in (404, 410)
    for place in ("/records/", "/search/?q=密集架", "/"):
        visitor.goto(f"{city.url}{place}")
        assert TITLE not in visitor.inner_text("body"), place
    listed = wait_for(lambda: reason in urlopen(f"{city.url}/log/withdrawn/").read().decode())
    assert listed
    # What was said stays proved for whoever kept it, and older leaves are proved under the tree of today.
    assert verify(str(own)).returncode == 0
    assert verify(str(before)).returncode == 0
    after = kept(city, tmp_path, older)
    assert after.read_bytes() != first
    assert verify(str(after)).returncode == 0
    assert city.command("log", "verify").returncode == 0


def test_a_second_account_of_the_same_person_is_no_second_pair_of_eyes(city, desk):
    slug = enter(desk("dengji-d"), city, "逾期支付印刷费", "云政认〔演示〕902号")
    other = desk("fuhe-d")
    assert not may(other, city, slug, "check")
    answer = other.goto(f"{city.url}/desk/records/{slug}/check/")
    assert answer.status in (403, 409, 422)
    assert may(desk("fuhe-a"), city, slug, "check")


WALK_IN_THE_PAST = """
from django.utils import timezone
from jiannuo.rules import book
from jiannuo.start.demo import walk
from jiannuo.start.demo.diary import Diary
diary = Diary(timezone.localdate(), book().calendar)
walk.plan_one(diary, {
    "body": "市财政局", "organ": "市政府", "source": "DEFAULT", "number": "云政认〔演示〕903号", "entered": 275,
    "until": "published", "loss": "210000.00", "impact": "local", "title": "逾期支付档案数字化服务费",
    "finding": "服务验收后逾期未付。",
})
diary.live(until=diary.day(255))
print(walk.record({"number": "云政认〔演示〕903号"}).slug)
"""


def test_publicity_that_is_over_shows_nowhere_and_the_worker_writes_it_down(city, desk, window):
    done = city.command("shell", "--no-imports", "-c", WALK_IN_THE_PAST)
    assert done.returncode == 0, done.stderr
    slug = done.stdout.split()[-1]
    visitor = window()
    assert visitor.goto(f"{city.url}/records/{slug}/").status in (404, 410)
    visitor.goto(f"{city.url}/search/?q=数字化服务费")
    assert "逾期支付档案数字化服务费" not in visitor.inner_text("main")
    clerk = desk("fuhe-a")

    def written():
        clerk.goto(f"{city.url}/desk/records/?state=expired&q=数字化服务费")
        return slug.partition("-")[2] in clerk.inner_text("main") and "逾期支付档案数字化服务费" in clerk.inner_text(
            "main"
        )

    wait_for(written)
