"""Documents, their redacted twins, service, and sealed copies. A document is reached only through its owner's page."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiannuo.registry.models import Body


class Document(models.Model):
    """A document on file. `owner` is the ref of the thing whose page shows it; the owner's room decides who sees it."""

    owner = models.CharField(max_length=60, db_index=True)
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=80, blank=True)
    dated = models.DateField(null=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file, hex")
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=80)
    path = models.CharField(max_length=120, help_text="relative to EVIDENCE_DIR")
    twin_of = models.OneToOneField(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="twin",
        help_text="The original this is the redacted twin of.",
    )
    redactions = models.CharField(max_length=300, blank=True, help_text="What was masked in the twin, and why.")
    blanked = models.BooleanField(
        default=False, help_text="Its text and file are gone; the row keeps digest and owner only."
    )

    def __str__(self) -> str:
        return f"document {self.pk}"

    @property
    def ref(self) -> str:
        return f"document:{self.pk}"


class Service(models.Model):
    """送达: to whom, how, on which day, with which receipt. Most legal clocks start here (practice §1.2)."""

    class Method(models.TextChoices):
        DIRECT = "direct", _("By hand")  # 直接送达
        ELECTRONIC = "electronic", _("Electronically")  # 电子送达
        POST = "post", _("By post")  # 邮寄送达
        LEFT = "left", _("Left at the place")  # 留置送达
        NOTICE = "notice", _("By public notice")  # 公告送达

    subject = models.CharField(max_length=60, db_index=True)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT)
    addressee = models.ForeignKey(Body, on_delete=models.PROTECT)
    what = models.CharField(max_length=40, help_text="告知书、决定书…: key of the kind of paper")
    method = models.CharField(max_length=10, choices=Method)
    on = models.DateField()
    receipt = models.CharField(max_length=120, blank=True)
    by = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.what} {self.subject} {self.on}"


class SealedCopy(models.Model):
    """What the archive law keeps: encrypted (age) to its custodians; the server cannot open it (practice §2.6)."""

    subject = models.CharField(max_length=60, db_index=True)
    reason = models.CharField(max_length=40)
    basis = models.CharField(max_length=200)
    on = models.DateField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the sealed file, hex")
    path = models.CharField(max_length=120)
    recipients = models.JSONField(default=list, help_text="age public keys")

    class Meta:
        verbose_name_plural: ClassVar = "sealed copies"

    def __str__(self) -> str:
        return f"sealed {self.subject}"


class Destruction(models.Model):
    """A line of the register of destruction (销毁清册). It names a number and no contents."""

    subject = models.CharField(max_length=60, db_index=True)
    number = models.CharField(max_length=60)
    documents = models.PositiveIntegerField(help_text="How many documents went with it")
    basis = models.CharField(max_length=200)
    proposed_by = models.CharField(max_length=60, blank=True)
    by = models.CharField(max_length=60)
    on = models.DateField()

    def __str__(self) -> str:
        return f"destroyed {self.number}"
