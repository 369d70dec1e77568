"""A fictional town and its cast, made by walking the real actions: no test holds a state that the code cannot reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from jiannuo.accounts import actions as accounts
from jiannuo.accounts.acting import UserActor, actor_of
from jiannuo.accounts.models import User
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.records import actions as records
from jiannuo.records.models import Record
from jiannuo.registry import actions as registry
from jiannuo.registry.models import Body
from jiannuo.rules import book

FOUNDING = date(2020, 1, 2)
MONDAY = date(2026, 11, 9)
BASIS = "本市政务诚信建设实施方案 三（三）"
NUMBERS = count(1001)  # every decision has a number of its own
PASSWORD = "a long enough passphrase"


@dataclass
class Town:
    """Bodies by what they are, and the actors of its credit office."""

    city: Body
    office: Body
    bureau: Body
    county: Body
    court: Body
    registrar: UserActor
    registrar_again: UserActor
    reviewer: UserActor
    head: UserActor
    disclosure: UserActor
    legal: UserActor
    archivist: UserActor
    keeper: UserActor
    stranger: UserActor


def town() -> Town:
    """云川市, as small as it can be: a city government, its credit office, a bureau, a county, a court."""
    by, on = SYSTEM, FOUNDING
    city, county = registry.add_divisions(
        [
            registry.NewDivision("9901", "云川市", "city", source="demo"),
            registry.NewDivision("990102", "青禾区", "county", parent="9901", source="demo"),
        ],
        by=by,
        on=on,
    )
    (government,) = registry.found([registry.NewBody("云川市人民政府", "government", city, founded=on)], by=by, on=on)
    under: dict[str, Any] = {"founded": on, "parent": government, "evaluable_by": government, "evaluable_basis": BASIS}
    office, bureau, district, court = registry.found(
        [
            registry.NewBody("云川市发展和改革委员会", "department", city, short_name="市发改委", **under),
            registry.NewBody("云川市城市建设管理局", "department", city, short_name="市城建局", **under),
            registry.NewBody("青禾区人民政府", "government", county, **under),
            registry.NewBody("云川市中级人民法院", "court", city, founded=on),
        ],
        by=by,
        on=on,
    )
    cast = {}
    for name, role in {
        "registrar": "registrar",
        "reviewer": "reviewer",
        "head": "head",
        "disclosure": "disclosure",
        "legal": "legal",
        "archivist": "archivist",
        "keeper": "registry",
        "stranger": "",
    }.items():
        cast[name] = _person(name, role, government, on)
    again = User.objects.get(pk=cast["registrar"].user.pk).person
    second = _account(again, "registrar2", on)
    return Town(government, office, bureau, district, court, registrar_again=actor_of(second), **cast)


def _person(name: str, role: str, body: Body, on: date) -> UserActor:
    person = accounts.add_person(name, f"{name} post", by=SYSTEM, on=on)
    user = _account(person, name, on)
    if role:
        accounts.grant(person, role, body, by=SYSTEM, on=on)
    return actor_of(user)


def hire(name: str, role: str, body: Body, *, employer: Body | None = None, on: date = FOUNDING) -> UserActor:
    """A further person with a role on a body, and the body they work for."""
    someone = accounts.add_person(name, f"{name} post", employer=employer, by=SYSTEM, on=on)
    user = _account(someone, name, on)
    accounts.grant(someone, role, body, by=SYSTEM, on=on)
    return actor_of(user)


def _account(person: Any, username: str, on: date) -> User:
    return accounts.add_user(person, username, PASSWORD, by=SYSTEM, on=on)


def row(town: Town, **changes: Any) -> records.NewRecord:
    """What is entered about one confirmed breach of the bureau."""
    values: dict[str, Any] = {
        "kind": "dishonesty",
        "source": "DEFAULT",
        "body": town.bureau,
        "organ": town.city,
        "title": "逾期支付路灯采购合同验收款",
        "finding": "路灯验收合格后未按合同付款，责令整改期满仍未付清。",
        "document_number": f"云政认〔2026〕{next(NUMBERS)}号",
        "decided": date(2026, 11, 2),
        "served": date(2026, 11, 4),
        "loss": Decimal("742200.00"),
        "impact": "local",
        "basis": ({"instrument": "sme", "article": "9", "used_for": "到期日"},),
    }
    return records.NewRecord(**(values | changes))


def record(town: Town, until: str = "in_force", on: date = MONDAY, **changes: Any) -> Record:
    """A record walked up to a state, or to `published`: in force and cleared."""
    (made,) = records.enter([row(town, **changes)], by=town.registrar, on=on)
    if until == "draft":
        return made
    if until == "returned":
        return records.return_(made, reason="缺文书", by=town.reviewer, on=on)
    (made,) = records.check([made], by=town.reviewer, on=on)
    if until == "checked":
        return made
    if made.kind == "dishonesty":
        made = records.notify(made, served=on, method="direct", by=town.registrar, on=on)
        if until == "noticed":
            return made
        on = book().terms["record.statement"].deadline(on).last_day + timedelta(days=1)
    made = records.effect(made, by=town.head, on=on)
    if until == "in_force":
        return made
    if not made.personal:
        publish(town, made, on=on)
        made = Record.objects.get(pk=made.pk)
    if until == "published":
        return made
    if until == "revoked":
        made = records.propose_revocation(made, reason="认定机关撤销", by=town.registrar, on=on)
        return records.revoke(made, by=town.head, on=on)
    if until == "deleted":
        made = records.propose_deletion(made, basis="个人信息保护法第四十七条", by=town.registrar, on=on)
        return records.delete_lawfully(made, by=town.archivist, on=on)
    assert made.ends is not None
    on = made.ends
    (made,) = records.expire([made], on=on)
    if until == "expired":
        return made
    made = records.seal(made, by=town.archivist, on=on)
    if until == "sealed":
        return made
    if until == "archived":
        return records.archive(made, schedule="保管期限：30年", by=town.archivist, on=on)
    raise ValueError(until)


def personal(town: Town, until: str = "in_force", **changes: Any) -> Record:
    """A record about an official, internal by default, walked up to a state."""
    post = registry.add_post(town.bureau, "局长", is_head=True, by=SYSTEM, on=FOUNDING)
    values: dict[str, Any] = {"source": "DISCIPLINE", "organ": town.city, "personal": True, "post": post}
    return record(town, until, **(values | changes))


def publish(town: Town, made: Record, on: date) -> None:
    """Released by the legal reviewer where a rule is unverified, cleared by the disclosure reviewer."""
    publication = made.publication
    if publication.rests_on_unverified:
        publication = records.release(publication, reason="已核对原文", by=town.legal, on=on)
    records.clear(publication, reviewed=True, by=town.disclosure, on=on, receivers=["信用云川"])
