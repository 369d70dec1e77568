"""`jiannuo first_operator USERNAME`: the first account of an installation. All others are opened on the desk."""

from __future__ import annotations

from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from jiannuo.accounts import actions
from jiannuo.accounts.models import Grant, Role
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry.models import Body


class Command(BaseCommand):
    stealth_options = ("password",)  # for call_command only: a password on a command line is in the history
    help = "Open the account of the first system administrator; refused as soon as there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="the person's name; internal")
        parser.add_argument("--title", default="系统管理员", help="the post, as screens show it")
        parser.add_argument("--body", type=int, required=True, help="number of the city's government in the registry")

    def handle(self, *args: Any, username: str, name: str, title: str, body: int, **options: Any) -> None:
        on = timezone.localdate()
        if Grant.objects.filter(role=Role.OPERATOR).holding(on).exists():
            raise CommandError("There is a system administrator already; accounts are opened on the desk.")
        government = Body.objects.filter(pk=body).first()
        if government is None:
            raise CommandError(f"No body has the number {body}; the address of its public page ends in it.")
        password = options.get("password") or getpass("First password (to be changed at the first sign-in): ")
        try:
            with transaction.atomic():
                person = actions.add_person(name, title, by=SYSTEM, on=on)
                actions.add_user(person, username, password, by=SYSTEM, on=on)
                actions.grant(person, Role.OPERATOR, government, by=SYSTEM, on=on)
        except Refused as refused:
            raise CommandError(f"{refused} (found: {refused.found})") from refused
        self.stdout.write(f"{username} may sign in at /accounts/login/ and sets up a second factor there.")
