"""The rows of in and out. Working tables: their writes are no entries; a finished batch ends in one."""

from .batches import Batch, Row

__all__ = ["Batch", "Row"]
