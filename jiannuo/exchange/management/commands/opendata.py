"""`jiannuo opendata`: make the open-data package of today. The worker calls it when it is due."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from jiannuo.exchange import opendata
from jiannuo.lifecycle.actor import SYSTEM


class Command(BaseCommand):
    help = "Make the open-data package of today and put it in place."

    def handle(self, *args: Any, **options: Any) -> None:
        edition = opendata.make(by=SYSTEM, on=timezone.localdate())
        if edition is None:
            self.stdout.write("not made: another process makes one, or something was withdrawn meanwhile")
        else:
            rows = sum(one.rows for one in edition.sets)
            self.stdout.write(f"{edition.day} sha256:{edition.digest} {rows} rows in {edition.folder}")
