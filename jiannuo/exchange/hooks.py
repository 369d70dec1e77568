"""Telling other systems that there is something new: a signed POST without content, tried until it is answered.

{"event": "changed", "since": "1.42", "until": "1.57"}: whoever gets it asks /api/v1/changes?since=1.42, where what was
withdrawn meanwhile says so. So nothing that must be forgotten ever lies on another machine's queue, a call that comes
twice does no harm, and one call stands for all that were missed.

Signed by HTTP Message Signatures (RFC 9421, Ed25519) with a key of its own: the log's key signs nothing but the log.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

from jiannuo.ledger import actions as ledger
from jiannuo.ledger import sequencer
from jiannuo.lifecycle.actor import SYSTEM, Actor
from jiannuo.notices.actions import Note, post

from .models import Hook

log = structlog.get_logger(__name__)
TIMEOUT = 3.0  # seconds for all of one call: the worker has other things to do
FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=1)  # between two tries, doubled each time
GIVEN_UP = timedelta(days=3)
KEY_ID = TAG = "jiannuo-hooks"
ROLE = "operator"  # who makes and ends hooks, and is told when one is given up
COVERED = ("@method", "@target-uri", "content-digest", "content-type")


class Unreachable(Exception):
    """The address may not be called, or does not answer as it should; the message says why."""


def work(now: datetime) -> bool:
    """One call to one hook; False where nothing is to be told now."""
    head = sequencer.head()
    if head is None:
        return False
    until = f"{head.epoch.pk}.{head.size}"
    due = Hook.objects.filter(stopped=None, since__lte=timezone.localdate(now))
    due = due.filter(Q(again=None) | Q(again__lte=now)).filter(Q(asked=True) | ~Q(told=until))
    hook = due.order_by(F("again").asc(nulls_first=True), "pk").first()
    if hook is None:
        return False
    try:
        call(hook.url, {"event": "changed", "since": hook.told or "0.0", "until": until}, now)
    except Unreachable as error:
        _failed(hook, str(error)[:200], now)
    else:
        Hook.objects.filter(pk=hook.pk).update(
            told=until, asked=False, tries=0, failing=None, again=None, answered=now, fault=""
        )
    return True


def _failed(hook: Hook, fault: str, now: datetime) -> None:
    log.warning("hook.failed", hook=hook.pk, reason=fault)
    failing = hook.failing or now
    change: dict[str, Any] = {"fault": fault, "failing": failing, "tries": hook.tries + 1, "asked": False}
    change["again"] = now + min(LONGEST, FIRST * 2 ** min(hook.tries, 10))
    with transaction.atomic():
        if now - failing > GIVEN_UP:
            change["stopped"] = day = timezone.localdate(now)
            enter("hook.ended", hook, SYSTEM, day)
            post([Note("hook.given_up", hook.ref, day, to_body=hook.body_id, to_role=ROLE, number=hook.title[:60])])
        Hook.objects.filter(pk=hook.pk).update(**change)


def enter(verb: str, hook: Hook, by: Actor, on: date) -> None:
    """The log says that a system is told, or no longer: its host, not its address."""
    host = urlsplit(hook.url).hostname
    ledger.append(
        [ledger.Draft(verb, hook.ref, on, body=hook.body.ref, public={"host": host}, internal={"by": by.ref})]
    )


def call(url: str, message: Mapping[str, str], now: datetime) -> None:
    """One signed POST. Raises Unreachable unless the answer is 2xx; no redirect is followed, no answer is kept."""
    address, host = reachable(url)
    content = json.dumps(message, sort_keys=True).encode()
    request = signed(httpx.Request("POST", url, content=content, headers={"content-type": "application/json"}), now)
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    there = f"[{address}]" if ":" in address else address
    # To the very address that was looked at: a name may answer otherwise when it is asked again.
    pinned = urlunsplit((parts.scheme, f"{there}{port}", parts.path or "/", parts.query, ""))
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
            outgoing = client.build_request("POST", pinned, content=content, headers=request.headers)
            outgoing.extensions = {**outgoing.extensions, "sni_hostname": host}
            answer = client.send(outgoing, stream=True)
            answer.close()
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error
    if not answer.is_success:
        raise Unreachable(f"HTTP {answer.status_code}")


def reachable(url: str) -> tuple[str, str]:
    """The address of the host to call, and its name. Raises Unreachable for what lies inside somebody's network."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    here = settings.HOOKS_LOOPBACK
    if not host or parts.username or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not here):
        raise Unreachable("only https:// addresses without a password are called")
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host} has no address: {error}") from error
    for one in sorted(map(str, found)):
        address = ipaddress.ip_address(one.partition("%")[0])
        if not (address.is_global and not address.is_multicast) and not (here and address.is_loopback):
            raise Unreachable(f"{host} is {one}, which is not a public address")
    return sorted(map(str, found))[0], host


def signed(request: httpx.Request, now: datetime) -> httpx.Request:
    """The request with Content-Digest, Signature-Input and Signature."""
    keys = MappingKeyResolver(private_keys={KEY_ID: private_key()}, public_keys={})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    signer.sign(
        request, key_id=KEY_ID, created=now, tag=TAG, covered_component_ids=COVERED, body=request.content, label="sig1"
    )
    return request


def private_key() -> Ed25519PrivateKey:
    """The key that calls are signed with, made when it is first needed; only the worker reads it."""
    path = _key_file()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = Ed25519PrivateKey.generate()
        _write(path.with_suffix(".pem"), _public(key), 0o644)
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        _write(path, private, 0o600)
    loaded = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(loaded, Ed25519PrivateKey)
    return loaded


def public_key() -> bytes | None:
    """The public key as PEM, for everybody; None until something was signed."""
    path = _key_file().with_suffix(".pem")
    return path.read_bytes() if path.exists() else None


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _key_file() -> Path:
    return Path(settings.LOG_KEY_FILE).with_name("hooks.key")


def _write(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
