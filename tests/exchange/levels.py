"""Two instances on loopback, 青禾区 and 云川市: each with a database, a log and a key, in processes of its own."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from jiannuo.accounts.acting import actor_of
from jiannuo.accounts.models import User
from jiannuo.exchange import handing_up, sweep
from jiannuo.exchange.actions import handover as actions
from jiannuo.exchange.actions import receive_rows
from jiannuo.exchange.models import Handover, Partner
from jiannuo.exchange.reporting import Period
from jiannuo.ledger import keys, sequencer
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.refused import Refused
from jiannuo.records.models import Record
from jiannuo.registry import actions as registry
from jiannuo.registry.models import Body
from jiannuo.tlog import note
from tests import make
from tests.exchange import plain
from tests.ledger.house import House

NAME = "青禾区住房和城乡建设局"
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
DAY = date(2026, 11, 9)


def standing(first: date, last: date, refs: Any) -> Any:
    for record in Record.objects.filter(decided__gte=first, decided__lte=last).select_related("body").order_by("pk"):
        known = plain._known(record)
        assert known
        if refs is None or record.ref in refs:
            yield record.ref, known.values


def data_set() -> Any:
    return replace(plain.data_set(), dated="decided", standing=standing)


@dataclass
class Instance:
    """One level. `do` runs a function in a process of this instance."""

    house: House
    folder: Path
    origin: str

    def do(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        return self.house.run(self._inside, work, *args, **kwargs)

    def _inside(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        settings.LOG_DIR = self.folder / "log"
        settings.LOG_KEY_FILE = self.folder / "keys" / "log.key"
        settings.EXCHANGE_DIR = self.folder / "exchange"
        settings.ORIGIN = self.origin
        settings.ALLOWED_HOSTS = ["127.0.0.1"]
        settings.SECURE_SSL_REDIRECT = False
        return work(*args, **kwargs)

    @contextmanager
    def serving(self, port: int) -> Any:
        """The whole web application of this instance, until the block ends."""
        child = self.house.start(self._inside, _serve, port)
        _wait(port)
        try:
            yield
        finally:
            os.kill(child.pid, signal.SIGKILL)
            os.close(child.pipe)
            os.waitpid(child.pid, 0)


class _One(WSGIServer):
    allow_reuse_address = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass


def _serve(port: int) -> None:
    make_server("127.0.0.1", port, get_wsgi_application(), _One, _Quiet).serve_forever()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(port: int) -> None:
    for _n in range(200):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server does not answer")


# What is done inside an instance.


def settle() -> str:
    """The town, the county's bureau, and the log's first leaves; returns the public key."""
    town = make.town()
    under = {"founded": make.FOUNDING, "parent": town.county}
    new = registry.NewBody(
        NAME, "department", town.county.division, evaluable_by=town.county, evaluable_basis="x", **under
    )
    registry.found([new], by=SYSTEM, on=make.FOUNDING)
    sequencer.sequence(timezone.now())
    return str(keys.public_keys()[-1])


def know(side: str, key: str, address: str = "", since: date = date(2026, 1, 5)) -> None:
    county = Body.objects.get(name="青禾区人民政府")
    actions.register_partner(side, county, key, address=address, by=SYSTEM, on=since)


def registrar() -> Any:
    return actor_of(User.objects.get(username="registrar"))


def enter(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Hand rows in at this instance, as its own registrar."""
    county = Body.objects.get(name="青禾区人民政府")
    found: dict[str, int] = {}
    for start in range(0, len(rows), 500):
        batch = receive_rows(
            rows[start : start + 500], dataset="plain", provider=county, channel="desk", by=registrar(), on=DAY
        )
        for name, n in batch.counts.items():
            found[name] = found.get(name, 0) + n
    return found


def rows(count: int, first: int = 1, **changes: Any) -> list[dict[str, Any]]:
    return plain.rows(count, first, body=NAME, decided="2026-10-12", **changes)


def queue(period: Period = OCTOBER) -> int:
    partner = Partner.objects.get(side="upper")
    return actions.hand_up(partner, "plain", period, by=registrar(), on=timezone.localdate()).pk


def send(steps: int = 50) -> dict[str, Any]:
    """The worker's turns until nothing is left to do now; how the newest package stands."""
    for _n in range(steps):
        if not handing_up.work(timezone.now()):
            break
    return package()


def package() -> dict[str, Any]:
    one = Handover.objects.first()
    assert one
    return {
        "stage": one.stage,
        "serial": one.serial,
        "fault": one.fault,
        "taken": one.taken,
        "receipts": one.receipts,
        "manifest": one.manifest,
        "differences": one.differences,
        "equal": one.is_equal,
        "rows": one.rows,
    }


def retry() -> None:
    Handover.objects.update(again=None)


def log_on() -> None:
    """The upper level's worker: leaves, checkpoints, receipts."""
    sequencer.sequence(timezone.now())
    sweep.sweep(timezone.localdate(), ())


def records() -> int:
    return Record.objects.count()


def refused(work: Any, *args: Any) -> tuple[str, str]:
    """The code and the words of the refusal that this meets."""
    try:
        work(*args, on=timezone.localdate())
    except Refused as error:
        return error.code, str(error)
    return "", ""


def signed_by(seed: bytes, name: str, text: str) -> str:
    return note.sign(text, [note.Ed25519Signer.from_seed(name, seed)])


def signed_here(text: str) -> str:
    """A statement of one's own making, signed with this instance's real key."""
    head = sequencer.head()
    assert head
    return note.sign(text, keys.signers(head.epoch.origin, last=head.text))
