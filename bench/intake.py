"""A workbook of 100 000 records through the real intake, while people write: `python bench/intake.py [ROWS]`.

The file lies in the queue of a scratch database; a process of its own works it, as the worker does: cells read and
checked, names looked up, the natural key asked for, each row entered by the action of the desk's form, with its entry
in the ledger, its line in the search table and its row of the batch. Beside it a person enters a record on the desk
every 50 ms, through the whole site (session, form, action, ledger); what is measured is how long one waits. Durable as
served (SQLite: WAL, synchronous=NORMAL). Beside it, as a floor, the same rows put by plain bulk_create, which checks,
proves and finds nothing. On PostgreSQL the same, where a server is installed.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tools"))
EVERY = 0.05  # seconds between two writes of a person


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if len(sys.argv) > 3:  # the inner call, on one database
        measure(rows, sys.argv[2], sys.argv[3])
        return
    import postgres

    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        inner(rows, "SQLite", folder, f"sqlite:///{folder}/jiannuo.sqlite3")
        try:
            with postgres.cluster() as cluster:
                inner(rows, "PostgreSQL", f"{folder}/pg", cluster.url)
        except postgres.NoServer as error:
            print(f"skipped: PostgreSQL: {error}")


def inner(rows: int, name: str, folder: str, url: str) -> None:
    Path(folder).mkdir(exist_ok=True)
    env = {
        **os.environ,
        "JIANNUO_VAR": folder,
        "JIANNUO_TRIAL": "yes",
        "JIANNUO_OPENDATA": "no",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "jiannuo.settings",
    }
    subprocess.run([sys.executable, __file__, str(rows), name, folder], env=env, cwd=ROOT, check=True)


def measure(rows: int, name: str, folder: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections
    from django.utils import timezone, translation

    call_command("migrate", verbosity=0)
    translation.activate("zh-hans")
    with contextlib.redirect_stdout(sys.stderr):
        town, client = settle()
        path = Path(folder) / "records.xlsx"
        workbook(path, rows, town)
    batch = hand_in(path, town)
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Event(), context.Event()
    worker = context.Process(target=work, args=(batch.pk, ready))
    worker.start()
    ready.wait()
    waits, start = [], time.perf_counter()
    number = 0
    while worker.is_alive():
        begun = time.perf_counter()
        number += 1
        write(client, town, number)
        waits.append(time.perf_counter() - begun)
        time.sleep(max(0.0, EVERY - (time.perf_counter() - begun)))
    took = time.perf_counter() - start
    worker.join()
    batch.refresh_from_db()
    from jiannuo.records.models import Record

    assert batch.counts == {"new": rows}, (batch.stage, batch.counts, batch.faults)
    assert Record.objects.count() == rows + number
    waits.sort()
    print(
        f"{name:11} {rows:,} rows in {took:6.1f} s: {rows / took:6,.0f} rows/s; {len(waits):,} writes beside it, "
        f"p50 {1000 * waits[len(waits) // 2]:.0f} ms, p99 {1000 * waits[int(len(waits) * 0.99)]:.0f} ms, "
        f"longest {1000 * waits[-1]:.0f} ms; load {os.getloadavg()[0]:.1f}"
    )
    floor(name, rows, timezone.localdate())
    stop.set()


def settle():
    """The town, and a registrar signed in on the desk."""
    from django.test import Client

    from tests import make
    from tests.signin import sign_in
    from tests.web.desk.cast import desk_account

    town = make.town()
    account = desk_account(town.registrar.user.person, "registrar-desk")
    return town, sign_in(Client(SERVER_NAME="localhost"), account)


def workbook(path: Path, rows: int, town) -> None:
    """Nine columns, as a department types them."""
    import xlsxwriter

    heads = ["机构", "来源", "事由", "查明的事实", "认定机关", "文书号", "认定日期", "送达日期", "损失或金额（元）"]
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("records")
    sheet.write_row(0, 0, heads)
    for n in range(rows):
        day = f"2026-{1 + n % 9:02}-{1 + n % 28:02}"
        sheet.write_row(n + 1, 0, [
            "云川市城市建设管理局" if n % 3 else "市发改委", "违约失信", f"逾期支付采购合同验收款之{n}",
            "验收合格后未按合同付款，责令整改期满仍未付清。", "云川市人民政府", f"云政认〔2026〕{n}号", day, day,
            100 + n / 4,
        ])  # fmt: skip
    book.close()


def hand_in(path: Path, town):
    from django.utils import timezone

    from jiannuo.exchange import actions

    return actions.receive_file(
        path,
        dataset="records",
        provider=town.city,
        file_name="records.xlsx",
        channel="desk",
        by=town.registrar,
        on=timezone.localdate(),
    )


def work(batch: int, ready) -> None:
    """The worker's part, in a process of its own."""
    import django

    django.setup()
    from django.utils import timezone

    from jiannuo.exchange import jobs
    from jiannuo.exchange.models import Batch

    ready.set()
    while jobs.work(timezone.now()):
        pass
    assert Batch.objects.get(pk=batch).stage == "done"


def write(client, town, number: int) -> None:
    """A person enters a record on the desk."""
    from django.urls import reverse

    from tests.web.desk.cast import typed

    response = client.post(reverse("desk:record_new"), typed(town, document_number=f"云政认〔2026〕D{number}号"))
    assert response.status_code == 302, response.content.decode()[:3000]


def floor(name: str, rows: int, today) -> None:
    """The rows alone, by bulk_create."""
    from jiannuo.records.models import Record

    first = Record.objects.order_by("pk").first()
    made = [
        Record(
            **{f.attname: getattr(first, f.attname) for f in Record._meta.concrete_fields if f.attname not in
               ("id", "number", "slug", "document_number")},
            number=f"F{n}", slug=f"F{n}", document_number=f"F{n}",
        )
        for n in range(rows)
    ]  # fmt: skip
    start = time.perf_counter()
    for at in range(0, rows, 500):
        Record.objects.bulk_create(made[at : at + 500])
    took = time.perf_counter() - start
    print(f"{name:11} {rows:,} rows by bulk_create alone, nothing beside it: {rows / took:6,.0f} rows/s")


if __name__ == "__main__":
    main()
