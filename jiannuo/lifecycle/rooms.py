"""What a room offers lies in files of fixed names; this is the only place that looks for them."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps


def offers(name: str) -> Iterator[ModuleType]:
    """The module `name` ("sweep", "forget", …) of every installed room that has one, lowest room first."""
    for config in apps.get_app_configs():
        if config.name.startswith("jiannuo.") and find_spec(f"{config.name}.{name}") is not None:
            yield import_module(f"{config.name}.{name}")
