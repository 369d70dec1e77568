"""Number series: 云信录〔2026〕0417 号."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F

from .models import Series


@transaction.atomic
def take_numbers(name: str, on: date, count: int = 1) -> Sequence[int]:
    """The next `count` numbers of the series in the year of `on`, never given twice.

    The row is moved first and read after, so two writers queue on it instead of reading the same value.
    """
    Series.objects.get_or_create(name=name, year=on.year)
    Series.objects.filter(name=name, year=on.year).update(last=F("last") + count)
    last = Series.objects.get(name=name, year=on.year).last
    return range(last - count + 1, last + 1)
