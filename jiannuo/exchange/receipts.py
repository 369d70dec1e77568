"""The receipt of a batch: a signed note."""

from .models import Batch


def receipt(batch: Batch) -> str:
    """stub"""
    return f"{batch.number}\n"
