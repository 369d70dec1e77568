from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    name = "jiannuo.lifecycle"
    label = "lifecycle"
