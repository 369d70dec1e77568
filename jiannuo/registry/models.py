"""Divisions, bodies, names, parents, succession, officials and posts, outside parties. The past is never rewritten."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from .kinds import BodyKind, Level, NameKind, ParentKind, PartyKind, Regime, SuccessionKind


class Division(models.Model):
    """An administrative division; its code keeps its source, for two official sources disagree."""

    code = models.CharField(max_length=12)
    source = models.CharField(max_length=20, help_text="nbs-2023; demo; city")
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=10, choices=Level)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    has_code = models.BooleanField(default=True, help_text="False: a zone without a code of its own.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "code"], condition=Q(has_code=True), name="division_code"),
            models.UniqueConstraint(fields=["parent", "name"], name="division_name_in_parent"),
        ]
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class BodyQuerySet(models.QuerySet["Body"]):
    def existing(self, day: date) -> "BodyQuerySet":
        return self.filter(Q(founded__isnull=True) | Q(founded__lte=day), Q(ended__isnull=True) | Q(ended__gt=day))


class Body(models.Model):
    """A public body. `name` and `short_name` are those of today, kept by the naming actions; `names` has all."""

    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=16, choices=BodyKind)
    regime = models.CharField(max_length=20, choices=Regime, default=Regime.UNKNOWN)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="bodies")
    code = models.CharField(max_length=18, null=True, blank=True, unique=True)
    code_confirmed = models.BooleanField(
        default=True, help_text="False: it fails the GB 32100 check and was confirmed."
    )
    founded = models.DateField(null=True)
    ended = models.DateField(null=True, help_text="First day on which it no longer exists.")
    evaluable_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="evaluates")
    evaluable_basis = models.CharField(max_length=200, blank=True)
    inspectable_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="inspects")
    inspectable_basis = models.CharField(max_length=200, blank=True)
    sure = models.BooleanField(default=True, help_text="False: a fact here is to be checked by a person.")
    note = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = BodyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(evaluable_by__isnull=True) | ~Q(evaluable_basis=""), name="body_evaluable_needs_basis"
            ),
            models.CheckConstraint(
                condition=Q(inspectable_by__isnull=True) | ~Q(inspectable_basis=""), name="body_inspectable_needs_basis"
            ),
            models.CheckConstraint(
                condition=Q(ended__isnull=True) | Q(founded__isnull=True) | Q(ended__gt=F("founded")),
                name="body_ends_after_founding",
            ),
        ]
        ordering: ClassVar = ["division__code", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"body:{self.pk}"


class BodyName(models.Model):
    """A name and when it held. A rename closes one full name and opens the next; it is not a succession."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=120, db_index=True)
    kind = models.CharField(max_length=8, choices=NameKind)
    since = models.DateField(null=True)
    until = models.DateField(null=True, help_text="First day on which it no longer held.")
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["since", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_alias(self) -> bool:
        return self.kind == NameKind.ALIAS


class Parentage(models.Model):
    """Who leads, or is competent for, a body, and when."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="parentages")
    parent = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="childhoods")
    kind = models.CharField(max_length=10, choices=ParentKind, default=ParentKind.SUPERIOR)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(body=F("parent")), name="parentage_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} < {self.parent_id}"


class Succession(models.Model):
    """How a body ended. Each ended body has exactly one, and it names exactly one general heir."""

    body = models.OneToOneField(Body, on_delete=models.PROTECT, related_name="succession")
    kind = models.CharField(max_length=10, choices=SuccessionKind)
    on = models.DateField(help_text="First day on which the heir answers.")
    heir = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="inherited")
    document = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(body=F("heir")), name="succession_not_itself"),
        ]
        ordering: ClassVar = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.body_id} → {self.heir_id}"


class SuccessionPart(models.Model):
    """A further successor of a split body. It inherits only what an Assignment hands to it."""

    succession = models.ForeignKey(Succession, on_delete=models.CASCADE, related_name="parts")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="parts_taken")

    def __str__(self) -> str:
        return f"{self.succession_id}: {self.body_id}"


class Assignment(models.Model):
    """One thing handed to one body from a day on, by a document: overrides the general heir."""

    thing = models.CharField(max_length=60, db_index=True)
    to_body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="assigned")
    on = models.DateField()
    document = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["thing", "on"], name="assignment_once_a_day")]

    def __str__(self) -> str:
        return f"{self.thing} → {self.to_body_id}"


class Heir(models.Model):
    """Derived: who answers for `origin` in general, from `since` to before `until`; rebuilt by every succession."""

    origin = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="holders")
    holder = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="holds")
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.origin_id}: {self.holder_id}"


class Post(models.Model):
    """A post of a body: 局长. Screens name posts, not persons."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="posts")
    title = models.CharField(max_length=80)
    is_head = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title


class Official(models.Model):
    """A natural person in office. Internal: there is no public person page and no person search."""

    name = models.CharField(max_length=40)
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"official {self.pk}"

    @property
    def ref(self) -> str:
        return f"official:{self.pk}"


class Occupancy(models.Model):
    """Who held a post, and when: responsibility as of a date."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="occupancies")
    official = models.ForeignKey(Official, on_delete=models.CASCADE, related_name="occupancies")
    since = models.DateField()
    until = models.DateField(null=True)
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="occupancy_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.since}"


class OutsideParty(models.Model):
    """A firm, bidding agency or evaluator: the other side of a promise, never a subject of a record here."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=PartyKind)
    code = models.CharField(max_length=18, blank=True)
    masked = models.BooleanField(default=True, help_text="Shown to the public only as its kind.")

    def __str__(self) -> str:
        return f"party {self.pk}"

    @property
    def ref(self) -> str:
        return f"party:{self.pk}"
