from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, register


class LifecycleConfig(AppConfig):
    name = "jiannuo.lifecycle"
    label = "lifecycle"

    def ready(self) -> None:
        from jiannuo import rules

        rules.configure(Path(settings.RULEBOOK_DIR), settings.RULEBOOK_OVERLAYS)
        register(check_rulebook)


def check_rulebook(app_configs: object, **kwargs: object) -> list[Error]:
    """An unknown key, a missing citation or a failing example stops the start."""
    from jiannuo import rules

    try:
        rules.book()
    except rules.BadRulebook as error:
        return [Error(problem, id="jiannuo.E001") for problem in error.problems]
    return []
