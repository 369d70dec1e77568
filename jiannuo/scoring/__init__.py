"""The arithmetic of a composite index: from a scheme and a folder of tables to scores, ranks and how sure they are.

Pure: no Django, no tables; usable alone (`python -m jiannuo.scoring SCHEME DATA -o OUT`). Base results are worked in
decimals and come out as the same bytes on every machine and engine; robustness is worked in numpy and promises the
same ranks.
"""

from .comparing import Move, compare
from .computing import compute
from .faults import Fault, Refused
from .loading import load, loads
from .measuring import Measured, measure
from .result import Result
from .robust import Intervals, robustness
from .scheme import Scheme
from .scoring import Scored, score
from .writing import write

__all__ = [
    "Fault",
    "Intervals",
    "Measured",
    "Move",
    "Refused",
    "Result",
    "Scheme",
    "Scored",
    "compare",
    "compute",
    "load",
    "loads",
    "measure",
    "robustness",
    "score",
    "write",
]
