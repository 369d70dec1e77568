"""Every write of records and their publication."""

from .checking import IMPACTS, NewRecord, as_row, tidy
from .correcting import correct, propose_correction, proposed_version
from .ending import archive, delete_lawfully, drop_proposal, expire, propose_deletion, propose_revocation, revoke, seal
from .entering import attach, check, edit, enter, redact, resubmit, return_
from .force import effect, final, hear, lift_stay, notify, stay
from .publishing import (
    clear,
    confirm_receipt,
    consult,
    no_opinion,
    opinion,
    propose,
    propose_again,
    recheck,
    refuse,
    release,
    withdraw,
)

__all__ = [
    "IMPACTS",
    "NewRecord",
    "archive",
    "as_row",
    "attach",
    "check",
    "clear",
    "confirm_receipt",
    "consult",
    "correct",
    "delete_lawfully",
    "drop_proposal",
    "edit",
    "effect",
    "enter",
    "expire",
    "final",
    "hear",
    "lift_stay",
    "no_opinion",
    "notify",
    "opinion",
    "propose",
    "propose_again",
    "propose_correction",
    "propose_deletion",
    "propose_revocation",
    "proposed_version",
    "recheck",
    "redact",
    "refuse",
    "release",
    "resubmit",
    "return_",
    "revoke",
    "seal",
    "stay",
    "tidy",
    "withdraw",
]
