"""Duty → (period) → ZeroReport: who is to hand in what how often; periods are computed and never stored."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiannuo.registry.models import Body


class Duty(models.Model):
    """A body is to hand in a data set for every month, quarter or year. Only its end is ever changed.

    By which day after a period's end is the rulebook's: the term `report.<frequency>`.
    """

    class Frequency(models.TextChoices):
        MONTHLY = "monthly", _("Monthly")
        QUARTERLY = "quarterly", _("Quarterly")
        YEARLY = "yearly", _("Yearly")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="duties")
    dataset = models.CharField(max_length=40)
    frequency = models.CharField(max_length=10, choices=Frequency)
    since = models.DateField(help_text="First day on which it holds")
    until = models.DateField(null=True, help_text="First day on which it no longer holds")
    by = models.CharField(max_length=60, help_text="ref of the actor who set it")
    ended_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["body", "dataset"], condition=Q(until=None), name="duty_open_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="duty_ends_after_start"),
        ]
        ordering: ClassVar = ["body", "dataset", "since"]

    def __str__(self) -> str:
        return f"{self.body_id} {self.dataset} {self.frequency}"

    @property
    def ref(self) -> str:
        return f"duty:{self.pk}"

    @property
    def term(self) -> str:
        """Key of the rulebook's term: how long after a period's end."""
        return f"report.{self.frequency}"


class ZeroReport(models.Model):
    """The head of the body states that in this period there was nothing to hand in. It is never taken back."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="zero_reports")
    first = models.DateField(help_text="First day of the period")
    last = models.DateField(help_text="Last day of the period")
    by = models.CharField(max_length=60, help_text="ref of the actor")
    person = models.BigIntegerField(help_text="The natural person who signed")
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    taken = models.BigIntegerField(null=True, help_text="Id of its ledger entry")
    note = models.TextField(blank=True, help_text="The signed statement, once the worker has signed it")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["duty", "first"], name="zero_report_once")]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.first}"

    @property
    def ref(self) -> str:
        return f"zero-report:{self.pk}"
