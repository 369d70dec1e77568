"""`jiannuo log verify --rows`: is what every page says now what its last entry says? Run nightly by the worker."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings

from jiannuo.ledger import verifying
from jiannuo.ledger.actions import plain, public_part
from jiannuo.ledger.models import Entry
from jiannuo.notices.actions import Note, post
from jiannuo.notices.models import Notice
from jiannuo.tlog.leaf import canonical

from .models import Living
from .rooms import offers

log = structlog.get_logger(__name__)
CHUNK = 500


def compare(on: date) -> list[str]:
    """Every difference between the rows and the ledger, one sentence each.

    Two questions: does each published thing say on its page what its last entry with facts says; and does each living
    thing exist, in the state and version that its last entry left it in. Erased entries answer neither.
    """
    return [*_pages(on), *_standings()]


def _pages(on: date) -> Iterator[str]:
    for room in offers("imaging"):
        batch: dict[str, Mapping[str, Any]] = {}
        for ref, facts in room.images(on):
            batch[ref] = facts
            if len(batch) == CHUNK:
                yield from _differences(batch)
                batch = {}
        yield from _differences(batch)


def _differences(images: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    said: dict[str, Any] = {}
    for entry in Entry.objects.filter(subject__in=images, public__contains='"facts":').order_by("id"):
        said[entry.subject] = public_part(entry).get("facts")
    for ref, facts in images.items():
        if said.get(ref) is None:
            yield f"{ref}: its page shows facts, and no entry says them"
        elif canonical(plain(facts)) != canonical(said[ref]):
            wrong = [name for name in {*facts, *said[ref]} if plain(facts.get(name)) != said[ref].get(name)]
            yield f"{ref}: the page says something else than its last entry ({', '.join(sorted(wrong))})"


def _standings() -> Iterator[str]:
    for model in apps.get_models():
        if not issubclass(model, Living):
            continue
        rows = {row[0]: row[1:] for row in model._default_manager.values_list("pk", "state", "version").iterator()}
        left: dict[str, tuple[str, int]] = {}
        prefix = f"{model._meta.model_name}:"
        entries = Entry.objects.filter(subject__startswith=prefix, internal__isnull=False).order_by("id")
        for subject, internal in entries.values_list("subject", "internal").iterator(chunk_size=CHUNK):
            known = json.loads(internal or "{}")
            left[subject] = (known["to"], known["version"]) if "to" in known else left.get(subject, ("", 0))
        for subject, (state, version) in left.items():
            row = rows.get(int(subject.removeprefix(prefix)))
            if row is None:
                yield f"{subject}: the ledger speaks of it, and it is gone"
            elif version and row != (state, version):
                yield f"{subject}: it is {row[0]}, version {row[1]}; its last entry left it {state}, version {version}"


@dataclass(frozen=True)
class Night:
    """What the last nightly check found. at: when, ISO 8601; faults: how many."""

    at: str
    faults: int


def _night_file() -> Path:
    return Path(settings.LOG_DIR) / "verified.json"


def last_night() -> Night | None:
    """The result of the last nightly check; None before the first."""
    if not _night_file().exists():
        return None
    return Night(**json.loads(_night_file().read_text("utf-8")))


def nightly(now: datetime, *, on: date) -> int:
    """Verify the log and every page; each fault goes to the program's log, their number to auditor and operator."""
    faults = [*verifying.verify(), *compare(on)]
    for fault in faults:
        log.error("log.fault", fault=fault)
    if faults and not Notice.objects.filter(kind="log.fault", on=on).exists():
        post(
            [Note("log.fault", "ledger", on, to_role=role, number=str(len(faults))) for role in ("auditor", "operator")]
        )
    log.info("log.verified", faults=len(faults))
    fresh = _night_file().with_suffix(".new")
    fresh.parent.mkdir(parents=True, exist_ok=True)
    fresh.write_text(json.dumps(asdict(Night(now.isoformat(timespec="seconds"), len(faults)))), "utf-8")
    os.replace(fresh, _night_file())
    return len(faults)
