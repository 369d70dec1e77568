"""Filing documents, their redacted twins, service, and sealing what the archive law keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyrage
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.actor import Actor
from jiannuo.lifecycle.refused import Refused, listed
from jiannuo.registry.models import Body

from . import storage
from .models import Destruction, Document, SealedCopy, Service


@dataclass(frozen=True)
class NewDocument:
    """A file to be put on record. `declared`: whoever hands it in states that it holds no state or work secret."""

    owner: str
    title: str
    data: bytes
    number: str = ""
    dated: date | None = None
    declared: bool = False
    body: str | None = None


def check_file(data: bytes, *, declared: bool, field: str = "document") -> str:
    """The media type of an acceptable file. Raises Refused saying what is wrong with it."""
    if not declared:
        raise Refused(
            "evidence.not_declared",
            _("A document is taken only with the statement that it holds no state secret and no work secret."),
            field="declared",
            found=_("not stated"),
            allowed=_("Make the statement; classified documents may never be put into this system."),
            article=_("Regulations on Open Government Information, article 14"),
        )
    if not data:
        raise Refused("evidence.empty", _("The file is empty."), field=field, found=_("0 bytes"))
    if len(data) > storage.MAX_SIZE:
        raise Refused(
            "evidence.too_large",
            _("The file is too large."),
            field=field,
            found=f"{len(data) / 1048576:.1f} MB",
            allowed=_("at most 20 MB"),
        )
    media_type = storage.sniff(data)
    if media_type is None:
        raise Refused(
            "evidence.media_type",
            _("This sort of file cannot be taken."),
            field=field,
            found=data[:8].hex(" "),
            allowed=_("PDF, PNG, JPEG, Word, plain text"),
        )
    return media_type


@transaction.atomic
def file_documents(rows: Sequence[NewDocument], *, by: Actor, on: date) -> list[Document]:
    """Put documents on file. The ledger names digest and number, so that a later swap is found out."""
    types = [check_file(row.data, declared=row.declared) for row in rows]
    documents = []
    for row, media_type in zip(rows, types, strict=True):
        documents.append(_filed(row.owner, row.title, row.number, row.dated, row.data, media_type))
    ledger.append(
        [
            ledger.Draft(
                "document.filed",
                document.ref,
                on,
                body=row.body,
                internal={"by": by.ref, "owner": row.owner, "digest": document.digest, "number": document.number},
            )
            for row, document in zip(rows, documents, strict=True)
        ]
    )
    return documents


@transaction.atomic
def attach_twin(document: Document, data: bytes, *, redactions: str, by: Actor, on: date) -> Document:
    """The redacted twin that may be shown; what was masked, and why, is stated."""
    media_type = check_file(data, declared=True, field="twin")
    if not redactions.strip():
        raise Refused(
            "evidence.no_redactions",
            _("Say what was masked in the redacted twin, or that nothing had to be."),
            field="redactions",
            found=_("nothing"),
        )
    if Document.objects.filter(twin_of=document).exists():
        raise Refused("evidence.twin_exists", _("This document has its redacted twin."), field="twin")
    twin = _filed(document.owner, document.title, document.number, document.dated, data, media_type)
    twin.twin_of, twin.redactions = document, redactions
    twin.save()
    ledger.append(
        [
            ledger.Draft(
                "document.redacted", twin.ref, on, internal={"by": by.ref, "of": document.ref, "digest": twin.digest}
            )
        ]
    )
    return twin


def check_method(method: str) -> None:
    """Raises Refused for what is no way of service."""
    if method not in Service.Method.values:
        raise Refused(
            "evidence.method",
            _("There is no such way of service."),
            field="method",
            found=method,
            allowed=listed(Service.Method.labels),
        )


@transaction.atomic
def serve(
    subject: str,
    addressee: Body,
    *,
    what: str,
    method: str,
    receipt: str = "",
    document: Document | None = None,
    by: Actor,
    on: date,
) -> Service:
    """Note that a paper was served: clocks start from this row."""
    check_method(method)
    return Service.objects.create(
        subject=subject,
        addressee=addressee,
        what=what,
        method=method,
        on=on,
        receipt=receipt,
        document=document,
        by=by.ref,
    )


@transaction.atomic
def seal(
    subject: str,
    payload: Mapping[str, Any],
    *,
    documents: Sequence[Document] = (),
    reason: str,
    basis: str,
    by: Actor,
    on: date,
) -> SealedCopy:
    """Encrypt what the archive law keeps to the archive's custodians; from then on the server cannot read it."""
    keys = recipients()
    files = {document.ref: storage.read(document.path).hex() for document in documents if not document.blanked}
    plain = json.dumps({"facts": ledger.plain(payload), "files": files}, ensure_ascii=False).encode()
    sealed = pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(key) for key in keys])
    copy = SealedCopy.objects.create(
        subject=subject,
        reason=reason,
        basis=basis,
        on=on,
        digest=hashlib.sha256(sealed).hexdigest(),
        path=storage.keep(sealed, "sealed"),
        recipients=keys,
    )
    ledger.append(
        [
            ledger.Draft(
                "archive.sealed",
                f"sealed:{copy.pk}",
                on,
                internal={"by": by.ref, "digest": copy.digest, "basis": basis},
            )
        ]
    )
    return copy


@transaction.atomic
def note_destruction(
    subject: str, *, number: str, documents: int, basis: str, proposed_by: str, by: Actor, on: date
) -> Destruction:
    """A line of the register of destruction (销毁清册): what went, on which basis, who decided."""
    line = Destruction.objects.create(
        subject=subject, number=number, documents=documents, basis=basis, proposed_by=proposed_by, by=by.ref, on=on
    )
    ledger.append(
        [
            ledger.Draft(
                "archive.destroyed",
                f"destruction:{line.pk}",
                on,
                internal={"by": by.ref, "proposed_by": proposed_by, "number": number, "basis": basis},
                quiet=True,
            )
        ]
    )
    return line


def recipients() -> list[str]:
    """The custodians' public keys. A trial makes one pair of its own; in production somebody must have set them."""
    if settings.ARCHIVE_RECIPIENTS:
        return list(settings.ARCHIVE_RECIPIENTS)
    if not settings.TRIAL:
        raise Refused(
            "evidence.no_custodian",
            _("No custodian of the archive is set, so nothing can be sealed."),
            allowed=_("Set JIANNUO_ARCHIVE_RECIPIENTS to the custodians' age public keys."),
            article=_("Archives Law, article 14"),
        )
    path = settings.LOG_KEY_FILE.parent / "archive-trial.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(str(pyrage.x25519.Identity.generate()) + "\n", "utf-8")
    return [str(pyrage.x25519.Identity.from_str(path.read_text("utf-8").strip()).to_public())]


def _filed(owner: str, title: str, number: str, dated: date | None, data: bytes, media_type: str) -> Document:
    return Document.objects.create(
        owner=owner,
        title=title,
        number=number,
        dated=dated,
        digest=hashlib.sha256(data).hexdigest(),
        size=len(data),
        media_type=media_type,
        path=storage.keep(data),
    )
