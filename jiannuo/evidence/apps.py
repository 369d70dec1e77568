from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "jiannuo.evidence"
    label = "evidence"
