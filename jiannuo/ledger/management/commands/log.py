"""jiannuo log status | sequence | verify | new-epoch | make-key."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from jiannuo.ledger import keys, reading, sequencer, verifying


class Command(BaseCommand):
    help = "The public log: how it stands, sequence it, verify it, begin a new epoch after a restore, make its key."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["status", "sequence", "verify", "new-epoch", "make-key"])
        parser.add_argument("--reason", default="", help="with new-epoch: why, as it will stand in the log for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["what"].replace("-", "_"))(options)
        except (sequencer.LogAhead, keys.KeyProblem, OSError) as error:
            raise CommandError(str(error)) from error

    def status(self, options: Any) -> None:
        now = reading.state()
        if now is None:
            self.stdout.write("The log has not begun.")
            return
        self.stdout.write(
            f"{now.origin}\n{now.size} entries, {now.waiting} waiting, {now.withdrawn} withdrawn\n{now.key}"
        )

    def sequence(self, options: Any) -> None:
        now = timezone.now()
        count = sequencer.sequence(now) + sequencer.sequence_quiet(now, before=timezone.localdate(now))
        self.stdout.write(f"{count} entries sequenced")

    def verify(self, options: Any) -> None:
        faults = list(verifying.verify())
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults")
        self.stdout.write("Every row, leaf, tile and checkpoint holds.")

    def new_epoch(self, options: Any) -> None:
        if not options["reason"]:
            raise CommandError("Say why with --reason: it stands in the log for ever.")
        now = timezone.now()
        epoch = sequencer.new_epoch(now, reason=options["reason"], on=timezone.localdate(now))
        self.stdout.write(f"The log goes on as {epoch.origin}")

    def make_key(self, options: Any) -> None:
        if settings.LOG_KEY_FILE.exists():
            raise CommandError(f"{settings.LOG_KEY_FILE} exists; a key is never written over.")
        keys.make_key(settings.LOG_KEY_FILE)
        self.stdout.write(f"{settings.LOG_KEY_FILE}\n{keys.signer(settings.ORIGIN).verifier}")
