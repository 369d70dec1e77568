"""Batches of which something is left to do: rows to mend, differences to decide on, a file that could not be read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from jiannuo.exchange.models import Batch, Row
from jiannuo.exchange.reading import may_hand_in, visible_to

REACH = timedelta(days=60)  # what lay longer is no work any more; it stands in the list of batches


def left_to_do(actor: Any, on: date) -> list[tuple[Batch, Any, bool]]:
    """Each such batch that nobody has mended yet, what is to be done, and whether it is this actor's own."""
    rows = Row.objects.filter(batch=OuterRef("pk"))
    found = (
        visible_to(actor, on)
        .filter(stage__in=(Batch.Stage.DONE, Batch.Stage.REFUSED), on__gte=on - REACH, forgotten=None)
        .annotate(
            has_bad=Exists(rows.filter(outcome=Row.Outcome.REFUSED)),
            has_differing=Exists(rows.filter(outcome=Row.Outcome.CHANGED)),
            is_mended=Exists(Batch.objects.filter(mends=OuterRef("pk"))),
        )
        .filter(Q(has_differing=True) | Q(is_mended=False) & (Q(has_bad=True) | Q(stage=Batch.Stage.REFUSED)))
        .select_related("provider__division__parent__parent")
        .prefetch_related("mended")
        .order_by("-id")
    )
    return [(batch, _what(batch), _is_own(batch, actor, on)) for batch in found]


def _what(batch: Any) -> Any:
    if batch.stage == Batch.Stage.REFUSED:
        return _("Mend a file that could not be read")
    if batch.has_bad and not batch.is_mended:
        return _("Mend rows of a batch")
    return _("Decide on differences of a batch")


def _is_own(batch: Batch, actor: Any, on: date) -> bool:
    """Whoever handed it in; what a machine handed in waits for everybody who may."""
    is_theirs = batch.person is None or batch.person == actor.person_id
    return is_theirs and may_hand_in(actor, batch.dataset, batch.provider_id, on)
