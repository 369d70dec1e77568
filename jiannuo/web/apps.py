from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "jiannuo.web"
    label = "web"
