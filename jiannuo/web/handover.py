"""What a lower level speaks to: three addresses for signed statements, answered in JSON. No session, no cookie."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from jiannuo.exchange.actions import handover as actions
from jiannuo.exchange.models import Batch, Handover
from jiannuo.lifecycle.refused import Refused

FORBIDDEN = ("handover.unknown_sender", "handover.bad_signature")


def _spoken(view: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """JSON in, JSON out; a refusal says what was found and what is allowed."""

    @csrf_exempt
    @require_POST
    def answer(request: HttpRequest) -> JsonResponse:
        try:
            given = json.loads(request.body)
            if not isinstance(given, dict):
                raise ValueError
            return JsonResponse(view(given))
        except Refused as refused:
            status = 403 if refused.code in FORBIDDEN else 422
            told = {"code": refused.code, "message": refused.message, "field": refused.field}
            told |= {"found": refused.found, "allowed": refused.allowed}
            return JsonResponse({k: str(v) for k, v in told.items() if v is not None}, status=status)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            message = _("The request is not what docs/levels.md describes.")
            return JsonResponse({"code": "handover.malformed", "message": message}, status=400)

    return answer


def _state(package: Handover) -> dict[str, Any]:
    """How a package stands: its parts, their batches, and the receipts that the log has signed by now."""
    batches = {batch.number: batch for batch in Batch.objects.filter(number__in=package.taken.values())}
    receipts = {part: batches[number].receipt for part, number in package.taken.items() if number in batches}
    receipts = {part: text for part, text in receipts.items() if text}
    if receipts != package.receipts:
        Handover.objects.filter(pk=package.pk).update(receipts=receipts)
    counts = {part: batches[number].counts for part, number in package.taken.items() if number in batches}
    return {"serial": package.serial, "taken": package.taken, "counts": counts, "receipts": receipts}


def _packages(given: dict[str, Any]) -> dict[str, Any]:
    return _state(actions.take_manifest(str(given["manifest"]), on=timezone.localdate()))


def _parts(given: dict[str, Any]) -> dict[str, Any]:
    rows = [{str(name): str(said) for name, said in row.items()} for row in given["rows"]]
    package = actions.take_part(str(given["manifest"]), int(given["part"]), rows, on=timezone.localdate())
    return _state(package)


def _reconcile(given: dict[str, Any]) -> dict[str, Any]:
    below = {str(key): str(digest) for key, digest in given["lines"].items()}
    now = timezone.now()
    above = actions.answer_question(str(given["statement"]), below, now=now, on=timezone.localdate(now))
    return {"lines": above}


urlpatterns = [
    path("packages", _spoken(_packages), name="packages"),
    path("parts", _spoken(_parts), name="parts"),
    path("reconcile", _spoken(_reconcile), name="reconcile"),
]
app_name = "handover"
