"""What a batch comes to, in the words and colours of the desk: how far it is, what was taken, what is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jiannuo.exchange.models import Batch, Row
from jiannuo.lifecycle.offered import data_sets
from jiannuo.tables import Fault, Table
from jiannuo.web.templatetags.jn import comma, text

Outcome = Row.Outcome
RUNNING = (Batch.Stage.RECEIVED, Batch.Stage.READING, Batch.Stage.ENTERING)
# Outcome → tone and seal of its chip; the seal says without colour what the tone says.
LOOKS: Mapping[str, tuple[str, str]] = {
    Outcome.NEW: ("kept", "收"),
    Outcome.SAME: ("closed", "同"),
    Outcome.AMENDED: ("kept", "更"),
    Outcome.DECLINED: ("closed", "留"),
    Outcome.CHANGED: ("due", "核"),
    Outcome.REFUSED: ("broken", "改"),
    Outcome.WAITING: ("open", "候"),
}


@dataclass(frozen=True)
class Shown:
    """A batch as a page shows it."""

    batch: Batch

    def n(self, *outcomes: str) -> int:
        return sum(int(self.batch.counts.get(outcome, 0)) for outcome in outcomes)

    @cached_property
    def table(self) -> Table | None:
        one = data_sets().get(self.batch.dataset)
        return one.table if one else None

    @property
    def title(self) -> str:
        return text(self.table.title) if self.table else self.batch.dataset

    @property
    def name(self) -> str:
        """What was handed in: its file, or the rows of a call."""
        return self.batch.file_name or _("rows of a call")

    @property
    def is_running(self) -> bool:
        return self.batch.stage in RUNNING

    @property
    def is_refused(self) -> bool:
        return self.batch.stage == Batch.Stage.REFUSED

    @property
    def is_erased(self) -> bool:
        return self.batch.forgotten is not None

    @property
    def new(self) -> int:
        return self.n(Outcome.NEW)

    @property
    def same(self) -> int:
        return self.n(Outcome.SAME)

    @property
    def amended(self) -> int:
        return self.n(Outcome.AMENDED)

    @property
    def declined(self) -> int:
        return self.n(Outcome.DECLINED)

    @property
    def taken(self) -> int:
        """Rows with which nothing is left to do."""
        return self.n(Outcome.NEW, Outcome.SAME, Outcome.AMENDED, Outcome.DECLINED)

    @property
    def differ(self) -> int:
        return self.n(Outcome.CHANGED)

    @property
    def bad(self) -> int:
        return self.n(Outcome.REFUSED)

    @property
    def rows(self) -> int:
        return self.batch.total or self.batch.read

    @property
    def percent(self) -> int | None:
        """How much of it is read, where it is known how much there is."""
        return min(100, 100 * self.batch.read // self.batch.total) if self.batch.total else None

    @property
    def so_far(self) -> str:
        """How many rows are read, of how many where that is known."""
        if self.batch.stage == Batch.Stage.RECEIVED:
            return _("It waits for its turn.")
        if self.percent is None:
            return _("It is read through to its end before a row is entered.")
        return _("%(n)s of %(all)s rows") % {"n": f"{self.batch.read:,}", "all": f"{self.batch.total:,}"}

    @cached_property
    def mended_by(self) -> Batch | None:
        """The newest batch that was handed in to mend this one."""
        return max(self.batch.mended.all(), key=lambda one: one.pk, default=None)

    @property
    def look(self) -> tuple[str, str, str]:
        """Tone, seal and words of its chip: the first thing that is left to do, or that nothing is."""
        if self.is_running:
            return "open", "行", str(self.batch.get_stage_display())
        if self.is_erased:
            return "closed", "结", _("erased by law")
        if self.mended_by and (self.bad or self.is_refused):
            return "closed", "结", _("mended in another batch")
        if self.is_refused:
            return "broken", "退", str(self.batch.get_stage_display())
        if self.bad:
            return "due", "改", ngettext("%(n)s row to mend", "%(n)s rows to mend", self.bad) % {"n": f"{self.bad:,}"}
        if self.differ:
            words = ngettext("%(n)s difference to decide on", "%(n)s differences to decide on", self.differ)
            return "due", "核", words % {"n": f"{self.differ:,}"}
        return "kept", "收", _("all done")

    @property
    def headline(self) -> str:
        """What came of it, in one line."""
        if self.is_running:
            return _("It is being worked")
        if self.is_refused:
            return _("Nothing was taken: the file could not be read as it is")
        if not self.rows:
            return _("The file has no rows")
        taken = ngettext("%(n)s row taken", "%(n)s rows taken", self.taken) % {"n": f"{self.taken:,}"}
        parts = [taken]
        if self.bad:
            parts.append(_("%(n)s to mend") % {"n": f"{self.bad:,}"})
        if self.differ:
            parts.append(_("%(n)s to confirm") % {"n": f"{self.differ:,}"})
        if not self.bad and not self.differ and self.same == self.rows:
            return _("Nothing changed: all %(n)s rows stand already as they are here") % {"n": f"{self.rows:,}"}
        return comma().join(parts)

    @property
    def advice(self) -> str:
        """What to do next, in one sentence."""
        if self.is_running:
            return _("You may leave this page: the work goes on, and what comes of it stands here and in My work.")
        if self.is_erased:
            return _("What was handed in is erased by law; only the counts and the digests in the ledger stay.")
        if self.mended_by and (self.bad or self.is_refused):
            return _("A mended file was handed in since; what is left to do stands there.")
        if self.is_refused:
            return _("Mend what is said below and hand the file in again. It is kept as you handed it in.")
        if self.bad and not self.taken:
            return _("Mend the marked cells and hand the file in again.")
        if self.bad:
            return _(
                "What was taken counts already and does not wait for the rest. Mend the marked cells and hand the "
                "whole file in again: no row is entered twice."
            )
        if self.differ:
            return _(
                "Some rows say something else than what stands. Confirm each difference with a reason, or decline it."
            )
        return _("Nothing is left to do. Handing the same file in again changes nothing.")

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The way of a batch: words and state ("is-done", "is-now", "") of each step."""
        at = (2 if self.batch.stage == Batch.Stage.ENTERING else 1) if self.is_running else 9
        words = [_("Handed in"), _("Read through"), _("Checked and entered")]
        if at > 2 and not self.is_refused:
            words[1] = ngettext("%(n)s row read", "%(n)s rows read", self.rows) % {"n": f"{self.rows:,}"}
            words[2] = ngettext("%(n)s row taken", "%(n)s rows taken", self.taken) % {"n": f"{self.taken:,}"}
        out = [(word, "is-done" if place < at else "is-now" if place == at else "") for place, word in enumerate(words)]
        if self.is_refused:
            return [out[0], (words[1], "is-now"), (words[2], ""), (_("All done"), "")]
        now = "is-now"
        for n, word in ((self.bad, _("Mend %(n)s")), (self.differ, _("Confirm %(n)s"))):
            if n and at == 9:
                out.append((word % {"n": f"{n:,}"}, now))
                now = ""
        return [*out, (_("All done"), "is-done" if at == 9 and not self.differ and not self.bad else "")]

    @property
    def notes(self) -> list[Fault]:
        """What is wrong with the file as a whole, or to be known about it."""
        return [Fault.from_json(one) for one in self.batch.faults]

    @property
    def other_sheets(self) -> list[str]:
        """Sheets of the file that could be read in place of, or beside, the one that was."""
        out = []
        for fault in self.notes:
            if fault.code == "tables.other_sheet":
                out.append(fault.found)
            elif fault.code == "tables.no_such_sheet" and fault.allowed and fault.allowed.en != "(none)":
                out += fault.allowed.zh.split("、")
        return out


def shown_of(batch: Batch) -> Shown:
    return Shown(batch)
