"""Two gates of every request: nobody works without a second factor; a refusal is a page that says what is allowed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from jiannuo.accounts import codes
from jiannuo.accounts.acting import actor_of
from jiannuo.lifecycle.refused import Refused, RefusedMany, Stale

from .account_forms import passed

Respond = Callable[[HttpRequest], HttpResponseBase]

# Pages about one's own password and factor: open before a factor is set up, closed to a session that skipped it.
OWN = frozenset(
    {
        "account_change_password",
        "mfa_index",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    }
)


class SecondFactor:
    """The desk is closed to visitors, to first passwords and to sessions without the second factor."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = SimpleLazyObject(lambda: actor_of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        desk = match is not None and "desk" in match.namespaces
        own = match is not None and match.url_name in OWN
        if not desk and not own:
            return None
        user: Any = request.user
        here = request.get_full_path()
        if not user.is_authenticated:
            return redirect_to_login(here)
        if not codes.has_factor(user):
            if own:
                return None
            if user.must_change:
                return redirect("account_change_password")
            return redirect("mfa_activate_totp")
        if not passed(request):
            return redirect(f"{reverse('mfa_reauthenticate')}?{_next(here)}")
        if desk and user.must_change:
            return redirect("account_change_password")
        return None


class Refusals:
    """A Refused that no view caught: the three sentences (what cannot be done, on what basis, what can be done)."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        return refusal(request, exception)


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The refusal as a page, or as JSON for who asks for it: 409 stale, 403 not your role, else 422."""
    faults = refused.faults if isinstance(refused, RefusedMany) else [refused]
    status = status_of(refused)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse(
            {"refused": [_plain(fault) for fault in faults]}, status=status, json_dumps_params={"ensure_ascii": False}
        )
    return render(request, "refused.html", {"faults": faults, "refused": refused, "status": status}, status=status)


def status_of(refused: Refused) -> int:
    """The HTTP status of a refusal."""
    if isinstance(refused, Stale):
        return 409
    return 403 if refused.code.endswith(".not_your_role") else 422


def _plain(refused: Refused) -> dict[str, str | None]:
    def text(part: Any) -> str | None:
        return None if part is None else str(part)

    return {
        "code": refused.code,
        "message": text(refused.message),
        "field": refused.field,
        "found": text(refused.found),
        "allowed": text(refused.allowed),
        "article": text(refused.article),
    }


def _next(here: str) -> str:
    return urlencode({"next": here})
