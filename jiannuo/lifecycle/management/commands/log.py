"""jiannuo log status | sequence | verify | new-epoch | make-key | next-key | switch-key."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from jiannuo.ledger import keys, reading, rotation, sequencer, verifying
from jiannuo.lifecycle import comparing

WHAT = ("status", "sequence", "verify", "new-epoch", "make-key", "next-key", "switch-key")


class Command(BaseCommand):
    help = (
        "The public log: how it stands, sequence it, verify it, begin a new epoch after a restore, "
        "make its key, announce the next key, let that one sign alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=WHAT)
        parser.add_argument("--rows", action="store_true", help="with verify: also what every page says now")
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
        self.stdout.write(f"{now.origin}\n{now.size} entries, {now.waiting} waiting, {now.withdrawn} withdrawn")
        for key in reading.public_keys():
            self.stdout.write(f"{key.standing} key {key.text}")
        night = comparing.last_night()
        self.stdout.write(f"verified {night.at}: {night.faults} faults" if night else "never verified by the worker")

    def sequence(self, options: Any) -> None:
        now = timezone.now()
        count = sequencer.sequence(now) + sequencer.sequence_quiet(now, before=timezone.localdate(now))
        self.stdout.write(f"{count} entries sequenced")

    def verify(self, options: Any) -> None:
        faults = list(verifying.verify())
        if options["rows"]:
            faults += comparing.compare(timezone.localdate())
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults")
        self.stdout.write("Every row, leaf, tile and checkpoint holds.")
        if options["rows"]:
            self.stdout.write("Every page says what its last entry says.")

    def new_epoch(self, options: Any) -> None:
        if not options["reason"]:
            raise CommandError("Say why with --reason: it stands in the log for ever.")
        now = timezone.now()
        epoch = sequencer.new_epoch(now, reason=options["reason"], on=timezone.localdate(now))
        self.stdout.write(f"The log goes on as {epoch.origin}")

    def make_key(self, options: Any) -> None:
        if keys.key_file().exists():
            raise CommandError(f"{keys.key_file()} exists; a key is never written over.")
        keys.make_key(keys.key_file())
        self.stdout.write(f"{keys.key_file()}\n{keys.signers(settings.ORIGIN)[0].verifier}")

    def next_key(self, options: Any) -> None:
        now = timezone.now()
        key = rotation.announce(now, on=timezone.localdate(now))
        self.stdout.write(
            f"{key}\nBoth keys sign from now on. Publish the next one, wait, then: jiannuo log switch-key"
        )

    def switch_key(self, options: Any) -> None:
        now = timezone.now()
        key = rotation.switch(now, on=timezone.localdate(now))
        self.stdout.write(f"{key}\nThis key signs alone from now on.")
