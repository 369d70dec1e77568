"""`jiannuo start NAME`: lay a starting set into an empty database; a second run changes nothing."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiannuo.accounts.models import User
from jiannuo.records.models import Record
from jiannuo.registry.models import Body, Division
from jiannuo.start import laying

SETS = ("demo", "benxi")


class Command(BaseCommand):
    help = "Lay a starting set into an empty database: demo (the fictional 云川市) or benxi (the real registry)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=SETS, help="the starting set")
        parser.add_argument("--on", type=date.fromisoformat, default=None, help="the day it is laid, YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        if laid := laying.marked(laying.LAID):
            self.stdout.write(f"{laid} is laid already ({_counts()}); nothing was changed.")
            return
        begun = laying.marked(laying.BEGUN)
        if begun != name and Body.objects.exists():
            self.stdout.write(f"This registry is in use ({_counts()}); nothing was changed.")
            return
        if name == "demo" and not settings.TRIAL:
            raise CommandError("The demo city is invented: it is laid only in a trial (JIANNUO_TRIAL=yes).")
        import_module(f"jiannuo.start.{name}").load(on=options["on"])
        self.stdout.write(f"{name}: {_counts()}.")


def _counts() -> str:
    return (
        f"{Division.objects.count()} divisions, {Body.objects.count()} bodies, "
        f"{Record.objects.count()} records, {User.objects.count()} accounts"
    )
