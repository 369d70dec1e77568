"""Addresses: Chinese at /, English at /en/. Portal, desk and account pages each keep their own list."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from jiannuo.web.desk.hooks import key as hook_key

urlpatterns = [
    path("tlog/", include("jiannuo.web.portal.log_urls")),
    path(".well-known/jiannuo-hooks.pem", hook_key, name="hook_key"),
    path("handover/v1/", include("jiannuo.web.handover")),
    path("api/v1/", include("jiannuo.web.api.urls")),
    *i18n_patterns(
        path("accounts/", include("jiannuo.web.account_urls")),
        path("desk/", include("jiannuo.web.desk.urls")),
        path("", include("jiannuo.web.portal.urls")),
        prefix_default_language=False,
    ),
]
