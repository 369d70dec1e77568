"""Forms of the sign-in pages: the library's, with the lock-out told to the person before it falls."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from jiannuo.accounts import codes, lockout
from jiannuo.accounts.models import User
from jiannuo.accounts.trial import PASSWORD, demo_accounts, trial_code
from jiannuo.lifecycle.refused import Refused


def passed(request: HttpRequest) -> bool:
    """Whether this session has passed the second factor, not only the password."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def warning(left: int) -> str:
    """How many tries remain before the lock, and for how long it would be."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return ngettext(
        "One more try, then this account is locked for %(minutes)s minutes.",
        "%(left)s more tries, then this account is locked for %(minutes)s minutes.",
        left,
    ) % {"left": left, "minutes": minutes}


def plain(form: forms.Form, **labels: Any) -> None:
    """Our class on every field, our labels, no placeholders (a placeholder is no label)."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs["class"] = "form-control"
        if name in labels:
            field.label = labels[name]
        if name in form.errors if form.is_bound and hasattr(form, "cleaned_data") else False:
            field.widget.attrs["aria-invalid"] = "true"


class SignInForm(LoginForm):  # type: ignore[misc]
    """Sign-in name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self, login=_("Sign-in name"), password=_("Password"))
        self.fields["password"].help_text = ""

    @property
    def demo_accounts(self) -> list[User]:
        """Accounts that a visitor of a trial may use."""
        return demo_accounts()

    @property
    def demo_password(self) -> str:
        return PASSWORD

    def _clean_with_password(self, credentials: dict[str, str]) -> Any:
        try:
            return super()._clean_with_password(credentials)
        except ValidationError as error:
            left = lockout.left(self.request)
            if getattr(self.request, "axes_failures_since_start", None) and left:
                raise ValidationError([error, ValidationError(warning(left), code="left")]) from None
            raise


class _Counted:
    """A code form whose failures count towards the lock, whatever address they come from; a right code is good once."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self, code=_("Six digits from your device, or a recovery code"))  # type: ignore[arg-type]
        self.fields["code"].widget.attrs.update(inputmode="text", autofocus=True)  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        request = context.request
        if lockout.code_locked(request, self.user):
            raise ValidationError(_("Too many wrong codes."), code="locked")
        code: str = super().clean_code()  # type: ignore[misc]
        if not codes.use(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        lockout.code_passed(self.user)
        return code

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        super()._emit_authentication_failed(authenticator)  # type: ignore[misc]
        left = lockout.code_failed(context.request, self.user)
        if left:
            self.warning = warning(left)

    @property
    def trial_code(self) -> str:
        """The code to show on the page: only of a demo account in a trial, else empty."""
        try:
            return trial_code(self.user)
        except Refused:
            return ""


class CodeForm(_Counted, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class AgainForm(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """The code asked again before something sensitive."""


class SetUpForm(ActivateTOTPForm):  # type: ignore[misc]
    """Setting up the second factor. The session in which it is set up has passed it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self, code=_("Six digits that the device shows now"))

    def clean_code(self) -> str:
        code: str = super().clean_code()
        record_authentication(context.request, self.user, "mfa", type="totp", activated=True)
        return code


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """Change one's own password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(
            self,
            oldpassword=_("Present password"),
            password1=_("New password"),
            password2=_("New password, again"),
        )
        self.fields["oldpassword"].help_text = ""

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.user and (new := self.cleaned_data.get("password1")) and self.user.check_password(new):
            self.add_error("password1", _("The new password is the old one. Choose another."))
        return cleaned
