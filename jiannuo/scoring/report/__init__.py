"""The method report: one page that stands alone, in Chinese and English, for a reader who is no statistician."""

from .page import report

__all__ = ["report"]
