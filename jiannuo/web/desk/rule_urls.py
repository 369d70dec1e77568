"""Addresses of the rulebook on the desk, under /desk/rules/."""

from django.urls import path

from . import rulebook

urlpatterns = [
    path("", rulebook.page, name="rules"),
]
