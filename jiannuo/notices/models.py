"""The outbox: to whom, about what, by when. It carries a number and a link, never content (practice §3, 4)."""

from typing import ClassVar

from django.db import models


class Notice(models.Model):
    """One thing somebody must know."""

    to_body = models.BigIntegerField(null=True, db_index=True, help_text="The body addressed (registry id).")
    to_role = models.CharField(max_length=24, blank=True)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60, db_index=True)
    number = models.CharField(max_length=60, blank=True)
    on = models.DateField()
    due = models.DateField(null=True)
    channel = models.CharField(max_length=20, default="desk")
    sent = models.DateTimeField(null=True)
    read = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(sent__isnull=True), name="notice_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
