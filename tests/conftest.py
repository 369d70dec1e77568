"""Fixtures for all tests: the town, and the few switches of the run."""

import gc

import pytest
from hypothesis import settings

from tests import make
from tools import messages

pytest.register_assert_rewrite("tests.browsing")

# The same examples each time, so that what lands does not hang on luck; new ones, and more of them, in make test-all.
# No deadline: how long an example takes is the machine's affair.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None, max_examples=1000)


def pytest_configure(config):
    settings.load_profile("searching" if config.getoption("--run-slow") else "steady")
    messages.compile_()  # a page in Chinese needs today's catalogue


def pytest_addoption(parser):
    parser.addoption("--run-slow", action="store_true", help="also the tests marked slow (make test-all)")


def pytest_collection_finish(session):
    gc.freeze()  # what was imported stays: looking through it again and again took a twentieth of the time
    gc.set_threshold(100_000, 50, 100)


def pytest_collection_modifyitems(config, items):
    unasked = pytest.mark.skipif(not config.getoption("--run-slow"), reason="slow: runs in make test-all")
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(unasked)


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    """Files of the log and of evidence belong to one test alone."""
    settings.LOG_DIR = tmp_path / "log"
    settings.LOG_KEY_FILE = tmp_path / "keys" / "log.key"
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    settings.EXCHANGE_DIR = tmp_path / "exchange"
    settings.OPENDATA = False  # no process of its own beside the test's
    # Argon2 is slow by design; what is tested here is not the hash.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _own_names(monkeypatch):
    """Tests reuse ids: the index of names is made anew in each, for its stamp cannot tell their registries apart."""
    monkeypatch.setattr("jiannuo.registry.resolving._held", None)


@pytest.fixture
def town(db):
    return make.town()
