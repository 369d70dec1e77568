"""Taking in: a file, which the worker then works, or the rows of one call, which are worked at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.machine import role_title
from jiannuo.lifecycle.numbers import take_numbers
from jiannuo.lifecycle.offered import DataSet, data_sets
from jiannuo.lifecycle.refused import Refused, listed, said
from jiannuo.registry.models import Body
from jiannuo.tables.rows import Rows
from jiannuo.tlog import leaf

from .. import storage
from ..intake import RUNNING, finish, store
from ..intake_rows import clean, errand, judge
from ..models import Batch

SERIES = "batch"
MOST_AT_ONCE = 500  # rows of one call: one transaction


def set_of(name: str) -> DataSet:
    """Raises Refused where there is no such data set."""
    found = data_sets()
    if name not in found:
        raise Refused(
            "exchange.no_such_set", _("There is no such data set."), field="dataset", found=name, allowed=listed(found)
        )
    return found[name]


def must_hand_in(dataset: DataSet, provider: Body, *, by: Actor, on: date) -> None:
    """Raises Refused where this actor may not hand in this set for this body on this day."""
    if not set(dataset.roles) & by.roles_on(provider.pk, on):
        raise Refused(
            "machine.not_your_role",
            _("Handing in “%(set)s” for %(body)s is not for your post.")
            % {"set": said(dataset.table.title), "body": provider.name},
            field="provider",
            found=provider.name,
            allowed=_("It is for: %(roles)s.") % {"roles": listed(role_title(role) for role in dataset.roles)},
        )


def receive_file(
    data: storage.Data,
    *,
    dataset: str,
    provider: Body,
    file_name: str,
    channel: str,
    by: Actor,
    on: date,
    sheet: str = "",
    mends: Batch | None = None,
    call: str = "",
) -> Batch:
    """Keep the file and queue it. The same file for the same body that is still being worked is that batch.

    call   what a machine calls this hand-in: repeated under the same name it is the same batch, and nothing is doubled
    """
    must_hand_in(set_of(dataset), provider, by=by, on=on)
    stored = storage.keep(data)
    try:
        if before := called(call, by):
            storage.remove(stored.name)
            return _the_same(before, dataset=dataset, provider=provider, digest=stored.digest, sheet=sheet[:120])
        return _queue(
            stored,
            dataset=dataset,
            provider=provider,
            file_name=_bare(file_name),
            channel=channel,
            sheet=sheet[:120],
            mends=mends,
            call=call,
            by=by,
            on=on,
        )
    except BaseException:
        storage.remove(stored.name)
        raise


def read_sheet(batch: Batch, sheet: str, *, by: Actor, on: date) -> Batch:
    """The same file once more, another sheet of it: a batch of its own."""
    must_hand_in(set_of(batch.dataset), batch.provider, by=by, on=on)
    if not batch.stored:
        raise Refused(
            "exchange.file_gone", _("The file is kept no longer."), field="sheet", allowed=_("Hand it in again.")
        )
    stored = storage.Stored(storage.again(batch.stored), batch.digest, batch.size)
    return _queue(
        stored,
        dataset=batch.dataset,
        provider=batch.provider,
        file_name=batch.file_name,
        channel=batch.channel,
        sheet=sheet[:120],
        mends=batch if batch.stage == Batch.Stage.REFUSED else None,
        by=by,
        on=on,
    )


def _queue(stored: storage.Stored, *, by: Actor, on: date, **facts: Any) -> Batch:
    try:
        with transaction.atomic():
            running = _running(stored, facts)
            if running is None:
                return _new(by=by, on=on, stored=stored.name, digest=stored.digest, size=stored.size, **facts)
    except IntegrityError:  # at the same moment, by somebody else
        running = _running(stored, facts)
        if running is None and (running := called(facts.get("call", ""), by)):
            same = {name: facts[name] for name in ("dataset", "provider", "sheet")}
            storage.remove(stored.name)
            return _the_same(running, digest=stored.digest, **same)
        if running is None:
            raise
    storage.remove(stored.name)
    return running


def _running(stored: storage.Stored, facts: Mapping[str, Any]) -> Batch | None:
    same = {name: facts[name] for name in ("dataset", "provider", "sheet")}
    return Batch.objects.filter(digest=stored.digest, stage__in=RUNNING, **same).first()


def called(call: str, by: Actor) -> Batch | None:
    """The batch that this actor handed in under this name before."""
    return Batch.objects.select_related("provider").filter(by=by.ref, call=call).first() if call else None


def _the_same(batch: Batch, *, digest: str, **facts: Any) -> Batch:
    """Raises Refused where the same name comes with something else. What was erased by law is not compared."""
    asked = {"dataset": facts["dataset"], "provider": facts["provider"].pk, "sheet": facts.get("sheet", "")}
    held = {"dataset": batch.dataset, "provider": batch.provider_id, "sheet": batch.sheet}
    if not batch.forgotten and (asked, digest) != (held, batch.digest):
        raise Refused(
            "exchange.called_before",
            _("Something else was handed in under this name before."),
            field="Idempotency-Key",
            found=batch.number,
            allowed=_("Repeat a call word for word, or give what is new a new name."),
        )
    return batch


def _bare(file_name: str) -> str:
    """The name without folders, which some browsers send, and without what no database keeps."""
    return str(clean(file_name.replace("\\", "/").rpartition("/")[2]))[-200:]


def _new(*, by: Actor, on: date, **facts: Any) -> Batch:
    (number,) = take_numbers(SERIES, on)
    return Batch.objects.create(number=f"{on.year}-{number:06}", by=by.ref, person=by.person_id, on=on, **facts)


def receive_rows(
    rows: Sequence[Mapping[str, Any]],
    *,
    dataset: str,
    provider: Body,
    channel: str,
    by: Actor,
    on: date,
    call: str = "",
) -> Batch:
    """Rows of one call, worked at once: all is kept, what is good is entered; what a row lacks it leaves as it is.

    call   as in receive_file. Batch and rows are written in one transaction: either all of it stands under this name,
           or nothing does
    """
    one = set_of(dataset)
    must_hand_in(one, provider, by=by, on=on)
    if not 0 < len(rows) <= MOST_AT_ONCE:
        raise Refused(
            "exchange.how_many",
            _("So many rows are not taken in one call."),
            field="rows",
            found=len(rows),
            allowed=_("1 to %(most)s rows; more go in several calls, or as a file.") % {"most": MOST_AT_ONCE},
        )
    table = Rows.of(rows)
    canonical = leaf.canonical(clean([table.raw(index) for index in range(len(rows))])).encode()
    digest = hashlib.sha256(canonical).hexdigest()
    if before := called(call, by):
        return _the_same(before, dataset=dataset, provider=provider, digest=digest)
    batch = Batch(
        dataset=dataset,
        provider=provider,
        channel=channel,
        call=call,
        by=by.ref,
        person=by.person_id,
        on=on,
        digest=digest,
        size=len(canonical),
        stage=Batch.Stage.ENTERING,
        read=len(rows),
        total=len(rows),
    )
    piece = judge(batch, errand(one, provider, by=by, on=on), table, [row.keys() for row in rows])
    try:
        with transaction.atomic():
            (number,) = take_numbers(SERIES, on)
            batch.number = f"{on.year}-{number:06}"
            batch.save()
            for row in piece.rows:
                row.batch = batch  # which has its number in the database only now
            store(piece)
            finish(batch, timezone.now())
    except IntegrityError:  # under the same name at the same moment
        if before := called(call, by):
            return _the_same(before, dataset=dataset, provider=provider, digest=digest)
        raise
    return batch
