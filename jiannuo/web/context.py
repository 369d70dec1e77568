"""What every page shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from jiannuo.accounts.acting import actor_of
from jiannuo.ledger.models import Checkpoint
from jiannuo.registry.models import Division
from jiannuo.rules import book


def site(request: HttpRequest) -> dict[str, Any]:
    """City, day, the log's size, the address in the other language, large type."""
    path = request.get_full_path()
    return {
        "city": SimpleLazyObject(lambda: Division.objects.filter(level="city").order_by("id").first()),
        "today": timezone.localdate(),
        "log_head": SimpleLazyObject(lambda: Checkpoint.objects.order_by("-epoch_id", "-size").first()),
        "is_trial": settings.TRIAL,
        "is_fictional": settings.CITY == "demo",
        "in_chinese": translate_url(path, "zh-hans"),
        "in_english": translate_url(path, "en"),
        "is_large": request.COOKIES.get("jn-large") == "1",
        "actor": SimpleLazyObject(lambda: actor_of(request.user)) if hasattr(request, "user") else None,
        "rulebook_digest": SimpleLazyObject(lambda: book().digest[:12]),
    }
