from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "jiannuo.accounts"
    label = "accounts"

    def ready(self) -> None:
        from jiannuo.lifecycle import machine

        from .models import Role

        machine.ROLE_TITLES.update({role.value: role.label for role in Role})
