"""Every write of the registry. Nothing of the past is rewritten: names, parents and heads end and others begin."""

from .bodies import (
    NewBody,
    add_alias,
    correct,
    found,
    rename,
    set_basis,
    set_parent,
)
from .common import Entering, image, keeps, may
from .divisions import NewDivision, add_divisions
from .ending import abolish, assign, merge, split
from .people import add_parties, add_post, appoint, leave

__all__ = [
    "Entering",
    "NewBody",
    "NewDivision",
    "abolish",
    "add_alias",
    "add_divisions",
    "add_parties",
    "add_post",
    "appoint",
    "assign",
    "correct",
    "found",
    "image",
    "keeps",
    "leave",
    "may",
    "merge",
    "rename",
    "set_basis",
    "set_parent",
    "split",
]
