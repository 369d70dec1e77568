"""Editions on the disk: which one may be given out now, and how one goes.

opendata/.new                   the one that is being made
opendata/<token>/files/…        what is given out
opendata/<token>/edition.json   what it holds, and until when
opendata/<token>/held.tsv       for each row with an end: subject, newest entry about it that was known
opendata/current                the token; replaced in one move
opendata/dropped                changes with every drop, so that a making under way notices
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max

from jiannuo.ledger.models import Entry

# Numbers of entries are given before they are committed: so many may still come below the newest one that is seen.
LATE = 1000
ZIP = "all.zip"
NEW = ".new"  # the folder of the edition that is being made


@dataclass(frozen=True)
class File:
    """path under files/; size in bytes; SHA-256 in hex."""

    path: str
    size: int
    digest: str


@dataclass(frozen=True)
class Set:
    """One table of the package: number of rows, and its files."""

    name: str
    rows: int
    csv: File
    parquet: File


@dataclass(frozen=True)
class Edition:
    """One package.

    day          the day whose public facts it holds
    made         when, ISO 8601
    digest       of all data files together: the same facts, the same digest
    good_until   first day on which some row of it is no longer public; None: none ends
    last         the newest entry of the ledger that was known
    other        files beside the tables: descriptor, dictionary, entities, checkpoint, the whole as one file
    """

    token: str
    day: date
    made: str
    digest: str
    good_until: date | None
    last: int
    sets: tuple[Set, ...]
    other: tuple[File, ...]

    @property
    def folder(self) -> Path:
        return folder() / self.token

    def file(self, path: str) -> File | None:
        """The file of this path, if it is one of the package."""
        return next((one for one in self.files() if one.path == path), None)

    def files(self) -> Iterator[File]:
        for one in self.sets:
            yield from (one.csv, one.parquet)
        yield from self.other

    def where(self, file: File) -> Path:
        return self.folder / "files" / file.path

    def write(self) -> None:
        """Beside the files of the one that is being made."""
        values = asdict(self) | {"day": self.day.isoformat(), "good_until": str(self.good_until or "")}
        (folder() / NEW / "edition.json").write_text(json.dumps(values, ensure_ascii=False), "utf-8")


def folder() -> Path:
    return Path(settings.EXCHANGE_DIR) / "opendata"


def current(on: date) -> Edition | None:
    """The edition that may be given out on this day; None while there is none, or when it holds what has ended."""
    edition = newest()
    if edition is None or (edition.good_until is not None and edition.good_until <= on) or edition.day > on:
        return None
    try:
        return edition if _unchanged(edition) else None
    except FileNotFoundError:  # dropped between two lines
        return None


def newest() -> Edition | None:
    """The edition made last, whether or not it may still be given out."""
    try:
        token = (folder() / "current").read_text("utf-8").strip()
        return _read(token) if (folder() / token).is_dir() else None
    except (FileNotFoundError, NotADirectoryError):
        return None


@lru_cache(maxsize=2)
def _read(token: str) -> Edition:
    values = json.loads((folder() / token / "edition.json").read_text("utf-8"))
    sets = tuple(
        Set(one["name"], one["rows"], File(**one["csv"]), File(**one["parquet"])) for one in values.pop("sets")
    )
    other = tuple(File(**one) for one in values.pop("other"))
    day, until = date.fromisoformat(values.pop("day")), values.pop("good_until")
    return Edition(day=day, good_until=date.fromisoformat(until) if until else None, sets=sets, other=other, **values)


# Token → newest entry and number of entries at the last look, and whether something had changed: for each process.
_looked: dict[str, tuple[tuple[int, int], bool]] = {}


def _unchanged(edition: Edition) -> bool:
    """Whether nothing was entered since about anything with an end. Looks closely only when there are new entries."""
    later = Entry.objects.filter(id__gt=edition.last - LATE)
    found = later.aggregate(newest=Max("id"), number=Count("id"))
    state = found["newest"] or 0, found["number"]
    seen, changed = _looked.get(edition.token, ((edition.last, 0), False))
    if state != seen and not changed:
        after = later.filter(id__gt=seen[0] - LATE).order_by("id").values_list("subject", "id")
        newest = dict(after.iterator())
        with (edition.folder / "held.tsv").open(encoding="utf-8") as lines:
            for line in lines:
                subject, _tab, known = line.partition("\t")
                changed = changed or newest.get(subject, 0) > int(known)
    _looked.clear()
    _looked[edition.token] = state, changed
    return not changed


def dropped() -> str:
    """A text that differs after each drop."""
    file = folder() / "dropped"
    return file.read_text("utf-8") if file.exists() else ""


def drop() -> None:
    """Remove every edition at once, files and all: what they hold may not be shown any more. The worker makes anew."""
    if not folder().exists():
        return
    with locked():
        (folder() / "dropped").write_text(secrets.token_hex(8), "utf-8")
        (folder() / "current").unlink(missing_ok=True)
    remove_but("")
    with making() as alone:
        if alone:  # else it is still being made, and whoever makes it finds that something was dropped
            shutil.rmtree(folder() / NEW, ignore_errors=True)


def put_in_place(edition: Edition, *, unless: str) -> bool:
    """Let this edition be the current one, and remove all others; not if something was dropped while it was made."""
    with locked():
        if dropped() != unless:
            shutil.rmtree(folder() / NEW, ignore_errors=True)
            return False
        os.rename(folder() / NEW, edition.folder)
        fresh = folder() / "current.new"
        fresh.write_text(edition.token, "utf-8")
        os.replace(fresh, folder() / "current")
    remove_but(edition.token)
    return True


def remove_but(token: str) -> None:
    """Remove all editions but one. Whoever is reading an open file reads it to its end; nobody opens it again."""
    for one in folder().iterdir():
        if one.is_dir() and one.name not in (token, NEW):
            shutil.rmtree(one, ignore_errors=True)


@contextmanager
def locked() -> Iterator[None]:
    """The one who changes which edition is the current one."""
    with (folder() / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def making() -> Iterator[bool]:
    """The one who makes an edition; False for whoever comes while another does."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder() / "making").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
