"""Everything that writes in this room: verbs, keyword-only, with by= and on=."""

from ..intake_faults import errors_file
from ..receipts import receipt
from .differing import confirm, decline
from .hooks import end_hook, make_hook, ping
from .receiving import MOST_AT_ONCE, read_sheet, receive_file, receive_rows
from .reporting import end_duty, set_duty, zero_report

__all__ = [
    "MOST_AT_ONCE",
    "confirm",
    "decline",
    "end_duty",
    "end_hook",
    "errors_file",
    "make_hook",
    "ping",
    "read_sheet",
    "receipt",
    "receive_file",
    "receive_rows",
    "set_duty",
    "zero_report",
]
