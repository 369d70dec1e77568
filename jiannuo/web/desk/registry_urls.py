"""Addresses of registry work, under /desk/bodies/."""

from django.urls import path

from . import work

urlpatterns = [
    path("", work.work, name="bodies"),
]
