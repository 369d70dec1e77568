"""Hook: an address of another system that is told when there is something new in the public log."""

from datetime import date
from typing import ClassVar

from django.db import models

from jiannuo.registry.models import Body


class Hook(models.Model):
    """What it is told holds no content: up to which entry there is something new. It then asks the API for changes.

    told     sequence (epoch.size of the log) up to which it was told; empty: nothing yet
    again    when it is tried next, after a failure; `tries` in a row failed, since `failing`
    stopped  day on which it was given up, or revoked by a person
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="hooks")
    title = models.CharField(max_length=60, help_text="The system behind it")
    url = models.CharField(max_length=300)
    since = models.DateField()
    by = models.CharField(max_length=60)
    told = models.CharField(max_length=30, blank=True)
    asked = models.BooleanField(default=False, help_text="A person wants to see whether it answers")
    tries = models.PositiveIntegerField(default=0)
    failing = models.DateTimeField(null=True)
    again = models.DateTimeField(null=True)
    answered = models.DateTimeField(null=True, help_text="When it answered last")
    fault = models.CharField(max_length=200, blank=True, help_text="Why the last try failed")
    stopped = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["body", "url"], condition=models.Q(stopped__isnull=True), name="hook_once_for_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        return f"hook:{self.pk}"

    def is_live(self, on: date) -> bool:
        return self.since <= on and self.stopped is None
