"""`jiannuo level lower|upper --body REF --key KEY [--address URL]`: register another level; `jiannuo level list`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from jiannuo.exchange.actions import handover as actions
from jiannuo.exchange.models import Partner
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry.models import Body


class Command(BaseCommand):
    help = "Register a level below or above by its public key, end a registration, list them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["lower", "upper", "end", "list"])
        parser.add_argument("--body", default="", help="body:12; below: who hands up, above: our body that does")
        parser.add_argument("--key", default="", help="the public key of its log: name+hash+key")
        parser.add_argument("--address", default="", help="of an upper level: https://host")
        parser.add_argument(
            "--since", type=date.fromisoformat, help="periods that end on this day or later are taken; default: today"
        )
        parser.add_argument("--origin", default="", help="to end: the name of its log")

    def handle(self, *args: Any, what: str, **given: Any) -> None:
        today = timezone.localdate()
        try:
            if what in Partner.Side.values:
                number = given["body"].removeprefix("body:")
                body = Body.objects.filter(pk=int(number)).first() if number.isdecimal() else None
                if body is None:
                    raise CommandError(f"no such body: {given['body']}; allowed: body:NUMBER, as in its address")
                facts = {"address": given["address"], "since": given["since"]}
                actions.register_partner(what, body, given["key"], **facts, by=SYSTEM, on=today)
            elif what == "end":
                for partner in Partner.objects.filter(origin=given["origin"], until=None):
                    actions.end_partner(partner, by=SYSTEM, on=today)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        for one in Partner.objects.select_related("body").order_by("pk"):
            end = f" until {one.until}" if one.until else ""
            self.stdout.write(f"{one.side} {one.origin} {one.body.ref} {one.body.name} since {one.since}{end}")
