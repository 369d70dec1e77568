from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "jiannuo.search"
    label = "search"
