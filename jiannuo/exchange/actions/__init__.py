"""Everything that writes in this room: verbs, keyword-only, with by= and on=."""

from ..intake_faults import errors_file
from ..receipts import receipt
from .differing import confirm, decline
from .receiving import MOST_AT_ONCE, read_sheet, receive_file, receive_rows
from .reporting import end_duty, set_duty, zero_report

__all__ = [
    "MOST_AT_ONCE",
    "confirm",
    "decline",
    "end_duty",
    "errors_file",
    "read_sheet",
    "receipt",
    "receive_file",
    "receive_rows",
    "set_duty",
    "zero_report",
]
