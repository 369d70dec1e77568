"""The rows of in and out. Working tables: their writes are no entries; a finished batch ends in one."""

from .batches import Batch, Row
from .reporting import Duty, ZeroReport

__all__ = ["Batch", "Duty", "Row", "ZeroReport"]
