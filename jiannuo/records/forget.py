"""What records forget: every text of the record and its publication. Number, body and dates stay."""

from collections.abc import Sequence
from datetime import date

from .models import Publication, Record


def forget(refs: Sequence[str], *, basis: str, on: date, by: str) -> None:
    ids = [int(ref.removeprefix("record:")) for ref in refs if ref.startswith("record:")]
    Record.objects.filter(pk__in=ids).update(
        title="",
        finding="",
        document_number="",
        basis=[],
        statement="",
        stay_ground="",
        end_reason="",
        loss=None,
        impact="",
    )
    Publication.objects.filter(record_id__in=ids).update(reason="")
