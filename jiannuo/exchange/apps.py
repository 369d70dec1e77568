from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "jiannuo.exchange"
    label = "exchange"
