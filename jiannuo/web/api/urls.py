"""Addresses of the API, without a language: /api/v1/. Fixed words stand before the names of data sets."""

from django.urls import path
from django.views.generic import RedirectView

from . import handing, openapi, reading
from .serving import endpoint

app_name = "api"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="portal:api"), name="docs"),
    path("openapi.json", endpoint({"GET": openapi.document}), name="openapi"),
    path("datasets", endpoint({"GET": reading.datasets}), name="datasets"),
    path("changes", endpoint({"GET": reading.changes}, {"GET": ("since", "limit")}), name="changes"),
    path("log", endpoint({"GET": reading.log}), name="log"),
    path("batches/<str:number>", endpoint({"GET": handing.batch}), name="batch"),
    path(
        "batches/<str:number>/rows",
        endpoint({"GET": handing.rows}, {"GET": ("limit", "after", "outcome")}),
        name="batch_rows",
    ),
    path("batches/<str:number>/receipt", endpoint({"GET": handing.receipt}), name="batch_receipt"),
    path("<slug:name>", endpoint({"GET": reading.rows}, {"GET": None}), name="rows"),
    path("<slug:name>/rows", endpoint({"POST": handing.hand_in_rows}), name="hand_in"),
    path("<slug:name>/files", endpoint({"POST": handing.hand_in_file}), name="hand_in_file"),
    path("<slug:name>/<str:ref>", endpoint({"GET": reading.row}), name="row"),
]
