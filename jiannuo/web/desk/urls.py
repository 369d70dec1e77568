"""Addresses of the desk, by section. Each section keeps its own list."""

from django.urls import include, path

app_name = "desk"
urlpatterns = [
    path("", include("jiannuo.web.desk.record_urls")),
    path("bodies/", include("jiannuo.web.desk.registry_urls")),
    path("people/", include("jiannuo.web.desk.people_urls")),
    path("rules/", include("jiannuo.web.desk.rule_urls")),
    path("intake/", include("jiannuo.web.desk.intake_urls")),
    path("quality/", include("jiannuo.web.desk.quality_urls")),
    path("levels/", include("jiannuo.web.desk.levels")),
]
