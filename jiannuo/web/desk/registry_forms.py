"""Forms of the registry: what is typed about bodies, their ends, posts, parties and divisions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.refused import listed
from jiannuo.records.models import Record
from jiannuo.registry import reading
from jiannuo.registry.kinds import BodyKind, Level, ParentKind, PartyKind, Regime
from jiannuo.registry.models import Body, Division, Official, OutsideParty

from .forms import Plain, day
from .naming import body_named

CONFIRM = _("The code stands so on the certificate, although it fails its check")
PAPER = _("Title and number of the approval, as 云编发〔2026〕1号.")
BY_NAME = _("Type its name, short name or an alias.")


class BodyField(forms.CharField):
    """A body by one of its names; several bodies, one a line, where `many`."""

    def __init__(self, *, many: bool = False, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off"}
        widget = forms.Textarea(attrs={"rows": 4}) if many else forms.TextInput(attrs={**attrs, "list": "bodies"})
        super().__init__(widget=widget, **kwargs)
        self.many = many

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if self.many:
            return _each(text.replace("；", "\n").replace(";", "\n").splitlines())
        return body_named(text) if text else None


class PlaceField(forms.CharField):
    """A division by its name, its name after that of the one above it, or its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        rows = Division.objects.select_related("parent").alias(full=Concat("parent__name", "name"))
        found = list(rows.filter(Q(name=text) | Q(full=text) | Q(code=text, has_code=True))[:9])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(
                _("Several places are called “%(typed)s”. Write the code, or the name with that above it: %(near)s.")
                % {"typed": text, "near": listed(f"{one.parent or ''}{one.name}（{one.code}）" for one in found)}
            )
        near = listed(rows.filter(name__contains=text[:2]).values_list("name", flat=True)[:5])
        raise forms.ValidationError(
            (
                _("No place is called “%(typed)s”. Did you mean: %(near)s?")
                if near
                else _("No place is called “%(typed)s”.")
            )
            % {"typed": text, "near": near}
        )


def _each(lines: Iterable[str]) -> list[Body]:
    """The body of each line; all faults at once, so that a long list is mended in one go."""
    found, faults = [], []
    for line in filter(None, (line.strip() for line in lines)):
        try:
            found.append(body_named(line))
        except forms.ValidationError as fault:
            faults.append(fault)
    if faults:
        raise forms.ValidationError(faults)
    return found


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (line.strip() for line in text.splitlines()))))


def _text(label: Any, most: int = 200, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, **kwargs)


def _names(label: Any, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)


class RegistryForm(Plain):
    """Carries the version that was read; a day of effect is not in the future, for what it changes holds at once."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, today: date, body: Body | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.body = today, body
        if "on" in self.fields:
            self.fields["on"].widget.attrs["max"] = today.isoformat()

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(
                _("A change is entered once it holds. Found: %(found)s. Allowed: a day up to %(today)s.")
                % {"found": on, "today": self.today}
            )
        return on

    def renewed(self, version: int) -> None:
        """The page now shows this version: what was typed stays, and may be sent again once that is read."""
        typed: Any = self.data
        typed = typed.copy()
        typed[self.add_prefix("seen")] = str(version)
        self.data = typed


HOLDS = _("First day on which it holds")


class NewBodyForm(RegistryForm):
    """A body to be registered. Who may evaluate and inspect it: nobody, unless a basis is entered."""

    name = _text(_("Full name"), 120, help_text=_("As on its seal."))
    short_name = _text(_("Short name"), 60, required=False)
    aliases = _names(_("Also called"), help_text=_("One a line; it is found by each of them."))
    former_names = _names(
        _("Former names"),
        help_text=_("One a line, where the days are not known; a dated renaming is entered on its page."),
    )
    kind = forms.ChoiceField(label=_("Sort"), choices=[("", "—"), *BodyKind.choices])
    regime = forms.ChoiceField(label=_("Personnel regime"), choices=Regime.choices, initial=Regime.UNKNOWN)
    division = PlaceField(label=_("Place"), help_text=_("Name or code of the division."))
    code = _text(
        _("Unified social credit code"), 18, required=False, help_text=_("18 characters; a body may lack one.")
    )
    confirm_code = forms.BooleanField(label=CONFIRM, required=False)
    founded = day(_("Founded"), required=False, help_text=_("Empty where it is not known."))
    parent = BodyField(label=_("Body above it"), required=False, help_text=BY_NAME)
    parent_kind = forms.ChoiceField(
        label=_("How it stands above it"), choices=ParentKind.choices, initial=ParentKind.SUPERIOR
    )
    evaluable_by = BodyField(label=_("May be evaluated by"), required=False, help_text=_("Empty: by nobody."))
    evaluable_basis = _text(_("On what basis"), required=False, help_text=_("Instrument and article."))
    inspectable_by = BodyField(label=_("May be inspected by"), required=False, help_text=_("Empty: by nobody."))
    inspectable_basis = _text(_("On what basis"), required=False, help_text=_("Instrument and article."))
    unsure = forms.BooleanField(label=_("A fact here is still to be checked"), required=False)
    note = _text(_("Note"), 300, required=False, help_text=_("What is to be checked, and where it was taken from."))

    def clean_aliases(self) -> list[str]:
        return _lines(self.cleaned_data["aliases"])

    def clean_former_names(self) -> list[str]:
        return _lines(self.cleaned_data["former_names"])

    def clean_founded(self) -> date | None:
        founded: date | None = self.cleaned_data["founded"]
        if founded and founded > self.today:
            raise forms.ValidationError(
                _("It does not exist yet. Found: %(found)s. Register it on that day.") % {"found": founded}
            )
        return founded


class RenameForm(RegistryForm):
    name = _text(_("New full name"), 120)
    short_name = _text(_("New short name"), 60, required=False, help_text=_("Empty: it keeps the one it has."))
    document = _text(_("Document"), help_text=PAPER, required=False)
    on = day(HOLDS)


class AliasForm(RegistryForm):
    name = _text(_("Also called"), 120, required=False)


class CorrectForm(RegistryForm):
    code = NewBodyForm.base_fields["code"]
    confirm_code = NewBodyForm.base_fields["confirm_code"]
    regime = NewBodyForm.base_fields["regime"]
    founded = NewBodyForm.base_fields["founded"]
    division = PlaceField(label=_("Place"), help_text=_("Name or code of the division."))
    unsure = NewBodyForm.base_fields["unsure"]
    note = NewBodyForm.base_fields["note"]

    def clean(self) -> Any:
        typed = super().clean()
        if not self.errors and set(self.changed_data) <= {"seen", "confirm_code"}:
            raise forms.ValidationError(_("Nothing was changed. Change a field, or go back to the body."))
        return typed


class ParentForm(RegistryForm):
    parent = BodyField(label=_("Body above it"), help_text=BY_NAME)
    kind = forms.ChoiceField(label=_("How it stands above it"), choices=ParentKind.choices, initial=ParentKind.SUPERIOR)
    document = _text(_("Document"), help_text=PAPER, required=False)
    on = day(HOLDS)


class BasisForm(RegistryForm):
    evaluable_by = NewBodyForm.base_fields["evaluable_by"]
    evaluable_basis = NewBodyForm.base_fields["evaluable_basis"]
    inspectable_by = NewBodyForm.base_fields["inspectable_by"]
    inspectable_basis = NewBodyForm.base_fields["inspectable_basis"]


class AssignForm(RegistryForm):
    thing = _text(_("Number of the record"), 60, help_text=_("As 云信录〔2026〕0417 号, or 2026-0417."))
    to_body = BodyField(label=_("Handed to"), help_text=BY_NAME)
    document = _text(_("Document"), help_text=PAPER, required=False)
    on = day(_("First day on which it answers"))

    def clean_thing(self) -> Record:
        typed = self.cleaned_data["thing"].strip()
        assert self.body is not None
        mine = Record.objects.filter(body_id__in=[self.body.pk, *reading.predecessors(self.body.pk)])
        row = mine.filter(Q(number=typed) | Q(slug=typed)).select_related("body").first()
        if row is None:
            raise forms.ValidationError(
                _("Neither this body nor one it succeeded has a record of this number. Found: %(found)s.")
                % {"found": typed}
            )
        return row


class MergeForm(RegistryForm):
    bodies = BodyField(many=True, label=_("Bodies that end"), help_text=_("One a line."), required=False)
    heir = BodyField(
        label=_("Body that answers for all they leave"), help_text=_("It exists already: register a new one first.")
    )
    document = _text(_("Document"), help_text=PAPER, required=False)
    on = day(_("First day on which they no longer exist"))


class SplitForm(RegistryForm):
    into = BodyField(
        many=True, label=_("Bodies it is split into"), help_text=_("One a line, two at least; they exist already.")
    )
    heir = BodyField(
        label=_("General heir"), help_text=_("One of them: it answers for all that is not assigned by document.")
    )
    document = _text(_("Document"), help_text=PAPER, required=False)
    on = day(_("First day on which it no longer exists"))


class AbolishForm(RegistryForm):
    heir = BodyField(label=_("General heir"), help_text=_("Somebody must answer for what it leaves."))
    document = _text(_("Document"), help_text=PAPER, required=False)
    on = day(_("First day on which it no longer exists"))


class PostForm(RegistryForm):
    title = _text(_("Title of the post"), 80, required=False, help_text=_("As 局长, 副局长（分管交通）."))
    is_head = forms.BooleanField(label=_("It is the head of the body"), required=False)


class AppointForm(RegistryForm):
    """Who takes the post: someone who held one here before, or a new name."""

    name = _text(
        _("Name of the person"), 40, required=False, help_text=_("Internal: never on a public page, in no search.")
    )
    official = forms.ModelChoiceField(
        label=_("Or somebody who held a post here before"), queryset=Official.objects.none(), required=False
    )
    document = _text(_("Document"), required=False, help_text=_("Number of the appointment."))
    on = day(_("First day in office"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["official"]
        known = Official.objects.filter(occupancies__post__body=self.body).exclude(name="")
        field.queryset = known.distinct().order_by("name", "pk")
        field.label_from_instance = lambda one: one.name
        if not known.exists():
            del self.fields["official"]


class LeaveForm(RegistryForm):
    on = day(_("First day without them"))


class PartyForm(RegistryForm):
    """A firm, bidding agency or evaluator; natural persons are entered only with what they are owed."""

    kind = forms.ChoiceField(
        label=_("Sort"), choices=[(k, label) for k, label in PartyKind.choices if k != PartyKind.PERSON]
    )
    name = _text(_("Full name"), 120)
    code = _text(
        _("Unified social credit code"), 18, required=False, help_text=_("18 characters; empty where it has none.")
    )
    confirm_code = forms.BooleanField(label=CONFIRM, required=False)
    shown = forms.BooleanField(
        label=_("Its name may stand on public pages"),
        required=False,
        help_text=_("Unless ticked, the public sees only its sort."),
    )

    def party(self) -> OutsideParty:
        typed = self.cleaned_data
        return OutsideParty(kind=typed["kind"], name=typed["name"], code=typed["code"], masked=not typed["shown"])


class DivisionForm(RegistryForm):
    parent = PlaceField(label=_("Lies in"), help_text=_("Name or code of the division."))
    name = _text(_("Name"), 80)
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices[2:])
    code = _text(
        _("Code"),
        12,
        required=False,
        help_text=_("2, 4, 6, 9 or 12 digits, as the city gives it."),
    )
    no_code = forms.BooleanField(label=_("It has no code of its own (a zone)"), required=False)
