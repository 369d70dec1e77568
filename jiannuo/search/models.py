"""One table of normalised texts; it holds what may be found and nothing else, and can forget."""

from typing import ClassVar

from django.db import models


class Text(models.Model):
    """What can be found about one thing: NFKC, simplified, casefolded."""

    ref = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=24)
    body = models.CharField(max_length=30, blank=True)
    day = models.DateField(null=True)
    until = models.DateField(null=True, help_text="Found by the public only before this day.")
    audience = models.CharField(max_length=12, choices=[("public", "public"), ("staff", "staff")])
    title = models.CharField(max_length=300)
    text = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["audience", "kind", "-day"], name="text_audience_kind_day")]

    def __str__(self) -> str:
        return self.ref
