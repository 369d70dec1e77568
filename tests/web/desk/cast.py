"""The cast of the small town at the desk: signed in by the real pages, each with a session of its own."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from jiannuo.accounts import actions as accounts
from jiannuo.accounts.models import Person, User
from jiannuo.accounts.trial import PASSWORD
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.records.models import Record
from jiannuo.registry.models import Body
from tests import make
from tests.signin import sign_in


def desk_account(person: Person, username: str) -> User:
    user = accounts.add_user(person, username, PASSWORD, must_change=False, by=SYSTEM, on=make.FOUNDING)
    return accounts.demo_totp(user, by=SYSTEM, on=make.FOUNDING)


def of(town: make.Town) -> Callable[[str], Client]:
    """A function from the name in the cast to a signed-in browser; the same one each time."""
    browsers: dict[str, Client] = {}

    def browser(name: str) -> Client:
        if name not in browsers:
            person = getattr(town, name).user.person
            browsers[name] = sign_in(Client(), desk_account(person, f"{name}-desk"))
        return browsers[name]

    return browser


def newcomer(role: str, body: Body) -> Client:
    """A further person with this role on this body, signed in."""
    person = accounts.add_person("某", f"{role}岗", by=SYSTEM, on=make.FOUNDING)
    accounts.grant(person, role, body, by=SYSTEM, on=make.FOUNDING)
    return sign_in(Client(), desk_account(person, f"{role}-{body.pk}"))


def typed(town: make.Town, **changes: str) -> dict[str, str]:
    """What a registrar types about one confirmed breach of the bureau, decided today."""
    today = timezone.localdate().isoformat()
    return {
        "kind": "dishonesty",
        "source": "DEFAULT",
        "body": "市城建局",
        "organ": town.city.name,
        "title": "逾期支付路灯采购合同验收款",
        "finding": "路灯验收合格后未按合同付款。",
        "document_number": "云政认〔2026〕3号",
        "decided": today,
        "served": today,
        "finality": "final",
        "loss": "742200.00",
        "impact": "local",
        "basis0_instrument": "sme",
        "basis0_article": "9",
        "basis0_used_for": "到期日",
        **changes,
    }


def fresh(record: Record) -> Record:
    return Record.objects.get(pk=record.pk)
