"""File → Batch → Row: what was handed in, exactly as it was, and what became of each row."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiannuo.registry.models import Body


class Batch(models.Model):
    """One hand-in of one data set by one provider: a file or the rows of one call."""

    class Channel(models.TextChoices):
        DESK = "desk", _("Desk")
        API = "api", _("API")
        COMMAND = "command", _("Command line")
        LOWER = "lower", _("Lower level")

    class Stage(models.TextChoices):
        RECEIVED = "received", _("Received")
        READING = "reading", _("Being read")
        ENTERING = "entering", _("Being entered")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused as a whole")

    number = models.CharField(max_length=40, unique=True, help_text="Its name in receipts and addresses: 2026-000123")
    dataset = models.CharField(max_length=40)
    provider = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="batches")
    channel = models.CharField(max_length=8, choices=Channel)
    by = models.CharField(max_length=60, help_text="ref of the actor: account:3, key:7, system:…")
    person = models.BigIntegerField(null=True, help_text="Natural person behind it; null: a machine")
    on = models.DateField(help_text="Business day on which it was handed in")
    at = models.DateTimeField(auto_now_add=True)
    file_name = models.CharField(max_length=200, blank=True)
    stored = models.CharField(max_length=80, blank=True, help_text="Name under EXCHANGE_DIR; empty: rows of a call")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file, or of the canonical rows, in hex")
    size = models.BigIntegerField(default=0, help_text="Bytes")
    sheet = models.CharField(max_length=120, blank=True)
    call = models.CharField(
        max_length=80, blank=True, help_text="What a machine calls its hand-in: the same name is the same batch"
    )
    columns = models.JSONField(default=dict, help_text="Column name → its letters in the sheet: where a cell lies")
    mends = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="mended",
        help_text="The batch whose bad rows it mends",
    )
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.RECEIVED)
    faults = models.JSONField(default=list, help_text="What is wrong with the file as a whole, or to be known about it")
    read = models.PositiveIntegerField(default=0, help_text="Rows read so far")
    total = models.PositiveIntegerField(default=0, help_text="Rows in all, once it is read")
    counts = models.JSONField(default=dict, help_text="Outcome → number of rows")
    taken = models.BigIntegerField(null=True, help_text="Id of the ledger entry that says what was taken")
    first_entry = models.BigIntegerField(null=True)
    last_entry = models.BigIntegerField(null=True)
    finished = models.DateTimeField(null=True)
    receipt = models.TextField(blank=True, help_text="The signed note, once the worker has signed it")
    forgotten = models.DateField(
        null=True, help_text="Day on which what it held was erased by law: the file, and the text of the rows concerned"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["stage", "id"], name="batch_stage"),
            models.Index(fields=["provider", "dataset", "-id"], name="batch_of_provider"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dataset", "provider", "digest", "sheet"],
                condition=models.Q(stage__in=("received", "reading", "entering")),
                name="batch_runs_once",
            ),
            models.UniqueConstraint(fields=["by", "call"], condition=~models.Q(call=""), name="batch_called_once"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ref(self) -> str:
        return f"batch:{self.pk}"


class Row(models.Model):
    """One row of a batch: the text that was handed in, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        NEW = "new", _("Newly entered")
        SAME = "same", _("Unchanged")
        CHANGED = "changed", _("Differs: to be confirmed")
        AMENDED = "amended", _("Difference proposed")
        DECLINED = "declined", _("Difference declined")
        REFUSED = "refused", _("Refused")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(help_text="Line in the sheet as the spreadsheet numbers it, from 1")
    raw = models.JSONField(default=dict, help_text="Column name → what stood in the cell, as text")
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    faults = models.JSONField(default=list)
    ref = models.CharField(max_length=60, blank=True, db_index=True, help_text="What it became, or is about")
    version = models.PositiveIntegerField(null=True, help_text="The version that the difference was computed against")
    difference = models.JSONField(default=list, help_text="[{column, was, now}] where it differs from what stands")
    decided = models.DateField(null=True, help_text="Day on which the difference was confirmed or declined")
    decided_by = models.CharField(max_length=60, blank=True, help_text="ref of the actor who decided")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "line"], name="row_line")]
        indexes: ClassVar = [models.Index(fields=["batch", "outcome", "line"], name="row_outcome")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line}"
