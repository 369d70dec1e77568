"""Words that only the desk's templates need."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jiannuo.exchange.reading import watches
from jiannuo.lifecycle.offered import data_sets

from .jn import text

register = template.Library()


@register.simple_tag
def holds(actor: Any, *roles: str) -> bool:
    """Whether the actor holds one of these roles on any body today."""
    return bool(set(roles) & actor.roles_on(None, timezone.localdate()))


@register.filter
def grouped(count: int) -> str:
    """A count with its thousands set apart."""
    return f"{count:,}"


@register.filter
def percent(share: float | None) -> str:
    """A share of 0 to 1 as per cent; a dash where there is nothing it could be a share of."""
    return "–" if share is None else f"{share:.1%}"


@register.simple_tag
def bar(share: float | None, tone: str) -> SafeString:
    """A share as a short bar and as a number."""
    if share is None:
        return SafeString("–")
    return format_html(
        '<svg class="jn-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="8" class="jn-bar__all"/><rect width="{}" height="8" class="jn-bar__{}"/></svg>{}',
        f"{share * 100:.1f}",
        tone,
        percent(share),
    )


@register.filter
def dataset_title(name: str) -> str:
    """The title of a data set in the reader's language."""
    one = data_sets().get(name)
    return text(one.table.title) if one else name


@register.simple_tag
def looks_at_intake(actor: Any) -> bool:
    """Whether what is handed in is this actor's to hand in or to look at, on any body today."""
    return watches(actor, timezone.localdate())
