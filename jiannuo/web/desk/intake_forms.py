"""Forms of handing in: whose rows, which files; and the reason and the paper of a difference."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.refused import listed
from jiannuo.registry.models import Body

from .forms import EMPTY, Plain, named
from .naming import body_named

SHORT = 30  # so many bodies are offered as a list; of more, one is typed
FILES = ".xlsx,.xls,.csv,.txt,.tsv"


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; its value is a list."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given or [None]]


class HandInForm(Plain):
    """For whom, and what. `bodies`: those for which this actor may hand in, the likeliest first."""

    file = FilesField(
        label=_("Files"),
        help_text=_("Excel (.xlsx, .xls) or CSV; several at once if you like. At most %(most)s MB each."),
        allow_empty_file=True,  # refused one by one, so that the others are taken
        error_messages={"required": _("Choose a file.")},
    )

    def __init__(self, *args: Any, bodies: Collection[Body], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = {body.pk: body for body in bodies}
        self.fields["file"].help_text = self.fields["file"].help_text % {"most": most}
        self.fields["file"].widget.attrs["accept"] = FILES
        if len(self.bodies) > 1:
            self.add("provider", self._choice())
            self.order_fields(["provider", "file"])

    def _choice(self) -> forms.Field:
        label = _("Handed in by")
        about = _("the body that answers for these rows; it need not be the one they are about")
        if len(self.bodies) > SHORT:
            return named(label, help_text=about, error_messages={"required": EMPTY})
        rows = [(str(pk), body.name) for pk, body in self.bodies.items()]
        return forms.ChoiceField(label=label, help_text=about, choices=rows)

    def clean_provider(self) -> Body:
        typed = self.cleaned_data["provider"]
        if len(self.bodies) <= SHORT:
            return self.bodies[int(typed)]
        body = body_named(typed)
        if body.pk not in self.bodies:
            names = listed([one.name for one in list(self.bodies.values())[:3]])
            raise forms.ValidationError(
                _("You may not hand in for %(name)s. Your role reaches: %(names)s and those below.")
                % {"name": body.name, "names": names}
            )
        return body

    @property
    def provider(self) -> Body:
        """The body chosen, or the only one there is."""
        return self.cleaned_data.get("provider") or next(iter(self.bodies.values()))


class ConfirmForm(Plain):
    """Why what stands is to be changed, and on which paper: asked once for all rows that are ticked."""

    reason = forms.CharField(
        label=_("Why it changes"),
        max_length=200,
        help_text=_("one sentence; it is kept with each row and shown to whoever decides"),
    )
    paper = forms.CharField(
        label=_("The paper it rests on"),
        max_length=120,
        required=False,
        help_text=_("number or title of the document; a correction of a record needs one"),
    )
