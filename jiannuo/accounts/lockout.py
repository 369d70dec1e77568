"""Lock-out: wrong passwords count per name and address, wrong codes per name. django-axes does the counting."""

from datetime import datetime

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest

from .models import User

# Wrong codes are counted under a name of their own that cannot be a sign-in name. Only who holds the right
# password reaches the code, so counting them whatever the address cannot be used to lock a colleague out.
CODE = "code\x1f"


def parameters(request: HttpRequest, credentials: dict[str, str] | None = None) -> list[str | list[str]]:
    """What locks: for codes the name, for passwords name and address together (or anybody locks anybody)."""
    name = (credentials or {}).get("username") or ""
    return ["username"] if name.startswith(CODE) else [["username", "ip_address"]]


def code_locked(request: HttpRequest, user: User) -> bool:
    """Whether too many wrong codes were tried for this account; marks the request for the lock page."""
    credentials = {"username": CODE + user.username}
    if AxesProxyHandler.is_allowed(request, credentials):
        return False
    request.axes_locked_out = True  # type: ignore[attr-defined]
    request.axes_credentials = credentials  # type: ignore[attr-defined]
    return True


def code_failed(request: HttpRequest, user: User) -> int:
    """Count a wrong code; returns how many more may be tried."""
    AxesProxyHandler.user_login_failed(None, {"username": CODE + user.username}, request)
    return left(request)


def code_passed(user: User) -> None:
    """A right code clears the count of wrong ones."""
    AccessAttempt.objects.filter(username=CODE + user.username).delete()


def left(request: HttpRequest) -> int:
    """How many tries remain after the failure that this request was."""
    return max(0, settings.AXES_FAILURE_LIMIT - (getattr(request, "axes_failures_since_start", None) or 0))


def until(username: str, now: datetime) -> datetime | None:
    """When the lock on this name ends, if one is on at `now`."""
    recent = AccessAttempt.objects.filter(attempt_time__gte=now - settings.AXES_COOLOFF_TIME)
    ends = []
    for name in (username, CODE + username):
        found = recent.filter(username=name).aggregate(tries=Sum("failures_since_start"), last=Max("attempt_time"))
        if (found["tries"] or 0) >= settings.AXES_FAILURE_LIMIT:
            ends.append(found["last"] + settings.AXES_COOLOFF_TIME)
    return max(ends, default=None)


def clear(username: str) -> int:
    """Forget all failures of this name; returns how many rows."""
    return int(AccessAttempt.objects.filter(username__in=[username, CODE + username]).delete()[0])
