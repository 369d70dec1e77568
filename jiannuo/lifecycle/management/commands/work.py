"""jiannuo work: the worker."""

from typing import Any

from django.core.management.base import BaseCommand

from jiannuo.lifecycle.worker import Worker


class Command(BaseCommand):
    help = "Run the worker: sequences the log, does what time does, sends notices. One is enough; two do no harm."

    def handle(self, *args: Any, **options: Any) -> None:
        Worker().run()
