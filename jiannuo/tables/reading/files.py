"""A file that cannot be read at all."""

from __future__ import annotations

from ..faults import Fault


class BadFile(Exception):
    """The file as a whole is refused; nothing was read. `faults` says why, never empty."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.message.en for fault in faults))
        self.faults = list(faults)
