"""Addresses of “my work” and of records and their publication, under /desk/."""

from django.urls import path

from . import work

urlpatterns = [
    path("", work.work, name="work"),
    path("records/", work.work, name="records"),
]
