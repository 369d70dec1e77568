"""Partner → Handover: another instance, below or above, and each package between the two. Both sides keep it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiannuo.registry.models import Body


class Partner(models.Model):
    """Another instance of the system: one below hands up to us, one above takes from us.

    body   a lower one: the body of our registry in whose name it hands up; an upper one: our own body that hands up
    """

    class Side(models.TextChoices):
        LOWER = "lower", _("Level below")
        UPPER = "upper", _("Level above")

    side = models.CharField(max_length=5, choices=Side)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="partners")
    origin = models.CharField(max_length=200, help_text="Name of its log; the name under which it signs")
    key = models.CharField(max_length=300, help_text="Its public key: name+hash+key, as at its /tlog/key")
    address = models.CharField(max_length=300, blank=True, help_text="Of an upper one: https://…, without a path")
    since = models.DateField()
    until = models.DateField(null=True, help_text="First day on which nothing is taken from it any more")
    by = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["side", "origin"], condition=Q(until=None), name="partner_open_once"),
            models.CheckConstraint(condition=Q(side="lower") | ~Q(address=""), name="partner_above_has_address"),
        ]

    def __str__(self) -> str:
        return self.origin

    @property
    def ref(self) -> str:
        return f"partner:{self.pk}"


class Handover(models.Model):
    """One package: the rows of one data set that stand for one period, under one signed manifest.

    On the sending side `taken` and `receipts` are what the other side answered; on the receiving side what it did.
    """

    class Stage(models.TextChoices):
        WAITING = "waiting", _("To be sent")
        SENDING = "sending", _("Under way")
        DONE = "done", _("Handed over and reconciled")
        REFUSED = "refused", _("Refused by the other side")

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="handovers")
    dataset = models.CharField(max_length=40)
    first = models.DateField(help_text="First day of the period")
    last = models.DateField()
    serial = models.PositiveIntegerField(help_text="Counts the packages of a period: the highest is what holds")
    manifest = models.TextField(blank=True, help_text="The signed note; empty: the worker has not made it yet")
    rows = models.PositiveIntegerField(default=0)
    taken = models.JSONField(default=dict, help_text="Number of the part → number of its batch on the upper side")
    receipts = models.JSONField(default=dict, help_text="Number of the part → the upper side's signed receipt")
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.WAITING)
    fault = models.TextField(blank=True, help_text="What kept it from going on when it was last tried")
    again = models.DateTimeField(null=True, help_text="Not to be tried before")
    differences = models.JSONField(null=True, help_text="{missing_below, missing_above, other: [natural keys]}")
    reconciled = models.DateTimeField(null=True)
    by = models.CharField(max_length=60)
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "dataset", "first", "last", "serial"], name="handover_serial"),
        ]
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.dataset} {self.first} {self.serial}"

    @property
    def ref(self) -> str:
        return f"handover:{self.pk}"

    @property
    def is_equal(self) -> bool | None:
        """Whether both sides held the same when they were last compared; None: not compared yet."""
        return None if self.differences is None else not any(self.differences.values())
