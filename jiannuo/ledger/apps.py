from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "jiannuo.ledger"
    label = "ledger"
