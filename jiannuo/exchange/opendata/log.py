"""Where the log says the facts of each row, read in one pass before any row is read."""

from __future__ import annotations

import json
from typing import NamedTuple

from jiannuo.ledger.models import Entry, Epoch


class Said(NamedTuple):
    """The newest entry with facts about a thing.

    epoch, leaf  None while it has no number
    about        the things it is about: its subject, and the thing that the facts name (a publication's record)
    """

    epoch: int | None
    leaf: int | None
    about: tuple[str, ...]


class Log:
    """What the ledger says now: `said` by thing, `newest` entry of each subject, `origins` by epoch.

    Read before the rows: whatever is entered later is newer than `newest`, and so it shows that a row may be old.
    """

    def __init__(self) -> None:
        self.origins = dict(Epoch.objects.values_list("pk", "origin"))
        self.newest: dict[str, int] = {}
        self.said: dict[str, Said] = {}
        self.last = 0
        rows = Entry.objects.order_by("id").values_list("id", "subject", "epoch_id", "leaf", "public")
        for pk, subject, epoch, leaf, public in rows.iterator(chunk_size=2000):
            self.last = pk
            self.newest[subject] = pk
            if public and '"facts":' in public:
                thing = json.loads(public)["facts"].get("ref", subject)
                said = Said(epoch, leaf, tuple(dict.fromkeys((subject, thing))))
                self.said[subject] = self.said[thing] = said

    def place(self, ref: str) -> dict[str, str | int | None]:
        """The columns of a row that say where the log says it."""
        said = self.said.get(ref)
        if said is None or said.epoch is None:
            return {"log": None, "epoch": None, "leaf": None}
        return {"log": self.origins[said.epoch], "epoch": said.epoch, "leaf": said.leaf}

    def about(self, ref: str) -> tuple[str, ...]:
        """The subjects whose further entries may change or end what the row says."""
        said = self.said.get(ref)
        return tuple(dict.fromkeys((ref, *said.about))) if said else (ref,)
