"""The data sets of the registry: divisions, bodies, successions, posts, outside parties."""

from .bodies import BODIES
from .divisions import DIVISIONS
from .parties import PARTIES
from .posts import POSTS
from .successions import SUCCESSIONS

DATA_SETS = [DIVISIONS, BODIES, SUCCESSIONS, POSTS, PARTIES]
