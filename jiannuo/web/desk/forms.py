"""What the desk's forms share. They shape what was typed; whether it may be is the actions' to say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.refused import Refused, RefusedMany

EMPTY = _("This must be filled in.")


class Plain(forms.Form):
    """Our classes on every field; dates as ISO days. `mark` keeps the ids of several forms on one page apart."""

    def __init__(self, *args: Any, mark: object = "", **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{type(self).__name__.lower()}{mark}-%s", **kwargs)  # type: ignore[misc]
        for field in self.fields.values():
            _dress(field)

    def add(self, name: str, field: forms.Field) -> None:
        """A field that only this form of its class has."""
        _dress(field)
        self.fields[name] = field

    def place(self, refused: Refused) -> Refused | None:
        """Put a refusal at the fields it is about; returns what is about none of this form's fields."""
        left = []
        for fault in refused.faults if isinstance(refused, RefusedMany) else [refused]:
            if fault.field in self.fields:
                self.add_error(fault.field, told(fault))
            else:
                left.append(fault)
        if not left:
            return None
        return left[0] if len(left) == 1 else RefusedMany(left)


def _dress(field: forms.Field) -> None:
    if field.error_messages["required"] is forms.Field.default_error_messages["required"]:
        field.error_messages["required"] = EMPTY
    if not isinstance(field.widget, (forms.CheckboxInput, forms.RadioSelect)):
        field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"


def told(fault: Refused) -> str:
    """A refusal in one paragraph: what cannot be, what was found, what is allowed, on which basis."""
    parts = [
        fault.message,
        fault.found is not None and _("Found: %(found)s.") % {"found": fault.found},
        fault.allowed,
        fault.article and _("Basis: %(article)s.") % {"article": fault.article},
    ]
    return " ".join(str(part) for part in parts if part)


def day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write the day as 2026-11-23.")},
        **kwargs,
    )


def named(label: Any, **kwargs: Any) -> forms.CharField:
    """A body by name, short name or alias; the page offers them as it is typed (datalist "bodies")."""
    widget = forms.TextInput(attrs={"list": "bodies", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=120, widget=widget, **kwargs)
