"""Addresses of the public pages, in both languages. Addresses of the log for machines are in log_urls."""

from django.urls import path

from jiannuo.web.api.openapi import docs

from . import about, bodies, data, downloads, feeds, home, log, records, rules

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("large/", home.large, name="large"),
    path("bodies/", bodies.listing, name="bodies"),
    path("bodies/download.<slug:form>", downloads.bodies, name="bodies_download"),
    path("bodies/<int:pk>/", bodies.page, name="body"),
    path("bodies/<int:pk>/feed.atom", feeds.body, name="feed_body"),
    path("records/", records.listing, name="records"),
    path("records/download.<slug:form>", downloads.records, name="records_download"),
    path("records/feed.atom", feeds.records, name="feed_records"),
    path("records/<slug:slug>/", records.page, name="record"),
    path("log/", log.overview, name="log"),
    path("log/withdrawn/", log.withdrawn_list, name="withdrawn"),
    path("log/withdrawn/feed.atom", feeds.withdrawn, name="feed_withdrawn"),
    path("log/<int:epoch>/leaf/<int:leaf>/", log.leaf_page, name="leaf"),
    path("data/", data.overview, name="data"),
    path("data/catalog.jsonld", data.catalogue, name="data_catalogue"),
    path("data/files/<path:path>", data.file, name="data_file"),
    path("data/<slug:name>/", data.table, name="data_table"),
    path("api/", docs, name="api"),
    path("rules/", rules.listing, name="rules"),
    path("rules/calculator/", rules.calculator, name="calculator"),
    path("rules/<str:group>/<str:key>/", rules.page, name="rule"),
    path("about/accessibility/", about.accessibility, name="accessibility"),
    path("about/privacy/", about.privacy, name="privacy"),
    path("robots.txt", about.robots, name="robots"),
    path("sitemap.xml", about.sitemap, name="sitemap"),
]
