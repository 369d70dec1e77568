"""Addresses of data quality and reporting duties, under /desk/quality/."""

from django.urls import path

from . import quality, quality_duties

urlpatterns = [
    path("", quality.overview, name="quality"),
    path("bulletin/", quality.bulletin, name="quality_bulletin"),
    path("table.csv", quality.download, name="quality_download"),
    path("bodies/<int:pk>/", quality.provider, name="quality_body"),
    path("duties/new/", quality_duties.new, name="duty_new"),
    path("duties/<int:pk>/end/", quality_duties.end, name="duty_end"),
    path("duties/<int:pk>/zero/<slug:label>/", quality_duties.zero, name="zero_report"),
    path("zero/<int:pk>.txt", quality_duties.note, name="zero_report_note"),
]
