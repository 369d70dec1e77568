from django.apps import AppConfig


class StartConfig(AppConfig):
    name = "jiannuo.start"
    label = "start"
