"""Documents: what is taken and what is not, twins, service, sealed copies, and what is forgotten."""

import hashlib
import json
from datetime import date
from pathlib import Path

import pyrage
import pytest
from django.db import transaction

from jiannuo.evidence import actions, storage
from jiannuo.evidence.actions import NewDocument, attach_twin, check_file, file_documents, seal, serve
from jiannuo.evidence.models import Document, Service
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.forgetting import forget
from jiannuo.lifecycle.refused import Refused
from tests import make

ON = make.MONDAY
PDF = b"%PDF-1.7 synthetic"


def filed(town, data=PDF, **changes):
    values = {"owner": "record:1", "title": "认定书", "number": "云政认〔2026〕3号", "declared": True} | changes
    return file_documents([NewDocument(data=data, **values)], by=town.registrar, on=ON)[0]


def refusal(action, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        action(*args, **kwargs)
    return refused.value


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument"),
        ("说明：已付清。\r\n".encode(), "text/plain"),
    ],
)
def test_what_is_taken(data, media_type):
    assert check_file(data, declared=True) == media_type


@pytest.mark.parametrize(
    ("data", "declared", "code", "field"),
    [
        (PDF, False, "evidence.not_declared", "declared"),
        (b"", True, "evidence.empty", "document"),
        (b"%PDF-" + b"0" * storage.MAX_SIZE, True, "evidence.too_large", "document"),
        (b"MZ\x90\x00\x03", True, "evidence.media_type", "document"),
        (b"\x7fELF\x02", True, "evidence.media_type", "document"),
        (b"text with \x00", True, "evidence.media_type", "document"),
        ("坏".encode("gbk"), True, "evidence.media_type", "document"),
    ],
)
def test_what_is_refused_says_what_was_found_and_what_would_do(data, declared, code, field):
    refused = refusal(check_file, data, declared=declared)
    assert (refused.code, refused.field) == (code, field)
    assert refused.found


def test_a_file_lies_under_a_random_name_and_the_ledger_holds_its_digest(town, settings):
    one, two = filed(town), filed(town)
    assert one.digest == hashlib.sha256(PDF).hexdigest()
    assert one.path != two.path
    assert "认定书" not in one.path
    assert storage.read(one.path) == PDF
    entry = Entry.objects.get(verb="document.filed", subject=one.ref)
    assert one.digest in entry.internal
    assert one.digest not in entry.public, "a digest of a short text could confirm a guess"


def test_one_bad_file_of_several_files_none(town, settings):
    rows = [NewDocument("record:1", "甲", PDF, declared=True), NewDocument("record:1", "乙", b"", declared=True)]
    assert refusal(file_documents, rows, by=town.registrar, on=ON).code == "evidence.empty"
    assert not Document.objects.exists()
    assert not [path for path in Path(settings.EVIDENCE_DIR).rglob("*") if path.is_file()]


def test_a_twin_says_what_was_masked_and_there_is_one(town):
    document = filed(town, dated=date(2026, 11, 2))
    assert refusal(attach_twin, document, PDF, redactions=" ", by=town.registrar, on=ON).field == "redactions"
    assert refusal(attach_twin, document, b"", redactions="无", by=town.registrar, on=ON).field == "twin"
    twin = attach_twin(document, b"%PDF-1.7 masked", redactions="遮盖供应商名称", by=town.registrar, on=ON)
    assert (twin.twin_of, twin.owner, twin.number, twin.dated) == (
        document,
        document.owner,
        document.number,
        document.dated,
    )
    again = refusal(attach_twin, document, PDF, redactions="无", by=town.registrar, on=ON)
    assert again.code == "evidence.twin_exists"
    entry = Entry.objects.get(verb="document.redacted")
    assert document.ref in entry.internal


def test_service_names_a_lawful_way(town):
    assert refusal(serve, "record:1", town.bureau, what="x", method="pigeon", by=town.registrar, on=ON).allowed
    row = serve("record:1", town.bureau, what="record.notice", method="left", receipt="1", by=town.registrar, on=ON)
    assert (row.addressee, row.on, row.by) == (town.bureau, ON, town.registrar.ref)


def test_a_sealed_copy_opens_only_with_the_custodians_key(town, settings):
    identity = pyrage.x25519.Identity.generate()
    settings.ARCHIVE_RECIPIENTS = [str(identity.to_public())]
    document = filed(town)
    copy = seal("record:1", {"title": "密"}, documents=[document], reason="revoked", basis="依据", by=town.head, on=ON)
    sealed = storage.read(copy.path)
    assert copy.digest == hashlib.sha256(sealed).hexdigest()
    assert "密".encode() not in sealed
    opened = json.loads(pyrage.decrypt(sealed, [identity]))
    assert opened["facts"] == {"title": "密"}
    assert bytes.fromhex(opened["files"][document.ref]) == PDF
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [pyrage.x25519.Identity.generate()])


def test_without_a_custodian_nothing_is_sealed_in_production(town, settings):
    settings.ARCHIVE_RECIPIENTS, settings.TRIAL = [], False
    refused = refusal(seal, "record:1", {}, reason="revoked", basis="x", by=town.head, on=ON)
    assert refused.code == "evidence.no_custodian"


@pytest.mark.django_db(transaction=True)
def test_what_is_forgotten_leaves_neither_file_nor_title_nor_digest(settings):
    town = make.town()
    document = filed(town)
    twin = attach_twin(document, b"%PDF-1.7 masked", redactions="遮盖", by=town.registrar, on=ON)
    serve("record:1", town.bureau, what="record.notice", method="post", receipt="EMS1", by=town.registrar, on=ON)
    paths = [Path(settings.EVIDENCE_DIR) / one.path for one in (document, twin)]
    assert all(path.exists() for path in paths)
    forget(["record:1", document.ref, twin.ref], basis="依据", by=town.head, on=ON)
    assert not any(path.exists() for path in paths)
    for one in Document.objects.all():
        assert (one.title, one.number, one.digest, one.redactions, one.path, one.size) == ("", "", "", "", "", 0)
        assert one.blanked
    assert Service.objects.get().receipt == ""
    texts = " ".join(f"{e.public} {e.internal}" for e in Entry.objects.all())
    assert hashlib.sha256(PDF).hexdigest() not in texts


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_erasure_keeps_the_file(settings):
    town = make.town()
    document = filed(town)
    with transaction.atomic():
        actions.file_documents([NewDocument("record:2", "乙", PDF, declared=True)], by=town.registrar, on=ON)
        forget(["record:1", document.ref], basis="依据", by=town.head, on=ON)
        transaction.set_rollback(True)
    assert (Path(settings.EVIDENCE_DIR) / Document.objects.get().path).exists()
