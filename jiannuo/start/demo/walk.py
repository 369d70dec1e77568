"""The records of 云川市, each walked to where it stands by the accounts of the trial."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import yaml

from jiannuo.accounts.acting import UserActor
from jiannuo.accounts.models import User
from jiannuo.evidence import actions as evidence
from jiannuo.evidence.models import Document
from jiannuo.records import actions, sweep
from jiannuo.records.models import Receipt, Record, longest_term
from jiannuo.registry.models import Post
from jiannuo.rules import book

from .diary import DATA, Diary
from .town import body

Row = dict[str, Any]
# Working days after the entry on which each step is taken; the statement's five days lie before the effect.
STEPS = {"checked": 2, "noticed": 3, "heard": 5, "in_force": 9, "released": 10, "published": 11}
HONOUR_STEPS = {"checked": 2, "in_force": 3, "released": 4, "published": 5}
DECIDED, SERVED, RETURNED = 4, 3, 2
RECEIVERS = ("信用云川网站", "省公共信用信息平台（演示）")


def plan(diary: Diary) -> None:
    """Put every record's steps into the diary."""
    for row in yaml.safe_load((DATA / "records.yaml").read_text("utf-8")):
        plan_one(diary, row)


def plan_one(diary: Diary, row: Row) -> None:
    entered = row["entered"]
    decided = diary.day(entered + DECIDED)
    served = diary.day(entered + SERVED)
    diary.plan(diary.day(entered), partial(_enter, row, decided, served))
    if row["until"] == "returned":
        diary.plan(diary.day(entered - RETURNED), partial(_return, row))
    else:
        _plan_steps(diary, row)
    for verb, before, *rest in row.get("then", ()):
        diary.plan(diary.day(before), partial(_then, row, verb, rest))
    kind, personal = row.get("kind", "dishonesty"), "post" in row
    severity = "" if personal or kind == "honour" else book().severity(_loss(row), row.get("impact", "none"))
    if term := longest_term(kind, severity, personal, row.get("sanction", "")):
        diary.plan(term.deadline(decided).last_day, sweep.sweep)


def _plan_steps(diary: Diary, row: Row) -> None:
    """The steps of its life up to where it stands; a statement comes between the notice and the effect."""
    steps = HONOUR_STEPS if row.get("kind") == "honour" else STEPS
    last = {"draft": 0, **steps}["heard" if row["until"] == "noticed" and row.get("statement") else row["until"]]
    for name, after in steps.items():
        if after <= last and (name != "heard" or row.get("statement")):
            diary.plan(diary.day(row["entered"] - after), partial(WALK[name], row))


def _then(row: Row, verb: str, said: Sequence[Any], on: date) -> None:
    THEN[verb](row, on, *said)


def record(row: Row) -> Record:
    """The record of a row, found by its document number."""
    return Record.objects.get(document_number=row["number"])


def actor(username: str) -> UserActor:
    """The account as an actor; a new one for each deed, because bodies move between deeds."""
    return UserActor(User.objects.select_related("person").get(username=username))


def _loss(row: Row) -> Decimal | None:
    return Decimal(row["loss"]) if "loss" in row else None


def _enter(row: Row, decided: date, served: date, on: date) -> None:
    about = body(row["body"])
    by = actor(row.get("by", "dengji-c"))
    new = actions.NewRecord(
        kind=row.get("kind", "dishonesty"),
        source=row["source"],
        body=about,
        organ=body(row["organ"]),
        title=row["title"],
        finding=row["finding"],
        document_number=row["number"],
        decided=decided,
        served=served,
        finality=row.get("finality", "final"),
        final_on=None if row.get("finality") else served,
        loss=_loss(row),
        impact=row.get("impact", "none"),
        basis=tuple(row.get("basis", ())),
        personal="post" in row,
        sanction=row.get("sanction", ""),
        post=Post.objects.get(body=about, title=row["post"]) if "post" in row else None,
    )
    (made,) = actions.enter([new], by=by, on=on)
    if "post" not in row:
        document = evidence.NewDocument(
            made.ref,
            f"{row['title']}的认定文书",
            _paper(row, "演示企业"),
            number=row["number"],
            dated=decided,
            declared=True,
            body=about.ref,
        )
        actions.attach(made, [document], by=by, on=on)


def _paper(row: Row, payee: str) -> bytes:
    """The determining organ's decision, as a plain text; the twin has the payee masked."""
    return f"{row['organ']}\n{row['number']}\n\n{row['title']}\n\n{row['finding']}\n\n收款人：{payee}\n".encode()


def _check(row: Row, on: date) -> None:
    actions.check([record(row)], by=actor("fuhe-a"), on=on, note="与认定文书核对一致")


def _return(row: Row, on: date) -> None:
    actions.return_(record(row), reason=row["reason"], by=actor("fuhe-a"), on=on)


def _resubmit(row: Row, on: date) -> None:
    actions.resubmit(record(row), by=actor("dengji-c"), on=on)


def _notify(row: Row, on: date) -> None:
    made = record(row)
    by = actor(row.get("by", "dengji-c"))
    receipt = f"云信送〔{on.year}〕{made.pk:03}号"
    actions.notify(made, served=on, method="electronic", receipt=receipt, by=by, on=on)


def _hear(row: Row, on: date) -> None:
    by = actor(row.get("heard_by") or row.get("by", "dengji-c"))
    actions.hear(record(row), statement=row["statement"], by=by, on=on)


def _effect(row: Row, on: date) -> None:
    made = actions.effect(record(row), by=actor("fuzeren"), on=on)
    if not row.get("original") and "post" not in row:
        document = Document.objects.get(owner=made.ref, twin_of__isnull=True)
        twin = _paper(row, "■■■■")
        actions.redact(made, document, twin, redactions="遮盖收款人名称", by=actor("dengji-c"), on=on)


def _release(row: Row, on: date) -> None:
    publication = record(row).publication
    if not publication.rests_on_unverified:
        return
    actions.release(publication, reason="已与文件原文核对，同意公开", by=actor("fazhi"), on=on)


def _clear(row: Row, on: date) -> None:
    publication = record(row).publication
    actions.clear(publication, reviewed=True, by=actor("gongkai"), on=on, receivers=RECEIVERS)


def _refuse(row: Row, on: date, exception: str, reason: str) -> None:
    actions.refuse(record(row).publication, exception=exception, reason=reason, by=actor("gongkai"), on=on)


def _withdraw(row: Row, on: date, reason: str) -> None:
    actions.withdraw(record(row).publication, reason=reason, by=actor("fuzeren"), on=on)


def _stay(row: Row, on: date, ground: str) -> None:
    actions.stay(record(row), ground=ground, by=actor("fuzeren"), on=on)


def _propose_revocation(row: Row, on: date, reason: str) -> None:
    by = actor(row.get("by", "dengji-c"))
    actions.propose_revocation(record(row), reason=reason, by=by, on=on)


def _revoke(row: Row, on: date) -> None:
    actions.revoke(record(row), by=actor("fuzeren"), on=on)


def _seal(row: Row, on: date) -> None:
    actions.seal(record(row), by=actor("dangan"), on=on)


def _archive(row: Row, on: date, schedule: str) -> None:
    actions.archive(record(row), schedule=schedule, by=actor("dangan"), on=on)


def _propose_deletion(row: Row, on: date, basis: str) -> None:
    actions.propose_deletion(record(row), basis=basis, by=actor(row.get("by", "dengji-c")), on=on)


def _delete(row: Row, on: date) -> None:
    actions.delete_lawfully(record(row), by=actor("dangan"), on=on)


def _final(row: Row, on: date, paper: str) -> None:
    actions.final(record(row), final_on=on, paper=paper, by=actor(row.get("by", "dengji-c")), on=on)


def _consult(row: Row, on: date, third_party: str) -> None:
    publication, by = record(row).publication, actor("gongkai")
    actions.consult(publication, third_party=third_party, served=on, method="post", by=by, on=on)


def _opinion(row: Row, on: date, opinion: str, statement: str) -> None:
    publication = record(row).publication
    actions.opinion(publication, opinion=opinion, statement=statement, by=actor("gongkai"), on=on)


def _propose_correction(row: Row, on: date, change: dict[str, str], reason: str, paper: str) -> None:
    made = record(row)
    values = {**change, "loss": Decimal(change["loss"])} if "loss" in change else change
    new = replace(actions.NewRecord(**actions.as_row(made)), **values)
    actions.propose_correction(made, new, reason=reason, paper=paper, by=actor(row.get("by", "dengji-c")), on=on)


def _correct(row: Row, on: date) -> None:
    actions.correct(record(row), by=actor("fuhe-a"), on=on)


def _confirm(row: Row, on: date) -> None:
    """One of the receivers confirms that it took the record down; the others are still waited for."""
    receipt = Receipt.objects.filter(publication__record=record(row)).order_by("id").first()
    assert receipt is not None
    actions.confirm_receipt(receipt, by=actor("dengji-c"), on=on)


WALK = {
    "checked": _check,
    "noticed": _notify,
    "heard": _hear,
    "in_force": _effect,
    "released": _release,
    "published": _clear,
}
THEN: dict[str, Callable[..., None]] = {
    "resubmit": _resubmit,
    "final": _final,
    "consult": _consult,
    "opinion": _opinion,
    "propose_correction": _propose_correction,
    "correct": _correct,
    "published": _clear,
    "confirm": _confirm,
    "refuse": _refuse,
    "withdraw": _withdraw,
    "stay": _stay,
    "propose_revocation": _propose_revocation,
    "revoke": _revoke,
    "seal": _seal,
    "archive": _archive,
    "propose_deletion": _propose_deletion,
    "delete": _delete,
}
