"""Every write of records and their publication."""

from .checking import IMPACTS, NewRecord, as_row
from .ending import archive, delete_lawfully, expire, propose_revocation, revoke, seal
from .entering import check, edit, enter, resubmit, return_
from .force import effect, hear, lift_stay, notify, stay
from .publishing import clear, propose, refuse, release, withdraw

__all__ = [
    "IMPACTS",
    "NewRecord",
    "archive",
    "as_row",
    "check",
    "clear",
    "delete_lawfully",
    "edit",
    "effect",
    "enter",
    "expire",
    "hear",
    "lift_stay",
    "notify",
    "propose",
    "propose_revocation",
    "refuse",
    "release",
    "resubmit",
    "return_",
    "revoke",
    "seal",
    "stay",
    "withdraw",
]
