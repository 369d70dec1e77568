"""The ledger's rows. Only ledger.actions and ledger.sequencer write them, and update only to number or to erase."""

from typing import ClassVar

from django.db import models


class Epoch(models.Model):
    """One tree under one origin. A restored backup ends an epoch; the next names its last checkpoint."""

    origin = models.CharField(max_length=200, unique=True)
    begun = models.DateTimeField(auto_now_add=True)
    previous = models.TextField(blank=True, help_text="The last checkpoint of the epoch before, as text.")

    def __str__(self) -> str:
        return self.origin


class Entry(models.Model):
    """One change. Each part is stored as its exact canonical text beside its salt; `commitment` (65 bytes) is the leaf.

    An erased entry keeps commitment and leaf number and loses both texts and salts.
    """

    at = models.DateTimeField(db_index=True)
    on = models.DateField()
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=60, db_index=True)
    body = models.CharField(max_length=30, null=True, db_index=True)  # noqa: DJ001  (no body is not an empty body)
    quiet = models.BooleanField(default=False)
    public = models.TextField(null=True)  # noqa: DJ001  (null: erased)
    public_salt = models.BinaryField(null=True, max_length=32)
    internal = models.TextField(null=True)  # noqa: DJ001
    internal_salt = models.BinaryField(null=True, max_length=32)
    commitment = models.BinaryField(max_length=65)
    epoch = models.ForeignKey(Epoch, null=True, on_delete=models.PROTECT, db_index=False)  # the constraint's index does
    leaf = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["epoch", "leaf"], name="entry_epoch_leaf"),
            models.CheckConstraint(
                condition=models.Q(epoch__isnull=True, leaf__isnull=True)
                | models.Q(epoch__isnull=False, leaf__isnull=False),
                name="entry_numbered_or_not",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(leaf__isnull=True), name="entry_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject} {self.on}"


class Tile(models.Model):
    """The widest tile known at (level, index); a narrower one of an older checkpoint is its prefix."""

    epoch = models.ForeignKey(Epoch, on_delete=models.PROTECT, db_index=False)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    data = models.BinaryField(max_length=8192)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["epoch", "level", "index"], name="tile_place"),
        ]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed tree head, as the exact text of its note."""

    epoch = models.ForeignKey(Epoch, on_delete=models.PROTECT, db_index=False)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["epoch", "size"], name="checkpoint_size"),
        ]

    def __str__(self) -> str:
        return f"{self.epoch} {self.size}"


class Access(models.Model):
    """One look at something sensitive. No entry each: the day's looks are digested into one quiet entry.

    That entry commits to the purpose by a salted digest, so that purpose and salt can be erased with the thing itself.
    """

    at = models.DateTimeField(auto_now_add=True)
    on = models.DateField(db_index=True)
    actor = models.CharField(max_length=60)
    subject = models.CharField(max_length=60, db_index=True)
    what = models.CharField(max_length=60)
    purpose = models.CharField(max_length=200, blank=True)
    salt = models.BinaryField(null=True, max_length=32)

    def __str__(self) -> str:
        return f"{self.on} {self.actor} {self.what} {self.subject}"
