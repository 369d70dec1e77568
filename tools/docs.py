#!/usr/bin/env python3
"""Make what is generated in docs/: the state diagrams, and the pictures of the README, from the running demo city."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
# Pages of the demo city, as they stand in the README.
PAGES = {"home": "/"}
SIZE = {"width": 1280, "height": 1000}
# The distribution's Chromium, without what would call its maker.
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"


def main() -> None:
    subprocess.run([sys.executable, "-m", "jiannuo", "diagrams"], cwd=ROOT, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "JIANNUO_CITY": "demo", "JIANNUO_VAR": folder}
        running = subprocess.Popen([sys.executable, "-m", "jiannuo", "run", "--port", str(port)], cwd=ROOT, env=env)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address)
            _shoot(address)
        finally:
            running.terminate()
            running.wait()


def _wait(address: str) -> None:
    for _second in range(120):
        try:
            urlopen(address, timeout=20).read(1)  # noqa: S310  (our own address)
        except (URLError, OSError):
            time.sleep(1)
        else:
            return
    raise SystemExit(f"{address} does not answer")


def _shoot(address: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET.split())
        page = browser.new_page(viewport=SIZE, locale="zh-CN")
        for name, path in PAGES.items():
            page.goto(address + path)
            page.screenshot(path=PICTURES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
