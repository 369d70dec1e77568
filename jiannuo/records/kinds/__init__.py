"""The lives of a record and of its publication (practice §5.1), as tables."""

from .publication import PUBLICATION
from .record import HONOUR, RECORD, STATES, machine_of

__all__ = ["HONOUR", "PUBLICATION", "RECORD", "STATES", "machine_of"]
