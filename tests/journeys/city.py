"""A running city for the journeys: `jiannuo run` on a database in a file, with its worker, and people who use it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from jiannuo.accounts.trial import PASSWORD

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120.0  # seconds for the city to be laid and to answer, on a busy machine
WAIT = 30.0  # seconds for the worker to have done what is due


def today() -> str:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


@dataclass
class City:
    """Where it answers, and the environment in which its other commands run."""

    url: str
    env: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another `jiannuo` process beside the running ones."""
        command = [sys.executable, "-m", "jiannuo", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)


def start(folder: Path) -> City:
    """Start the demo city in this folder and wait until it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("JIANNUO_", "DATABASE_URL"))}
    env = {**keep, "JIANNUO_VAR": str(folder / "var"), "JIANNUO_CITY": "demo", "PYTHONUNBUFFERED": "1"}
    log = folder / "run.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "jiannuo", "run", "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    city = City(f"http://127.0.0.1:{port}", env, process, log)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the city ended by itself:\n{log.read_text('utf-8', errors='replace')}")
        try:
            urlopen(f"{city.url}/", timeout=20).read(1)
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return city
    stop(city)
    raise RuntimeError(f"the city did not answer in {PATIENCE} s:\n{log.read_text('utf-8', errors='replace')}")


def stop(city: City) -> None:
    """As Ctrl-C does: the parent ends server and worker."""
    city.process.send_signal(signal.SIGINT)
    city.process.wait(timeout=30)


def wait_for(what: Callable[[], Any], seconds: float = WAIT) -> Any:
    """Ask again until the answer is yes: the worker is a process of its own."""
    until = time.monotonic() + seconds
    while not (answer := what()):
        if time.monotonic() > until:
            raise AssertionError(f"still not so after {seconds} s")
        time.sleep(0.3)
    return answer


def sign_in(page: Any, city: City, username: str) -> Any:
    """By the two pages: password, then the code that a demo city shows."""
    page.goto(f"{city.url}/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/factor/code/**")
    page.fill("[name=code]", page.inner_text("#trial-code code"))
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/desk/**")
    return page


def fill(page: Any, **fields: Any) -> None:
    """Fill fields of the form in the main part by name: text, choice, tick or file."""
    for name, value in fields.items():
        field = page.locator(f"main form [name={name}]").first
        sort = field.get_attribute("type") or field.evaluate("one => one.tagName.toLowerCase()")
        if sort == "checkbox":
            field.check()
        elif sort == "radio":
            page.check(f"main form [name={name}][value={value}]")
        elif sort == "file":
            field.set_input_files(value)
        elif sort == "select":
            field.select_option(value)
        else:
            field.fill(value)


def press(page: Any, button: Any) -> None:
    """Press, and wait for the page that comes of it; a refusal on it is shown in full."""
    with page.expect_navigation():
        button.click()
    refused = page.locator("main .jn-refuse, main .jn-fault")
    assert refused.count() == 0, refused.all_inner_texts()


def take(page: Any, city: City, slug: str, verb: str, **fields: Any) -> None:
    """Press a step's button on the record's page, fill in what it asks for, and come back to the page."""
    page.goto(f"{city.url}/desk/records/{slug}/")
    press(page, page.locator(f"a[href*='/{slug}/{verb}/'], form[action$='/{slug}/{verb}/'] button").first)
    if f"/{verb}/" in page.url:
        fill(page, **fields)
        press(page, page.locator("main form .btn-primary").first)


def may(page: Any, city: City, slug: str, verb: str) -> bool:
    """Whether the record's page offers this step to whoever is signed in."""
    page.goto(f"{city.url}/desk/records/{slug}/")
    return page.locator(f"a[href*='/{slug}/{verb}/'], form[action$='/{slug}/{verb}/'] button").count() > 0


def enter(page: Any, city: City, title: str, number: str, **changes: Any) -> str:
    """Enter a record with its document by the form; returns its slug."""
    page.goto(f"{city.url}/desk/records/new/")
    paper = {"name": "decision.txt", "mimeType": "text/plain", "buffer": f"{title}\n收款人：演示企业\n".encode()}
    fields = {
        "source": "DEFAULT",
        "body": "市财政局",
        "organ": "云川市人民政府",
        "title": title,
        "finding": "验收合格后逾期未付，责令整改期满仍未付清。",
        "document_number": number,
        "decided": today(),
        "served": today(),
        "loss": "236000.00",
        "impact": "local",
        "document": paper,
        "document_title": "认定文书",
        "declared": True,
    }
    fill(page, **(fields | changes))
    press(page, page.locator("main form .btn-primary").first)
    return page.url.rstrip("/").rpartition("/")[2]
