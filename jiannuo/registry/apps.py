from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "jiannuo.registry"
    label = "registry"
