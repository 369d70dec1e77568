"""What every living thing carries, and the number series."""

from datetime import date
from typing import ClassVar

from django.db import models

from .actor import Actor
from .machine import Machine


class Living(models.Model):
    """A row whose state is moved by `machine.take` alone.

    `due` is the day the present step should be done by, under the term `due_term`; overdue is a comparison.
    """

    state = models.CharField(max_length=24)
    version = models.PositiveIntegerField(default=1)
    due = models.DateField(null=True, blank=True)
    due_term = models.CharField(max_length=60, blank=True)
    since = models.DateField(help_text="The day on which the present state began.")

    class Meta:
        abstract = True

    @property
    def machine(self) -> Machine:
        raise TypeError(f"{type(self).__name__} names no machine")

    @property
    def ref(self) -> str:
        return f"{self._meta.model_name}:{self.pk}"

    def roles_of(self, by: Actor, on: date) -> frozenset[str]:
        """The roles that this actor holds on the thing: those on the body it is about."""
        return by.roles_on(getattr(self, "body_id", None), on)

    @property
    def phase(self) -> str:
        return self.machine.phase(self.state)


class Series(models.Model):
    """The last number given in a series and year: 云信录〔2026〕 → 417."""

    name = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "year"], name="series_name_year")]

    def __str__(self) -> str:
        return f"{self.name} {self.year}: {self.last}"
