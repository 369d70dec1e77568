"""The log: for people in both languages, for machines at stable addresses."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from jiannuo.ledger import reading, withdrawn
from jiannuo.ledger.models import Checkpoint, Entry, Epoch
from jiannuo.lifecycle.refused import Refused
from jiannuo.records.reading import retractions
from jiannuo.tlog import note, tiles
from jiannuo.tlog import proof as proofs
from jiannuo.web.portal import asking
from jiannuo.web.portal.records import tree
from jiannuo.web.refs import is_open, named, open_refs
from jiannuo.web.sentences import timeline

IMMUTABLE = "public, max-age=31536000, immutable"
BRIEF = "public, max-age=5"
PER_PAGE = 10


def overview(request: HttpRequest) -> HttpResponse:
    """How the log stands, its checkpoints, its newest public acts, and how to verify it without us."""
    today = timezone.localdate()
    entries = list(Entry.objects.filter(leaf__isnull=False, quiet=False).order_by("-epoch_id", "-leaf")[:30])
    open_ = open_refs({e.subject for e in entries}, today)
    from_open = [(e, timeline([e])[0]) for e in entries if e.subject in open_][:8]
    names = named({e.subject for e, _line in from_open})
    for e, _line in from_open:
        e.about, e.about_url = names.get(e.subject, ("", ""))  # type: ignore[attr-defined]
    faults: list[Refused] = []
    signed = Checkpoint.objects.order_by("-epoch_id", "-size")
    page = asking.page(Paginator(signed, PER_PAGE), request, faults)
    for row in page.object_list:
        row.root_text = note.encode(bytes(row.root))
    epochs = list(Epoch.objects.order_by("-id"))
    context = {
        "section": "log",
        "state": reading.state(),
        "epochs": epochs,
        "epoch": epochs[0] if epochs else None,
        "keys": _keys(),
        "page": page,
        "faults": faults,
        "acts": from_open,
        "base": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "portal/log.html", context)


def withdrawn_list(request: HttpRequest) -> HttpResponse:
    """Correction notices of records that were wrong, and the leaves withdrawn: which and when, no contents."""
    faults: list[Refused] = []
    page = asking.page(Paginator(list(reversed(withdrawn.read())), 100), request, faults)
    context = {"section": "log", "page": page, "faults": faults, "retractions": retractions()}
    return render(request, "portal/withdrawn.html", context)


def leaf_page(request: HttpRequest, epoch: int, leaf: int) -> HttpResponse:
    """One leaf: opened if its subject is public today, else only its digest and its place."""
    entry = get_object_or_404(Entry.objects.select_related("epoch"), epoch_id=epoch, leaf=leaf)
    is_shown = is_open(entry.subject, timezone.localdate()) and entry.public is not None
    proof = reading.make_proof(entry) if is_shown else None
    about, url = named({entry.subject}).get(entry.subject, ("", "")) if is_shown else ("", "")
    context: dict[str, Any] = {
        "section": "log",
        "about": about,
        "about_url": url,
        "tree": tree(proof) if proof else None,
        "pretty": json.dumps(json.loads(entry.public or "null"), ensure_ascii=False, indent=1) if is_shown else "",
        "leaf": leaf,
        "epoch": entry.epoch,
        "commitment": bytes(entry.commitment).hex(),
        "is_shown": is_shown,
        "proof": proof,
        "line": timeline([entry])[0] if is_shown else None,
        "media_type": proofs.MEDIA_TYPE,
    }
    return render(request, "portal/leaf.html", context)


def checkpoint(request: HttpRequest, epoch: int) -> HttpResponse:
    """The newest signed state of an epoch: read anew every few seconds, since it names everything else."""
    row = Checkpoint.objects.filter(epoch_id=epoch).order_by("-size").first()
    if row is None:
        raise Http404
    return _text(request, row.text, BRIEF)


def tile(request: HttpRequest, epoch: int, rest: str) -> HttpResponse:
    """A tile or entry bundle at its one address, full or partial. What stands there never changes (C2SP tlog-tiles)."""
    try:
        address = tiles.parse_address(f"tile/{rest}")
    except ValueError:
        raise Http404 from None
    data = reading.tile(get_object_or_404(Epoch, pk=epoch), address)
    if data is None:
        raise Http404
    packed = address.level == tiles.ENTRIES and "gzip" in request.headers.get("Accept-Encoding", "")
    # mtime 0: the same bytes each time, so that caches agree
    content = gzip.compress(data, mtime=0) if packed else data
    response = HttpResponse(content, content_type="application/octet-stream")
    if packed:
        response["Content-Encoding"] = "gzip"
    if address.level == tiles.ENTRIES:
        response["Vary"] = "Accept-Encoding"
    return _kept(request, response, IMMUTABLE)


def proof_file(request: HttpRequest, epoch: int, leaf: int) -> HttpResponse:
    """The proof of one leaf, opening its public part, while its subject is public."""
    entry = get_object_or_404(Entry.objects.select_related("epoch"), epoch_id=epoch, leaf=leaf)
    proof = reading.make_proof(entry) if is_open(entry.subject, timezone.localdate()) else None
    if proof is None:
        raise Http404
    response = _text(request, str(proof), BRIEF)
    response["Content-Disposition"] = f'inline; filename="{epoch}-{leaf}.tlog-proof"'
    return response


def key(request: HttpRequest) -> HttpResponse:
    """The public key of the present log."""
    state = reading.state()
    if state is None:
        raise Http404
    return _text(request, f"{state.key}\n", BRIEF)


def keys(request: HttpRequest) -> HttpResponse:
    """Every public key of every epoch, one a line: those that sign now first (`jiannuo verify --key-file`)."""
    known = _keys()
    if not known:
        raise Http404
    return _text(request, "".join(f"{key.text}\n" for key in known), BRIEF)


def _keys() -> list[reading.PublicKey]:
    """Those that sign now first, then the announced, then those that once signed."""
    return sorted(reading.public_keys(), key=lambda key: ("present", "next", "past").index(key.standing))


def withdrawn_text(request: HttpRequest) -> HttpResponse:
    """The withdrawn leaves, one a line, for whoever re-uses the data."""
    lines = [f"{leaf}\t{line.on}\t{line.basis}\n" for line in withdrawn.read() for leaf in line.leaves]
    return _text(request, "".join(lines), BRIEF)


def _text(request: HttpRequest, text: str, cache: str) -> HttpResponse:
    return _kept(request, HttpResponse(text, content_type="text/plain; charset=utf-8"), cache)


def _kept(request: HttpRequest, response: HttpResponse, cache: str) -> HttpResponse:
    """With how long it may be kept, and 304 to whoever already holds these bytes."""
    response["Cache-Control"] = cache
    response["ETag"] = quote_etag(sha256(response.content).hexdigest()[:32])
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
