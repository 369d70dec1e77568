"""Addresses of the rulebook on the desk, under /desk/rules/."""

from django.urls import path

from . import work

urlpatterns = [
    path("", work.work, name="rules"),
]
