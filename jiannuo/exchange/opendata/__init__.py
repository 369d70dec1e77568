"""Open data: what is public today as one Frictionless data package, made daily, and gone as soon as it says too much.

An edition lies in a folder of its own and is never changed. It is given out only while all that it holds may still be
shown: not after the first row has ended, and not once anything with an end was changed since. That is decided when it
is asked for, from dates and the ledger, so nothing has to run for it; the worker only makes the next one.
"""

from .editions import Edition, File, Set, current, drop
from .making import make
from .running import build_if_due

__all__ = ["Edition", "File", "Set", "build_if_due", "current", "drop", "make"]
