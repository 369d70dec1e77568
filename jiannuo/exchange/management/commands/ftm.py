"""`jiannuo ftm --body REF --by USER --purpose TEXT`: one body, its posts and who held them, as FollowTheMoney entities.

Names of officials are internal: each is noted as a look, with the purpose. What everybody may have is in the open data.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from jiannuo.accounts.acting import actor_of
from jiannuo.accounts.models import User
from jiannuo.exchange import ftm
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry.models import Body


class Command(BaseCommand):
    help = "One body with its posts and who held them, as FollowTheMoney entities, one a line. Each name is a look."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--body", required=True, help="body:12")
        parser.add_argument("--by", required=True, help="user name of whoever may see the posts of this body")
        parser.add_argument("--purpose", required=True, help="what the names are needed for; it is kept")

    def handle(self, *args: Any, body: str, by: str, purpose: str, **options: Any) -> None:
        number = body.removeprefix("body:")
        found = Body.objects.filter(pk=int(number)).first() if number.isdecimal() else None
        user = User.objects.filter(username=by, is_active=True).first()
        if found is None:
            raise CommandError(f"no such body: {body}; allowed: body:NUMBER, as in the address of its page")
        if user is None:
            raise CommandError(f"no such user: {by}")
        try:
            entities = ftm.held_by(found, purpose=purpose, by=actor_of(user), on=timezone.localdate())
        except Refused as refused:
            raise CommandError(str(refused)) from None
        for entity in entities:
            self.stdout.write(ftm.line(entity), ending="")
