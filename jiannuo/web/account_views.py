"""The page shown while an account is locked. All other sign-in pages are the library's views with our templates."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from jiannuo.accounts import lockout


def locked(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Until when the account is locked, why, and whom to ask (429). Called by the lock-out middleware."""
    name = str((credentials or {}).get("username") or "")
    of_code = name.startswith(lockout.CODE)
    now = timezone.now()
    until = lockout.until(name.removeprefix(lockout.CODE), now) or now + settings.AXES_COOLOFF_TIME
    facts = {
        "until": until,
        "minutes": max(1, -int((now - until).total_seconds() // 60)),
        "of_code": of_code,
        "limit": settings.AXES_FAILURE_LIMIT,
    }
    return render(request, "account/locked.html", facts, status=429)
