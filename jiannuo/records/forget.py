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
        final_paper="",
        correction={},
        correction_note="",
        correction_paper="",
        loss=None,
        impact="",
    )
    # Of a person nothing may be left that points at them: the post goes too, once the record is deleted.
    Record.objects.filter(pk__in=ids, state="deleted").update(post=None, sanction="", severity="", final_on=None)
    Publication.objects.filter(record_id__in=ids).update(reason="", third_party="", opinion="", opinion_text="")
