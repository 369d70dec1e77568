"""Who may decide what: asked before a step rests on an organ's decision (practice §2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .schema import Source

# How the deciding organ stands to the body decided about.
Relation = Literal["self", "superior", "other"]


@dataclass(frozen=True)
class Answer:
    """allowed, and if not, which of the two conditions failed: "organ" (its sort) or "relation"."""

    allowed: bool
    fault: Literal["", "organ", "relation"] = ""


def may_determine(source: Source, organ_kind: str, relation: Relation) -> Answer:
    """Whether an organ of this sort, standing so to the body, may decide what a record of this source rests on."""
    if organ_kind not in source.organs:
        return Answer(False, "organ")
    if relation == "self" and source.relation != "any":
        return Answer(False, "relation")
    if source.relation == "superior" and relation != "superior":
        return Answer(False, "relation")
    return Answer(True)
