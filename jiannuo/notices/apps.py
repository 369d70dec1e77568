from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "jiannuo.notices"
    label = "notices"
