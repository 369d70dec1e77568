from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "jiannuo.records"
    label = "records"
