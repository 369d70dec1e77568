import pytest

from tests.exchange import plain
from tests.ledger.house import house  # noqa: F401  (a fixture)


@pytest.fixture
def offered(monkeypatch):
    """The small data set is all that the rooms offer."""
    plain.offer(monkeypatch)
