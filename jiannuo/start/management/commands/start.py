"""`jiannuo start NAME`: lay a starting set into an empty database; a second run changes nothing."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiannuo.registry.models import Body

SETS = ("demo", "benxi")


class Command(BaseCommand):
    help = "Lay a starting set into an empty database: demo (the fictional 云川市) or benxi (the real registry)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=SETS, help="the starting set")
        parser.add_argument("--on", type=date.fromisoformat, default=None, help="the day it is laid, YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        if (there := Body.objects.count()) > 0:
            self.stdout.write(f"{there} bodies are registered already; nothing was changed.")
            return
        name = options["name"]
        try:
            module = import_module(f"jiannuo.start.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"jiannuo.start.{name}":
                raise
            raise CommandError(f"the starting set {name!r} is not part of this installation") from error
        module.load(on=options["on"])
        self.stdout.write(f"{name}: {Body.objects.count()} bodies registered.")
