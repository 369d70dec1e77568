"""Words that only the desk's templates need."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

register = template.Library()


@register.simple_tag
def holds(actor: Any, *roles: str) -> bool:
    """Whether the actor holds one of these roles on any body today."""
    return bool(set(roles) & actor.roles_on(None, timezone.localdate()))


@register.filter
def grouped(count: int) -> str:
    """A count with its thousands set apart."""
    return f"{count:,}"
