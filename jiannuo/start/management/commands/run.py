"""`jiannuo run`: a city on this machine: tables, starting set, server and worker; Ctrl-C ends all of it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from jiannuo.accounts.trial import PASSWORD, demo_accounts

PATIENCE = 10.0  # seconds that a child has to end by itself
PAUSE = 0.3
# The worker is started again when it dies, but not in a tight loop.
REST = 3.0


class Command(BaseCommand):
    help = "Run server and worker together, on loopback, for a trial. In production each runs as a service of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=2, help="threads of each of the server's two processes")

    def handle(self, *args: Any, port: int, threads: int, **options: Any) -> None:
        _must_be_free(port)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("start", settings.CITY)
        accounts = [(user.username, user.person.post_title) for user in demo_accounts()]
        connections.close_all()
        server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        # Pages are Python's own work: two processes answer twice as many, more threads of one none (bench/portal.py).
        server += ["--workers", "2", "--blocking-threads", str(threads), "--log-level", "warning"]
        server += ["jiannuo.wsgi:application"]
        worker = [sys.executable, "-m", "jiannuo", "work"]
        children = Children({"server": server, "worker": worker})
        try:
            children.start()
            address = f"http://127.0.0.1:{port}/"
            if children.answers(address):
                self._say(address, accounts)
            children.watch()
        finally:
            children.end()

    def _say(self, address: str, accounts: list[tuple[str, str]]) -> None:
        lines = ["", f"践诺 Jiannuo: {address}", f"工作台 desk:   {address}desk/", ""]
        if accounts:
            lines += [f"试用账号 demo accounts (密码 password: {PASSWORD}; 验证码在登录页上 the code is on the page):"]
            lines += [f"  {username:<14}{title}" for username, title in accounts]
        lines += ["", f"数据 data: {settings.VAR}", "按 Ctrl-C 停止 press Ctrl-C to stop.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


class Children:
    """The processes of a run. Each leads a group of its own, so that what it started ends with it."""

    def __init__(self, commands: dict[str, list[str]]) -> None:
        self.commands = commands
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, *_signal: object) -> None:
        self.stopping = True

    def start(self) -> None:
        for name in self.commands:
            self._begin(name)

    def _begin(self, name: str) -> None:
        self.running[name] = subprocess.Popen(self.commands[name], start_new_session=True)  # noqa: S603  (our own)

    def answers(self, address: str) -> bool:
        """Wait until the server answers; False when it ended or we are told to stop first."""
        while not self.stopping and self.running["server"].poll() is None:
            try:
                urlopen(address, timeout=20).read(1)  # noqa: S310  (our own address)
            except (URLError, OSError):
                time.sleep(0.1)
            else:
                return True
        return False

    def watch(self) -> None:
        """Until told to stop. A worker that died is started again; without the server there is nothing to run."""
        while not self.stopping:
            if (code := self.running["server"].poll()) is not None:
                raise CommandError(f"The server ended by itself (status {code}).")
            if self.running["worker"].poll() is not None:
                time.sleep(REST)
                if not self.stopping:
                    self._begin("worker")
            time.sleep(PAUSE)

    def end(self) -> None:
        """Ask every group to end, then make it."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            for child in self.running.values():
                _signal_group(child.pid, sign)
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until and any(_group_lives(child) for child in self.running.values()):
                time.sleep(0.05)
            if not any(_group_lives(child) for child in self.running.values()):
                return


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def _group_lives(child: subprocess.Popen[bytes]) -> bool:
    child.poll()
    try:
        os.killpg(child.pid, 0)
    except ProcessLookupError:
        return False
    return True


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(
                f"Port {port} is taken by another program. Choose another one: make run PORT={port + 1}"
            ) from None
