"""One city and one browser for all journeys; each person has a window of their own."""

import pytest

from tests import browsing

from . import city as cities


@pytest.fixture(scope="session")
def chromium():
    with browsing.chromium() as running:
        yield running


@pytest.fixture(scope="session")
def city(chromium, tmp_path_factory):
    running = cities.start(tmp_path_factory.mktemp("city"))
    yield running
    cities.stop(running)


@pytest.fixture
def window(chromium):
    """Opens windows that know nothing of each other; all are closed at the end."""
    opened = []

    def open_one(**options):
        context = chromium.new_context(locale="zh-CN", **options)
        context.set_default_timeout(20_000)
        opened.append(context)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def sessions(city, chromium):
    """Who has signed in already, with the cookies of it: a code is good once, and three are all that a minute has."""
    known = {}

    def of(username):
        if username not in known:
            with chromium.new_context(locale="zh-CN") as context:
                cities.sign_in(context.new_page(), city, username)
                known[username] = context.storage_state()
        return known[username]

    return of


@pytest.fixture
def desk(sessions, window):
    """A window of somebody who has signed in."""

    def signed_in(username, **options):
        return window(storage_state=sessions(username), **options)

    return signed_in
