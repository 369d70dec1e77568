"""Natural persons, their accounts, and roles granted on a body."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiannuo.registry.models import Body


class Role(models.TextChoices):
    """What a person may be on a body and all below it (practice §5: C R H V D B S G I, and the operators)."""

    REGISTRAR = "registrar", _("Registrar")  # 登记岗
    REVIEWER = "reviewer", _("Reviewer")  # 复核岗
    HEAD = "head", _("Head of the credit office")  # 信用办负责人
    DISCLOSURE = "disclosure", _("Disclosure reviewer")  # 公开审查岗
    LEGAL = "legal", _("Legal reviewer")  # 法制审核岗
    DETERMINER = "determiner", _("Determining organ")  # 认定部门
    REPORTER = "reporter", _("Reporting clerk")  # 数据报送岗
    LIAISON = "liaison", _("Liaison clerk")  # 联络员
    CHIEF = "chief", _("Head of the body")  # 单位负责人
    REGISTRY = "registry", _("Keeper of the registry of bodies")  # 机构登记岗
    ARCHIVIST = "archivist", _("Archivist")  # 档案管理员
    AUDITOR = "auditor", _("Security auditor")  # 安全审计员
    OPERATOR = "operator", _("System administrator")  # 系统管理员


class Person(models.Model):
    """A natural person who works with the system. Four eyes are two of these, not two accounts."""

    name = models.CharField(max_length=40)
    post_title = models.CharField(max_length=60, help_text="Shown instead of the name: 复核岗（甲）")
    employer = models.ForeignKey(
        Body,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="staff",
        help_text="The body this person works for: nobody decides about it (回避).",
    )

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.post_title

    @property
    def ref(self) -> str:
        return f"person:{self.pk}"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account of a person. It has no powers of its own: they come from grants."""

    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accounts")
    is_active = models.BooleanField(default=True)
    must_change = models.BooleanField(
        default=True, help_text="The password was set by another person: it must be changed before any work."
    )
    demo = models.BooleanField(default=False, help_text="A trial shows its present code on the code page.")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = []
    objects = UserManager()

    def __str__(self) -> str:
        return self.username

    @property
    def ref(self) -> str:
        return f"account:{self.pk}"


class GrantQuerySet(models.QuerySet["Grant"]):
    def holding(self, day: date) -> "GrantQuerySet":
        """Grants that hold on this day."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)


class Grant(models.Model):
    """A role of a person on a body and its subtree of the day. Only its end is ever changed."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=12, choices=Role)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="grants")
    since = models.DateField()
    until = models.DateField(null=True, help_text="First day on which it no longer holds.")
    by = models.CharField(max_length=60, help_text="ref of the actor who granted it")
    ended_by = models.CharField(max_length=60, blank=True, help_text="ref of the actor who ended it early")

    objects = GrantQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "role"], name="grant_person_role")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="grant_ends_after_start"
            ),
        ]
        ordering: ClassVar = ["since", "id"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.body_id}"

    @property
    def ref(self) -> str:
        return f"grant:{self.pk}"


class ApiKey(models.Model):
    """A key with which the machines of one body hand in: roles on that body and its subtree, from a day to a day.

    The secret is shown once; only its digest is kept.
    """

    title = models.CharField(max_length=60, help_text="Which system uses it")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="keys")
    roles = models.JSONField(help_text="Roles it holds on the body and below")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret, in hex")
    since = models.DateField()
    until = models.DateField(help_text="First day on which it no longer holds.")
    revoked = models.DateField(null=True, help_text="Day from which it holds no longer, before its end")
    revoked_by = models.CharField(max_length=60, blank=True, help_text="ref of the actor who revoked it")
    used = models.DateField(null=True, help_text="Day of its last use")
    made = models.DateField()
    by = models.CharField(max_length=60, help_text="ref of the actor who made it")

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        return f"key:{self.pk}"

    def holds(self, on: date) -> bool:
        return self.since <= on < self.until and self.revoked is None


class UsedCode(models.Model):
    """A time window whose one-time code this account has used: a code is good once (RFC 6238 §5.2).

    A row and not a cache entry, so that it holds across all server processes.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="used_codes")
    window = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "window"], name="used_code_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.window}"
