"""The sign-in pages we want of the library: no sign-up, no e-mail, no password by e-mail, no removal of the factor."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path
from django.views.generic import RedirectView

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("factor/", mfa.index, name="mfa_index"),
    path("factor/code/", mfa.authenticate, name="mfa_authenticate"),
    path("factor/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("factor/set-up/", totp.activate_totp, name="mfa_activate_totp"),
    # The library sends here whoever sets up a factor twice; an operator takes a lost one away (actions.reset_factor).
    path("factor/present/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_deactivate_totp"),
    path("factor/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("factor/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
