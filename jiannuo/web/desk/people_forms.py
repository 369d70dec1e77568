"""Forms of “who may do what”. They shape what was typed; whether it may be is the actions' to say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiannuo.accounts.models import Role
from jiannuo.lifecycle.refused import Refused, listed
from jiannuo.registry.models import Body

from .naming import body_named


class _Plain(forms.Form):
    """Our classes on every field; dates as ISO days. `mark` keeps the ids of several forms on one page apart."""

    def __init__(self, *args: Any, mark: object = "", **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{type(self).__name__.lower()}{mark}-%s", **kwargs)  # type: ignore[misc]
        for field in self.fields.values():
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = kind

    def place(self, refused: Refused) -> Refused | None:
        """Put a refusal at the field it is about; returns it when it is about none of this form's fields."""
        if refused.field in self.fields:
            parts = [
                refused.message,
                refused.found and _("Found: %(found)s.") % {"found": refused.found},
                refused.allowed,
            ]
            self.add_error(refused.field, " ".join(str(part) for part in parts if part))
            return None
        return refused


def day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write the day as 2026-11-23.")},
        **kwargs,
    )


class PersonForm(_Plain):
    """A person and the first account."""

    name = forms.CharField(
        label=_("Name of the person"),
        max_length=40,
        help_text=_("Seen by the system administrator and the auditor only."),
    )
    post_title = forms.CharField(
        label=_("Post as screens show it"), max_length=60, help_text=_("The post, not the name: Reviewer (A)")
    )
    employer = forms.CharField(
        label=_("Body the person works for"),
        max_length=120,
        required=False,
        help_text=_("Nobody handles records about the body they work for; its superior's staff do."),
    )

    def clean_employer(self) -> Body | None:
        typed = self.cleaned_data["employer"]
        return body_named(typed) if typed else None


class AccountForm(_Plain):
    """An account of a person."""

    username = forms.CharField(label=_("Sign-in name"), max_length=60)
    password1 = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=_("At least 12 characters. The person must change it at the first sign-in."),
        strip=False,
    )


class GrantForm(_Plain):
    """A role on a body, from a day to a day."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    body = forms.CharField(
        label=_("Body"),
        help_text=_("The role holds on it and on all below it."),
        widget=forms.TextInput(attrs={"list": "bodies", "autocomplete": "off"}),
    )
    since = day(_("From"))
    until = day(_("Until"), required=False, help_text=_("First day on which it no longer holds; empty: no end."))

    def __init__(self, *args: Any, reach: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reach = reach

    def clean_body(self) -> Body:
        """The body of this name among those the operator reaches."""
        typed = self.cleaned_data["body"].strip()
        bodies = Body.objects.filter(pk__in=self.reach)
        found = list(bodies.filter(name=typed)[:2]) or list(bodies.filter(short_name=typed)[:2])
        if len(found) == 1:
            return found[0]
        near = listed(bodies.filter(name__contains=typed).values_list("name", flat=True)[:5])
        if near:
            raise forms.ValidationError(
                _("Several or none have exactly this name. Did you mean: %(near)s?") % {"near": near}
            )
        raise forms.ValidationError(_("No body that you administer has this name."))


class EndForm(_Plain):
    """The end of a grant."""

    until = day(_("Until"), help_text=_("First day on which it no longer holds."))
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)


class ReasonForm(_Plain):
    """Something done to an account, and why."""

    reason = forms.CharField(label=_("Why"), max_length=200)


class FirstPasswordForm(_Plain):
    """A new first password, set by an operator."""

    password1 = AccountForm.base_fields["password1"]


class NothingForm(_Plain):
    """A button alone."""
