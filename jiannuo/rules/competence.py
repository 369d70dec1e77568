"""Who may decide what about whom: asked before a step rests on an organ's decision (practice §2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .schema import Source

# How the deciding organ stands to the body decided about.
Relation = Literal["self", "superior", "other"]


@dataclass(frozen=True)
class Party:
    """What the rulebook knows a body by: its sort and the level of its division; an unknown level matches none."""

    kind: str
    level: str = ""


@dataclass(frozen=True)
class Answer:
    """allowed, and if not, what failed: the organ (sort or level), its relation to the subject, or the subject."""

    allowed: bool
    fault: Literal["", "organ", "relation", "subject"] = ""


def may_determine(source: Source, organ: Party, relation: Relation, subject: Party) -> Answer:
    """Whether this organ, standing so to the subject, may decide what a record of this source rests on."""
    if organ.kind not in source.organs or (source.organ_levels and organ.level not in source.organ_levels):
        return Answer(False, "organ")
    if source.subjects and f"{subject.kind}@{subject.level}" not in source.subjects:
        return Answer(False, "subject")
    if relation == "self" and source.relation != "any":
        return Answer(False, "relation")
    if source.relation == "superior" and relation != "superior":
        return Answer(False, "relation")
    return Answer(True)
