"""What the registry forgets: the names of natural persons and of outside parties."""

from collections.abc import Sequence
from datetime import date

from .models import Official, OutsideParty


def forget(refs: Sequence[str], *, basis: str, on: date, by: str) -> None:
    """Blank the names; the rows stay, for others refer to them."""
    for model, prefix in ((Official, "official:"), (OutsideParty, "party:")):
        ids = [int(ref.removeprefix(prefix)) for ref in refs if ref.startswith(prefix)]
        model.objects.filter(pk__in=ids).update(name="")
