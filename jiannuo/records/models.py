"""Records of dishonesty and honour, and their publication. What shows today is derived from dates, never stored."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiannuo.accounts.models import Person
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import Machine
from jiannuo.lifecycle.models import Living
from jiannuo.registry.models import Body, Post
from jiannuo.registry.reading import Naming, names_at
from jiannuo.rules import book
from jiannuo.rules.schema import Status
from jiannuo.rules.terms import Term

from .kinds import PUBLICATION, machine_of

# Of one decision there is one record about a body, unless it was revoked or deleted: a natural key, and held so.
GONE = ("revoked", "deleted")
STANDING = Q(personal=False) & ~Q(state__in=GONE)


class RecordQuerySet(models.QuerySet["Record"]):
    def standing(self) -> "RecordQuerySet":
        """Those that their natural key (organ, document number, body) finds: of bodies, neither revoked nor deleted."""
        return self.filter(STANDING)

    def showing(self, day: date) -> "RecordQuerySet":
        """Those whose publication runs on this day: true even when nothing ran overnight."""
        # A forgotten record has no title: a restored backup may bring back its state, but it is never shown again.
        return self.exclude(title="").filter(
            personal=False,
            state="in_force",
            stayed__isnull=True,
            publication__state="cleared",
            publication__starts__lte=day,
            publication__ends__gt=day,
        )


class Record(Living):
    """What a competent organ decided about a body, or about a post-holder of one (`personal`, internal by default)."""

    class Kind(models.TextChoices):
        DISHONESTY = "dishonesty", _("Dishonesty record")
        HONOUR = "honour", _("Honour record")

    class Finality(models.TextChoices):
        FINAL = "final", _("Final")
        PENDING = "pending", _("Review or lawsuit pending")

    kind = models.CharField(max_length=10, choices=Kind)
    source = models.CharField(max_length=20, help_text="Key in rulebook sources: JUDGMENT, DEFAULT, …")
    number = models.CharField(max_length=40, unique=True, help_text="云信录〔2026〕0417 号")
    slug = models.CharField(max_length=40, unique=True, help_text="2026-0417: the number in addresses")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="records")
    personal = models.BooleanField(default=False)
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="records")
    title = models.CharField(max_length=120)
    finding = models.TextField(blank=True, help_text="查明的事实")
    organ = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="determined", db_index=False)
    document_number = models.CharField(max_length=80)
    decided = models.DateField()
    served = models.DateField()
    finality = models.CharField(max_length=8, choices=Finality)
    final_on = models.DateField(null=True)
    loss = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    impact = models.CharField(max_length=12, blank=True, help_text="Key in rulebook classes: none, local, wide, grave")
    severity = models.CharField(max_length=10, blank=True, help_text="minor, general, serious; empty for honours")
    basis = models.JSONField(default=list, help_text="[{instrument, article, used_for}] as rulebook keys")
    sanction = models.CharField(
        max_length=40, blank=True, help_text="Key of the term of a person's sanction: discipline.warning, …"
    )
    provider = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="provided")
    entered = models.DateField(help_text="Day it was entered; late entry is shown, not refused")
    entered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    authors = models.JSONField(default=list, help_text="Persons who entered or changed it: none of them confirms it")
    checked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    effected_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    final_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    final_paper = models.CharField(max_length=120, blank=True, help_text="Paper that shows it became final")
    correction = models.JSONField(default=dict, help_text="The new version that is proposed, as plain values")
    correction_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    corrected = models.DateField(null=True, help_text="Since when the present version holds")
    corrected_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    correction_note = models.CharField(
        max_length=300, blank=True, help_text="What was corrected: shown with the record"
    )
    correction_paper = models.CharField(max_length=120, blank=True)
    revocation_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    deletion_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    noticed = models.DateField(null=True, help_text="Day the notice was served on the body")
    effective = models.DateField(null=True)
    ends = models.DateField(null=True, help_text="Day on which its longest period ends by itself")
    ended = models.DateField(null=True)
    statement = models.TextField(blank=True, help_text="What the body said in its time for a statement")
    end_reason = models.CharField(max_length=300, blank=True)
    stayed = models.DateField(null=True, help_text="Use suspended since (复议、诉讼); a flag, not a state")
    stay_ground = models.CharField(max_length=200, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(served__gte=F("decided")), name="record_served_after_decision"),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(effective__isnull=False), name="record_in_force_since"
            ),
            models.CheckConstraint(condition=~Q(state="in_force") | Q(finality="final"), name="record_in_force_final"),
            models.CheckConstraint(
                condition=Q(personal=False) | Q(post__isnull=False) | Q(state="deleted"),
                name="record_personal_names_post",
            ),
            models.UniqueConstraint(
                fields=["organ", "document_number", "body"], condition=STANDING, name="record_once_per_decision"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["body", "-effective"], name="record_body_effective"),
            # The constraint's own index is partial, and SQLite does not see that it fits a question with parameters.
            models.Index(fields=["organ", "document_number"], name="record_decision"),
            models.Index(fields=["state", "due"], name="record_state_due"),
            models.Index(fields=["state", "ends"], name="record_ending"),
            models.Index(fields=["state", "-effective", "-id"], name="record_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def machine(self) -> Machine:
        return machine_of(self)

    @property
    def is_quiet(self) -> bool:
        return self.personal

    def roles_of(self, by: Actor, on: date) -> frozenset[str]:
        """Roles on the body it is about; whoever reports for its provider has that role on what it handed in."""
        roles = super().roles_of(by, on) - {"reporter"}
        if self.provider_id and not self.personal and "reporter" in by.roles_on(self.provider_id, on):
            roles |= {"reporter"}
        return roles

    @property
    def class_term(self) -> Term | None:
        """The term of its longest period: by class, that of honours, or of a person's sanction."""
        return longest_term(self.kind, self.severity, self.personal, self.sanction)

    @property
    def entry_due(self) -> date:
        """The last day on which it was entered in time."""
        return book().terms["record.enter"].deadline(self.decided).last_day

    @property
    def late_by(self) -> int:
        """By how many working days it was entered late; 0 if in time."""
        return max(0, book().calendar.workdays_between(self.entry_due, self.entered))

    @property
    def statement_until(self) -> date | None:
        """The last day on which the body may make its statement, counted from the service of the notice."""
        return book().terms["record.statement"].deadline(self.noticed).last_day if self.noticed else None

    @property
    def proposed(self) -> str:
        """What has been proposed for it and waits for a second person: a correction, its revocation, its deletion."""
        for name in ("correction", "revocation", "deletion"):
            if getattr(self, f"{name}_by_id") is not None and self.state not in ("revoked", "deleted"):
                return name
        return ""

    @property
    def repair_from(self) -> date | None:
        """From this day a repair may be asked for."""
        row = book().classes.get(self.severity)
        return book().terms[row.min_term].deadline(self.decided).last_day if row and row.min_term else None

    def image(self, named: Naming | None = None) -> dict[str, Any]:
        """What the public sees while it is published; its entry carries this as facts.

        Bodies by the names that held when it was decided: a renaming must not part the page from its entry. `named`
        knows those of many records at once.
        """
        named = named or names_at([self.body_id, self.organ_id])
        return {
            "ref": self.ref,
            "number": self.number,
            "kind": self.kind,
            "source": self.source,
            "body": f"body:{self.body_id}",
            "body_name": named(self.body_id, self.decided),
            "title": self.title,
            "finding": self.finding,
            "organ": f"body:{self.organ_id}",
            "organ_name": named(self.organ_id, self.decided),
            "document_number": self.document_number,
            "decided": self.decided.isoformat(),
            "served": self.served.isoformat(),
            "severity": self.severity,
            "loss": None if self.loss is None else str(self.loss),
            "basis": self.basis,
            "effective": self.effective.isoformat() if self.effective else None,
            "corrected": self.corrected.isoformat() if self.corrected else None,
            "correction": self.correction_note,
        }

    def file(self) -> dict[str, Any]:
        """The whole file, for the archive: what the public saw and what it never sees."""
        return {
            **self.image(),
            "post": self.post.title if self.post else None,
            "sanction": self.sanction,
            "finality": self.finality,
            "final_on": self.final_on,
            "final_paper": self.final_paper,
            "impact": self.impact,
            "provider": self.provider.name if self.provider else None,
            "noticed": self.noticed,
            "statement": self.statement,
            "ended": self.ended,
            "end_reason": self.end_reason,
        }


def longest_term(kind: str, severity: str, personal: bool, sanction: str) -> Term | None:
    """The term after which such a record ends by itself; counted from the day of the determination (law REP-5).

    On the corresponding day, the last of the period, it is off already: a longest period is never exceeded.
    """
    if personal:
        return book().terms[sanction or "record.personal"]
    if kind == Record.Kind.HONOUR:
        return book().terms["publication.max.honour"]
    row = book().classes.get(severity)
    return book().terms[row.max_term] if row and row.max_term else None


class Publication(Living):
    """Whether and when a record is public: proposed by one, decided by a disclosure reviewer (信息公开条例 17)."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="publication")
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    released_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    exception = models.CharField(max_length=30, blank=True, help_text="Key in rulebook exceptions, when refused")
    recheck = models.DateField(null=True, help_text="An exception is looked at again on this day")
    third_party = models.CharField(max_length=120, blank=True, help_text="Whose secrets or privacy may be touched")
    opinion = models.CharField(max_length=8, blank=True, help_text="agrees, objects; empty: not asked, or no answer")
    opinion_text = models.TextField(blank=True)
    starts = models.DateField(null=True)
    ends = models.DateField(null=True, help_text="First day on which it is no longer public")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="cleared") | Q(starts__isnull=False, ends__gt=F("starts")),
                name="publication_has_period",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(exception=""), name="publication_refusal_names_ground"
            ),
        ]

    def __str__(self) -> str:
        return f"publication of {self.record_id}"

    @property
    def machine(self) -> Machine:
        return PUBLICATION

    @property
    def is_quiet(self) -> bool:
        return self.record.personal

    @property
    def rests_on_unverified(self) -> bool:
        """Whether the class or its period rests on a rule whose text nobody has verified."""
        term = self.record.class_term
        return term is None or term.status is Status.UNVERIFIED

    def showing(self, day: date) -> bool:
        """Whether it is public on this day: derived from dates, true even when nothing ran overnight."""
        return (
            self.state == "cleared"
            and self.record.state == "in_force"
            and self.record.stayed is None
            and not self.record.personal
            and bool(self.record.title)
            and self.starts is not None
            and self.ends is not None
            and self.starts <= day < self.ends
        )

    def after_image(self, on: date) -> dict[str, Any]:
        """The whole of what the public sees, carried by the entry that clears it; nothing while it is not shown."""
        if not self.showing(on) or self.starts is None or self.ends is None:
            return {}
        period = {"from": self.starts.isoformat(), "until": self.ends.isoformat()}
        return {"record": self.record.ref, "facts": {**self.record.image(), "public": period}}

    @property
    def body_id(self) -> int:
        return self.record.body_id


class Receipt(models.Model):
    """Who received a published record, when it was told of its end, and when it confirmed."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="receipts")
    receiver = models.CharField(max_length=120)
    sent = models.DateField()
    withdrawn = models.DateField(null=True, help_text="Day it was told that publicity ended, or what it got was wrong")
    confirmed = models.DateField(null=True, help_text="Day it confirmed that it has taken it down")

    def __str__(self) -> str:
        return f"{self.receiver}: {self.publication_id}"
