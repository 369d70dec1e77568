from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "jiannuo.accounts"
    label = "accounts"
