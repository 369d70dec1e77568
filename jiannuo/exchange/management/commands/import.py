"""jiannuo import FILE --as NAME: hand in a file, work it, and say of every bad cell what is wrong with it."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone, translation

from jiannuo.accounts.acting import UserActor, actor_of
from jiannuo.accounts.models import User
from jiannuo.exchange import intake
from jiannuo.exchange.actions import receive_file
from jiannuo.exchange.intake_rows import errand
from jiannuo.exchange.models import Batch, Row
from jiannuo.exchange.reading import providers
from jiannuo.lifecycle.offered import DataSet, data_sets
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry.models import Body
from jiannuo.rules.schema import Text
from jiannuo.tables import Fault, both
from jiannuo.tables.checking import check
from jiannuo.tables.reading import BadFile, read

PAUSE = 0.3  # seconds between two looks at a batch that another process works
OK, SOME_BAD, REFUSED = 0, 1, 2
MOST_SHOWN = 1000  # bad cells printed; all of them are on the desk and in the workbook

WORDS = {
    "batch": both("批次 {number}：{file}，{size} 字节", "batch {number}: {file}, {size} bytes"),
    "progress": both("已读 {read} / {total} 行", "{read} of {total} rows read"),
    "queued": both("已交，由后台办理。", "Handed in; the worker works it."),
    "bad": both("有误的格：", "Bad cells:"),
    "found": both("现在写的：{found}", "found: {found}"),
    "allowed": both("应为：{allowed}", "allowed: {allowed}"),
    "hint": both("提示：{hint}", "hint: {hint}"),
    "more": both(
        "……另有 {count} 处，见工作台或带批注的表。", "… and {count} more: see the desk, or the workbook with comments."
    ),
    "dry": both("只检查，未登记。", "Only checked; nothing was entered."),
    "dry counts": both("格无误 {good} 行，有误 {bad} 行", "{good} rows without a bad cell, {bad} with"),
}


class Command(BaseCommand):
    help = (
        "Hand in a file on behalf of a body, work it beside a running worker or without one, and print what became "
        "of it. Exit status: 0 all rows taken, 1 some rows are bad or differ, 2 the file as a whole was refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="name", required=True, help="data set: " + ", ".join(sorted(data_sets())))
        parser.add_argument(
            "--provider", default="", help="name or code of the body; may be left out if only one is open"
        )
        parser.add_argument("--by", default="", help="account that hands in; may be left out if there is only one")
        parser.add_argument("--sheet", default="", help="name of the sheet; default: the one whose heads fit best")
        parser.add_argument("--dry-run", action="store_true", help="check every cell, enter nothing")
        parser.add_argument("--queue", action="store_true", help="leave the work to the worker and do not wait for it")
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")

    def handle(self, *args: Any, **options: Any) -> None:
        self.lang: str = options["lang"]
        with translation.override("en" if self.lang == "en" else "zh-hans"):
            sys.exit(self._handle(options))

    def _handle(self, options: Mapping[str, Any]) -> int:
        dataset = data_sets().get(options["name"])
        if dataset is None:
            raise CommandError(f"--as {options['name']}: {', '.join(sorted(data_sets()))}")
        if not options["file"].is_file():
            raise CommandError(f"{options['file']}: no such file")
        by = _account(options["by"])
        provider = _provider(options["provider"], dataset, by)
        if options["dry_run"]:
            return self._check(options["file"], options["sheet"], dataset, provider, by)
        try:
            batch = receive_file(
                options["file"],
                dataset=options["name"],
                provider=provider,
                file_name=options["file"].name,
                channel=Batch.Channel.COMMAND,
                sheet=options["sheet"],
                by=by,
                on=timezone.localdate(),
            )
        except Refused as refused:
            self.stderr.write(str(refused))
            return REFUSED
        self._say("batch", number=batch.number, file=batch.file_name, size=batch.size)
        if options["queue"]:
            self._say("queued")
            return OK
        self._work(batch)
        return self._report(batch, dataset)

    def _work(self, batch: Batch) -> None:
        """Until it is done; a worker that has taken it up meanwhile is waited for."""
        shown = -1
        try:
            while batch.stage in intake.RUNNING:
                try:
                    intake.work(batch, timezone.now())
                except intake.Busy:
                    time.sleep(PAUSE)
                batch.refresh_from_db()
                if batch.total and batch.read * 100 // batch.total // 5 != shown:
                    shown = batch.read * 100 // batch.total // 5
                    self._say("progress", read=batch.read, total=batch.total)
        finally:
            intake.close_all()

    def _report(self, batch: Batch, dataset: DataSet) -> int:
        faults = [Fault.from_json(one) for one in batch.faults]
        for fault in faults:
            self._print(fault, "")
        if batch.stage == Batch.Stage.REFUSED:
            return REFUSED
        counts = [f"{label} {batch.counts[name]}" for name, label in Row.Outcome.choices if batch.counts.get(name)]
        self.stdout.write("；".join(counts) if self.lang == "zh" else "; ".join(counts))
        bad = Row.objects.filter(batch=batch, outcome=Row.Outcome.REFUSED).order_by("line")
        self._cells(
            ((line, [Fault.from_json(one) for one in kept]) for line, kept in bad.values_list("line", "faults")),
            batch.sheet,
            batch.columns,
        )
        left = batch.counts.get(Row.Outcome.REFUSED, 0) + batch.counts.get(Row.Outcome.CHANGED, 0)
        return SOME_BAD if left else OK

    def _check(self, file: Path, sheet: str, dataset: DataSet, provider: Body, by: UserActor) -> int:
        """What intake would say of the cells; no action is asked and nothing written."""
        work = errand(dataset, provider, by=by, on=timezone.localdate())
        seen: dict[Any, int] = {}
        good = 0
        faults: list[tuple[int, list[Fault]]] = []
        try:
            reading = read(file, dataset.table, file_name=file.name, sheet=sheet)
            for rows in reading.rows():
                checked = check(dataset.table, rows, work.lookups, seen)
                good += len(checked.good)
                faults += [(rows.lines[place], some) for place, some in checked.faults.items()]
        except BadFile as bad:
            for fault in bad.faults:
                self._print(fault, "")
            return REFUSED
        for fault in reading.notes:
            self._print(fault, "")
        self._say("dry")
        self._say("dry counts", good=good, bad=len(faults))
        self._cells(faults, reading.sheet, reading.letters)
        return SOME_BAD if faults else OK

    def _cells(self, rows: Any, sheet: str, columns: Mapping[str, str]) -> None:
        count = 0
        for line, faults in rows:
            for fault in faults:
                count += 1
                if count == 1:
                    self._say("bad")
                if count <= MOST_SHOWN:
                    self._print(fault, f"{sheet + '!' if sheet else ''}{columns.get(fault.column, '')}{line}")
        if count > MOST_SHOWN:
            self._say("more", count=count - MOST_SHOWN)

    def _print(self, fault: Fault, where: str) -> None:
        parts = [f"{where} {self._text(fault.message)}".strip()]
        if fault.found:
            parts.append(self._word("found", found=fault.found))
        if fault.allowed:
            parts.append(self._word("allowed", allowed=self._text(fault.allowed)))
        if fault.hint:
            parts.append(self._word("hint", hint=self._text(fault.hint)))
        if fault.article:
            parts.append(self._text(fault.article))
        self.stdout.write("  " + "  ".join(parts))

    def _say(self, key: str, **values: object) -> None:
        self.stdout.write(self._word(key, **values))

    def _word(self, key: str, **values: object) -> str:
        return self._text(WORDS[key]).format(**values)

    def _text(self, text: Text) -> str:
        return text.get(self.lang)


def _account(name: str) -> UserActor:
    """The account named, or the only one there is."""
    users = User.objects.filter(is_active=True).select_related("person")
    found = list(users.filter(username=name) if name else users[:2])
    if len(found) != 1:
        raise CommandError(f"--by {name}: no such account" if name else "--by: name the account that hands in")
    actor = actor_of(found[0])
    assert isinstance(actor, UserActor)
    return actor


def _provider(name: str, dataset: DataSet, by: UserActor) -> Body:
    """The body of this name or code, or the only one for which this account may hand in."""
    bodies = Body.objects.filter(Q(name=name) | Q(short_name=name) | Q(code=name)) if name else None
    if bodies is None:
        bodies = Body.objects.filter(pk__in=providers(by, dataset, timezone.localdate()))
    found = list(bodies[:2])
    if len(found) != 1:
        raise CommandError(
            f"--provider {name}: {'more than one body' if found else 'no body'} of this name"
            if name
            else "--provider: name the body on whose behalf it is handed in"
        )
    return found[0]
