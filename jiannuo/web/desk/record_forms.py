"""Forms of records: what is entered, documents, and the fields that a step of the machine asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiannuo.evidence.actions import NewDocument
from jiannuo.evidence.models import Service
from jiannuo.lifecycle.machine import Step
from jiannuo.lifecycle.refused import listed
from jiannuo.records.actions import IMPACTS, NewRecord
from jiannuo.records.actions.checking import sanctions
from jiannuo.records.models import Record
from jiannuo.registry.models import Body, Post
from jiannuo.rules import book
from jiannuo.web.portal.records import texts
from jiannuo.web.templatetags.jn import text

from .forms import Plain, day, named
from .naming import body_named

BASIS_ROWS = 3
GROUNDS = _("Regulations on Open Government Information, articles 14 to 16")


def _long(label: Any, rows: int = 3, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class RecordForm(Plain):
    """What is entered about one decision."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Record.Kind.choices, widget=forms.RadioSelect)
    source = forms.ChoiceField(label=_("Source"), help_text=_("What the record rests on; it says who may decide."))
    body = named(_("Body the record is about"), help_text=_("Type its name, short name or an alias."))
    organ = named(_("Organ that decided"), help_text=_("The organ whose decision it is, not whoever passed it on."))
    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        help_text=_("One sentence: what was done or left undone. No names."),
    )
    finding = _long(_("What was found"), 5, required=False, help_text=_("As the decision states it, shortened."))
    document_number = forms.CharField(label=_("Number of the decision"), max_length=80)
    decided = day(_("Day of the decision"))
    served = day(_("Day it was served"))
    finality = forms.ChoiceField(label=_("Finality"), choices=Record.Finality.choices, widget=forms.RadioSelect)
    final_on = day(_("Final since"), required=False)
    loss = forms.DecimalField(
        label=_("Loss or amount (yuan)"),
        required=False,
        max_digits=16,
        decimal_places=2,
        error_messages={"invalid": _("Write the amount in yuan, to the cent: 742200.00.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    impact = forms.ChoiceField(label=_("Effect on others"), choices=[(key, title) for key, title in IMPACTS.items()])
    personal = forms.BooleanField(
        label=_("It concerns an official in the exercise of office: internal, never shown"), required=False
    )
    post = forms.CharField(
        label=_("Title of the post"),
        max_length=80,
        required=False,
        help_text=_("For an internal record: the post, not the name."),
    )
    sanction = forms.ChoiceField(
        label=_("Sanction"), required=False, help_text=_("For a disciplinary decision: its period of effect follows.")
    )
    provider = named(_("Handed in by"), required=False, help_text=_("The body that provided it, if another did."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles, instruments = texts(book().sources), texts(book().instruments)
        source: Any = self.fields["source"]
        source.choices = [
            (label, [(key, titles[key]) for key, row in book().sources.items() if row.kind == kind])
            for kind, label in Record.Kind.choices
        ]
        sanction: Any = self.fields["sanction"]
        sanction.choices = [("", "—"), *((key, text(title)) for key, title in sanctions().items())]
        for n in range(BASIS_ROWS):
            choices = [("", "—"), *sorted(instruments.items(), key=lambda one: one[1])]
            extra: dict[str, forms.Field] = {
                "instrument": forms.ChoiceField(label=_("Instrument"), choices=choices, required=False),
                "article": forms.CharField(label=_("Article"), max_length=20, required=False),
                "used_for": forms.CharField(label=_("Used for"), max_length=60, required=False),
            }
            for name, field in extra.items():
                self.add(f"basis{n}_{name}", field)

    def clean_body(self) -> Body:
        return body_named(self.cleaned_data["body"])

    def clean_organ(self) -> Body:
        return body_named(self.cleaned_data["organ"])

    def clean_provider(self) -> Body | None:
        typed = self.cleaned_data["provider"]
        return body_named(typed) if typed else None

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        for n in range(BASIS_ROWS):
            row = [typed.get(f"basis{n}_{name}") for name in ("instrument", "article", "used_for")]
            if any(row[1:]) and not row[0]:
                self.add_error(f"basis{n}_instrument", _("Choose the instrument that this article is of."))
        if typed.get("post") and typed.get("body"):
            typed["post"] = self._post(typed["body"], typed["post"])
        return typed

    def _post(self, body: Body, title: str) -> Post | None:
        posts = {post.title: post for post in body.posts.all()}
        if title not in posts:
            self.add_error(
                "post",
                _("%(body)s has no post called “%(typed)s”. It has: %(near)s.")
                % {"body": body.name, "typed": title, "near": listed(posts) or _("none yet")},
            )
        return posts.get(title)

    def row(self) -> NewRecord:
        """What was typed, as the action takes it."""
        typed = self.cleaned_data
        names = ("instrument", "article", "used_for")
        rows = [{name: typed[f"basis{n}_{name}"] for name in names} for n in range(BASIS_ROWS)]
        plain = {name: value for name, value in typed.items() if name in RecordForm.base_fields}
        return NewRecord(
            **{**plain, "post": typed["post"] or None},
            basis=tuple({k: v for k, v in one.items() if v} for one in rows if one["instrument"]),
        )

    def basis_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"basis{n}_{name}"] for name in ("instrument", "article", "used_for")] for n in range(BASIS_ROWS)]

    def beside(self, now: Mapping[str, Any]) -> None:
        """Put what stands now beside each field that was typed differently."""
        for name, field in self.fields.items():
            value = now.get(name)
            plain = value.isoformat() if isinstance(value, date) else "" if value in (None, False) else str(value)
            if (self.data.get(name) or "") not in (plain, "on" if value is True else plain):
                field.stands = plain or _("nothing")  # type: ignore[attr-defined]


def initial_of(record: Record) -> dict[str, Any]:
    """A record as what was typed."""
    out = {name: getattr(record, name) for name in RecordForm.base_fields}
    out |= {"body": record.body.name, "organ": record.organ.name}
    out["provider"] = record.provider.name if record.provider else ""
    out["post"] = record.post.title if record.post else ""
    for n, one in enumerate(record.basis[:BASIS_ROWS]):
        out |= {f"basis{n}_{name}": one.get(name, "") for name in ("instrument", "article", "used_for")}
    return out


class CorrectionForm(RecordForm):
    """A new version of a record in force, with the paper it rests on."""

    reason = _long(_("What was wrong"), max_length=300, help_text=_("It is shown with the corrected record."))
    paper = forms.CharField(
        label=_("Paper of the determining organ"), max_length=120, help_text=_("Organ, number and day of the paper.")
    )


class DocumentForm(Plain):
    """A document with the statement that it holds nothing classified."""

    document = forms.FileField(label=_("File"), help_text=_("PDF, PNG, JPEG, Word or plain text, at most 20 MB."))
    document_title = forms.CharField(label=_("Title of the document"), max_length=200)
    number = forms.CharField(label=_("Number of the document"), max_length=80, required=False)
    declared = forms.BooleanField(label=_("I state: it holds no state secret and no work secret"), required=False)

    def __init__(self, *args: Any, optional: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if optional:
            self.fields["document"].required = self.fields["document_title"].required = False

    def row(self, record: Record, title: str = "", number: str = "") -> NewDocument:
        """What was handed in, as the action takes it."""
        typed = self.cleaned_data
        return NewDocument(
            owner=record.ref,
            title=typed["document_title"] or title,
            data=typed["document"].read(),
            number=typed["number"] or number,
            declared=typed["declared"],
            body=record.body.ref,
        )


class TwinForm(Plain):
    """The redacted twin of a document, and what was masked in it."""

    twin = forms.FileField(label=_("Redacted twin"), help_text=_("PDF, PNG, JPEG, Word or plain text, at most 20 MB."))
    redactions = forms.CharField(
        label=_("What was masked, and why"),
        max_length=300,
        help_text=_("For example: name and price of the supplier (commercial secret). If nothing had to be, say so."),
    )


PUBLIC_REASON = _(
    "This text stays in the public log when all else is gone: name the paper, and neither contents nor persons."
)


def _line(label: Any, most: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, **kwargs)


def _tick(label: Any, must: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=bool(must), error_messages={"required": must})


def _pick(label: Any, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, **kwargs)


ANSWERS = [("agrees", _("Agrees to publication")), ("objects", _("Objects to publication"))]
PAPER = _("Organ, number and day of the paper.")
# The field for each datum that a step asks for, or that may be said besides.
FIELDS: dict[str, Callable[[], forms.Field]] = {
    "served": lambda: day(_("Day of service")),
    "method": lambda: _pick(_("Way of service"), Service.Method.choices),
    "receipt": lambda: _line(_("Number of the receipt"), 120, required=False),
    "statement": lambda: _long(_("What the body says"), 6),
    "heard": lambda: _tick(_("The determining organ heard the body before it decided")),
    "final_on": lambda: day(_("Final since")),
    "paper": lambda: _line(_("Paper"), 120, help_text=PAPER),
    "ground": lambda: _line(_("Paper that orders the stay"), 200, help_text=PAPER),
    "basis": lambda: _line(_("Legal basis"), 200, help_text=PUBLIC_REASON),
    "schedule": lambda: _line(_("Retention schedule"), 200, help_text=_("Which schedule keeps it, and for how long.")),
    "third_party": lambda: _line(_("Third party"), 120, help_text=_("Whose secrets or privacy may be touched.")),
    "opinion": lambda: _pick(_("Answer"), ANSWERS, widget=forms.RadioSelect),
    "words": lambda: _long(_("In its words"), 4, required=False),
    "public_interest": lambda: _long(
        _("Why the public interest asks for it"),
        max_length=300,
        required=False,
        help_text=_("Only where a third party objects: why not publishing would greatly harm the public interest."),
    ),
    "reviewed": lambda: _tick(
        _("Reviewed: secrecy, personal information, commercial secrets, lawfulness"),
        _("Tick it once you have reviewed the record and its documents."),
    ),
    "receivers": lambda: _long(
        _("Receivers"), 4, required=False, help_text=_("One a line; all are told when publicity ends.")
    ),
    "exception": lambda: _pick(
        _("Ground of the exception"),
        [("", "—"), *texts(book().exceptions).items()],
        help_text=GROUNDS,
        error_messages={"required": _("An exception names its ground: choose one.")},
    ),
    "reason": lambda: _long(_("Reason"), max_length=300),
}


def field_for(name: str, verb: str) -> forms.Field:
    field = FIELDS[name]()
    if (name, verb) == ("reason", "propose_revocation"):
        field.help_text = PUBLIC_REASON
    return field


class StepForm(Plain):
    """The fields of one step: what the machine asks for, and what may be said besides."""

    def __init__(self, *args: Any, step: Step, more: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*step.asks, *more):
            self.add(name, field_for(name, step.verb))

    def typed(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        typed = dict(self.cleaned_data)
        if "words" in typed:  # of the third party; the action calls them a statement, as it does the body's own
            typed["statement"] = typed.pop("words")
        if "receivers" in typed:
            typed["receivers"] = list(dict.fromkeys(filter(None, map(str.strip, typed["receivers"].splitlines()))))
        return typed
