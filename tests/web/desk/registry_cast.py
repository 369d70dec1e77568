"""The keeper at the desk: signed in, and handing in the forms of the registry as the pages show them."""

from django.test import Client
from django.urls import reverse

from jiannuo.accounts import actions as accounts
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry import actions as registry
from tests import make
from tests.signin import sign_in

PAPER = "云编发〔2026〕8号"


def signed_in(actor) -> Client:
    """A client of this person, at an account whose password is its own and whose factor is known."""
    on = make.FOUNDING
    user = accounts.add_user(
        actor.user.person, f"{actor.user.username}-desk", make.PASSWORD, must_change=False, by=SYSTEM, on=on
    )
    accounts.demo_totp(user, by=SYSTEM, on=on)
    client = sign_in(Client(), user, make.PASSWORD)
    client.ref = user.ref
    return client


def found(town, name, kind="department", **more):
    values = {"founded": make.FOUNDING, "parent": town.city} | more
    row = registry.NewBody(name, kind, town.city.division, **values)
    return registry.found([row], by=SYSTEM, on=make.FOUNDING)[0]


def act(client, body, word, **typed):
    """Hand in the form of an act as the page shows it, with what is typed over what stands there."""
    url = reverse("desk:body_act", args=[body.pk, word])
    first = client.get(url).context["form"]
    shown = {field.html_name: field.value() for field in first}
    values = {name: value for name, value in shown.items() if value not in (None, False)}
    return client.post(url, values | typed)


def entry(verb):
    return Entry.objects.filter(verb=verb).latest("id")


def kept(page, **typed):
    """The page is a refusal that still holds what was typed."""
    form = page.context["form"]
    assert {name: form.data[name] for name in typed} == typed
    return form.errors
