"""Making and ending hooks: by whoever administers the body, as keys are."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import role_title
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry.models import Body

from ..hooks import ROLE, Unreachable, enter, reachable
from ..models import Hook


def make_hook(title: str, body: Body, url: str, *, by: Actor, on: date) -> Hook:
    """From now on this address is told whenever there is something new in the public log."""
    _must_administer(body, by, on)
    for name, typed in (("title", title), ("url", url)):
        if not typed.strip():
            raise Refused("machine.missing", _("This must be filled in."), field=name, found=_("nothing"))
    try:
        reachable(url)
    except Unreachable as error:
        raise Refused(
            "hooks.address",
            _("This address is not called."),
            field="url",
            found=str(error),
            allowed=_("https://, a host with a public address, no user and no password in it."),
        ) from None
    try:
        with transaction.atomic():
            hook = Hook.objects.create(title=title.strip(), body=body, url=url, since=on, by=by.ref)
            enter("hook.made", hook, by, on)
    except IntegrityError:
        raise Refused(
            "hooks.twice",
            _("This address is told already."),
            field="url",
            found=url,
            allowed=_("One hook for an address; end the other one first."),
        ) from None
    return hook


@transaction.atomic
def end_hook(hook: Hook, *, reason: str, by: Actor, on: date) -> Hook:
    """The address is told nothing more."""
    _must_administer(hook.body, by, on)
    if not reason.strip():
        raise Refused("machine.missing", _("This must be filled in."), field="reason", found=_("nothing"))
    if not Hook.objects.filter(pk=hook.pk, stopped=None).update(stopped=on, reason=reason[:200]):
        raise Refused("hooks.ended", _("This hook has ended already."), found=hook.stopped)
    enter("hook.ended", hook, by, on)
    hook.refresh_from_db()
    return hook


def ping(hook: Hook, *, by: Actor, on: date) -> None:
    """Call it once at the next turn of the worker, whether or not there is something new."""
    _must_administer(hook.body, by, on)
    Hook.objects.filter(pk=hook.pk, stopped=None).update(asked=True, again=None)


def _must_administer(body: Body, by: Actor, on: date) -> None:
    if not {ROLE, "system"} & by.roles_on(body.pk, on):
        raise Refused(
            "machine.not_your_role",
            _("Hooks are not for your post."),
            allowed=_("It is for: %(roles)s.") % {"roles": role_title(ROLE)},
        )
