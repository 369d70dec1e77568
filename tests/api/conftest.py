"""Keys of the small town, and calls with them."""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from jiannuo.accounts import keys
from jiannuo.lifecycle.actor import SYSTEM

ROW = {"code": "990109", "name": "南岭县", "level": "county", "parent": "9901", "source": "demo"}


@pytest.fixture(autouse=True)
def _counted_anew():
    cache.clear()


@pytest.fixture
def secret(town):
    return made(town.city, ["registry"])


def made(body, roles, **days):
    _key, secret = keys.make_key("民政系统", body, roles, by=SYSTEM, on=timezone.localdate(), **days)
    return secret


class Caller:
    """A machine with a key."""

    def __init__(self, secret):
        self.client, self.auth = Client(), {"Authorization": f"Bearer {secret}"}

    def get(self, path, query=None, **headers):
        return self.client.get(f"/api/v1/{path}", query or {}, headers={**self.auth, **headers})

    def hand_in(self, dataset, rows, call="call-1", **more):
        body = json.dumps({"rows": rows, **more})
        headers = {**self.auth, "Idempotency-Key": call} if call else self.auth
        return self.client.post(f"/api/v1/{dataset}/rows", body, content_type="application/json", headers=headers)

    def hand_in_file(self, dataset, file, call="call-1", **more):
        headers = {**self.auth, "Idempotency-Key": call}
        return self.client.post(f"/api/v1/{dataset}/files", {"file": file, **more}, headers=headers)


@pytest.fixture
def caller(secret):
    return Caller(secret)
