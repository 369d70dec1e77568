"""The rows of in and out. Working tables: their writes are no entries; a finished batch ends in one."""

from .batches import Batch, Row
from .handover import Handover, Partner
from .hooks import Hook
from .reporting import Duty, ZeroReport

__all__ = ["Batch", "Duty", "Handover", "Hook", "Partner", "Row", "ZeroReport"]
