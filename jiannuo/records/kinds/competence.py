"""Whether an organ may decide what a record rests on: its sort, level, and standing to the body (practice §2.1)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.refused import Refused, listed, said
from jiannuo.registry import reading as registry
from jiannuo.registry.kinds import BodyKind
from jiannuo.registry.models import Body
from jiannuo.rules import book
from jiannuo.rules.competence import Party, Relation, may_determine

# A coordinating body decides in the name of whoever set it up.
IN_THE_NAME_OF_ITS_SUPERIOR = frozenset({BodyKind.GROUP.value})
FAULTS = {
    "organ": _("This organ may not decide this."),
    "relation": _("It must be decided by the superior or competent body."),
    "subject": _("This is not decided about such bodies."),
}


Above = Callable[[int, date], Collection[int]]


def stands(organ: Body, body: Body, day: date, above_of: Above = registry.ancestors) -> Relation:
    """How the deciding organ stood to the body on the day of the decision."""
    if organ.pk == body.pk:
        return "self"
    above = set(above_of(body.pk, day)) - {body.pk}
    if organ.pk in above:
        return "superior"
    if organ.kind in IN_THE_NAME_OF_ITS_SUPERIOR:
        named = set(registry.parents(organ.pk, day).values_list("pk", flat=True))
        return "superior" if named & above else "other"
    return "other"


def competent(
    source_key: str, *, organ: Body, body: Body, day: date, above_of: Above = registry.ancestors
) -> Refused | None:
    """Why this organ may not decide this about this body, or None. `above_of`: who leads a body on a day."""
    source = book().sources[source_key]
    relation = stands(organ, body, day, above_of)
    answer = may_determine(source, Party(organ.kind, organ.division.level), relation, _party(body))
    if answer.allowed:
        return None
    return Refused(
        f"records.competence_{answer.fault}",
        FAULTS[answer.fault],
        field="organ",
        found=organ.name,
        allowed=said(source.title),
        article=listed(said(book().instruments[c.instrument].title) for c in source.cite),
    )


def _party(body: Body) -> Party:
    return Party(body.kind, body.division.level)
