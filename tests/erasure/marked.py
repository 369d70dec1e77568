"""A record that holds a marker in every text anybody can type, published and then revoked; and where to look for it."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from jiannuo.accounts.acting import actor_of
from jiannuo.accounts.models import User
from jiannuo.evidence.actions import NewDocument
from jiannuo.ledger import erasing, sequencer
from jiannuo.ledger.actions import look
from jiannuo.records import actions as records
from jiannuo.records.models import Publication, Record
from jiannuo.rules import book
from jiannuo.search.finding import find
from tests import make

MARK = "灰雁渡寒潭"
BASIS = "云政认〔2026〕9号撤销通知"
NOW = timezone.make_aware(datetime(2026, 12, 1, 9))


def says(where: str) -> str:
    """The marker, and which text it stands in."""
    return f"{MARK}〔{where}〕"


def walk() -> int:
    """Enter, return, check, notify, hear, publish, consult, suspend and correct, with the marker everywhere."""
    town, on = make.town(), make.MONDAY
    row = make.row(town, title=says("题"), finding=says("事实") * 20, document_number=says("文号"))
    (made,) = records.enter([row], by=town.registrar, on=on)
    paper = NewDocument(made.ref, says("文名"), says("正文").encode() * 30, number=says("件号"), declared=True)
    (document,) = records.attach(made, [paper], by=town.registrar, on=on)
    twin = says("遮盖件").encode()
    records.redact(Record.objects.get(), document, twin, redactions=says("遮盖"), by=town.registrar, on=on)
    made = records.edit(Record.objects.get(), row, by=town.registrar, on=on)
    made = records.return_(made, reason=says("退回"), by=town.reviewer, on=on)
    made = records.resubmit(made, by=town.registrar, on=on)
    (made,) = records.check([made], by=town.reviewer, on=on, note=says("审核"))
    made = records.notify(made, served=on, method="direct", receipt=says("回证"), by=town.registrar, on=on)
    made = records.hear(made, statement=says("陈述"), by=town.registrar, on=on)
    on = book().terms["record.statement"].deadline(on).last_day + timedelta(days=1)
    made = records.effect(made, by=town.head, on=on)
    publish(town, made, on)
    made = records.stay(Record.objects.get(), ground=says("停止"), by=town.head, on=on)
    made = records.lift_stay(made, by=town.head, on=on)
    better = make.row(town, title=says("新题"), finding=says("新事实") * 20, document_number=says("新号"))
    correction = {"reason": says("更正"), "paper": says("更正文")}
    made = records.propose_correction(made, better, **correction, by=town.registrar, on=on)
    records.correct(made, by=town.reviewer, on=on)
    publish(town, Record.objects.get(), on)
    look("account:1", made.ref, "record", on=on, purpose=says("查看"))
    sequencer.sequence(NOW)
    return made.pk


def publish(town: make.Town, made: Record, on: date) -> None:
    publication = Publication.objects.get(record=made)
    if publication.state != "released":
        publication = records.release(publication, reason=says("放行"), by=town.legal, on=on)
    asked = {"third_party": says("第三人"), "served": on, "method": "direct"}
    publication = records.consult(publication, **asked, by=town.disclosure, on=on)
    answered = {"opinion": "agrees", "statement": says("意见")}
    publication = records.opinion(publication, **answered, by=town.disclosure, on=on)
    records.clear(publication, reviewed=True, by=town.disclosure, on=on, receivers=["信用云川"])


def revoke() -> None:
    """By two persons, then what the worker does in its next round."""
    made = Record.objects.get()
    on = date(2026, 12, 1)
    registrar, head = (actor_of(User.objects.get(username=name)) for name in ("registrar", "head"))
    made = records.propose_revocation(made, reason=BASIS, by=registrar, on=on)
    records.revoke(made, by=head, on=on)
    sequencer.sequence(NOW)
    assert erasing.rewrite()


def is_public() -> bool:
    on = date(2026, 12, 1)
    return Record.objects.showing(on).exists() and bool(find(MARK, on=on))


def everything_held() -> str:
    """All rows of all tables, as text: what a query could still show."""
    out = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                out += [bytes(v).decode(errors="replace") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return "\n".join(out)


def spellings() -> dict[str, bytes]:
    """The marker as bytes, as it might lie in a file."""
    plain = MARK.encode()
    out = {"UTF-8": plain, "UTF-16": MARK.encode("utf-16-le"), "hex": plain.hex().encode()}
    out["JSON"] = "".join(f"\\u{ord(char):04x}" for char in MARK).encode()
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + plain)
        out[f"base64, {shift} before"] = coded[4 if shift else 0 : len(coded) // 4 * 4 - 4]
    return out


def traces(*folders: Path) -> list[str]:
    """Each file below these folders that holds a spelling of the marker, and which."""
    return sorted(f"{file}: {how}" for folder in folders for file in _files(folder) for how in _found_in(file))


def _files(folder: Path) -> Iterator[Path]:
    for where, _folders, names in os.walk(folder):
        yield from (Path(where) / name for name in names)


def _found_in(file: Path) -> list[str]:
    try:
        data = file.read_bytes()
    except (FileNotFoundError, OSError):
        return []  # a socket, or a file that the server has just removed
    return [how for how, spelling in spellings().items() if spelling in data]


def folders_of(name: str) -> list[Path]:
    """Where this installation keeps anything: the database's files, the log, evidence, exports."""
    places = [Path(settings.LOG_DIR), Path(settings.EVIDENCE_DIR), Path(settings.LOG_KEY_FILE).parent]
    places.append(Path(settings.EXCHANGE_DIR))
    if connection.vendor == "sqlite":
        return [*places, Path(name).parent]
    return [*places, Path(os.environ["JIANNUO_TEST_CLUSTER"])]
