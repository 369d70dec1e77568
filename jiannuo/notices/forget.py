"""What notices forget: those about the thing."""

from collections.abc import Sequence
from datetime import date

from .models import Notice


def forget(refs: Sequence[str], *, basis: str, on: date, by: str) -> None:
    Notice.objects.filter(subject__in=refs).delete()
