from tests.ledger.house import house  # noqa: F401  (a fixture)
