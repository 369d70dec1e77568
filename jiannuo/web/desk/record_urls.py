"""Addresses of “my work” and of records and their publication, under /desk/."""

from django.urls import path

from . import record_documents, records, work

urlpatterns = [
    path("", work.work, name="work"),
    path("notices/<int:pk>/", work.noted, name="notice_noted"),
    path("records/", records.listing, name="records"),
    path("records/new/", records.new, name="record_new"),
    path("records/<slug:slug>/", records.page, name="record"),
    path("records/<slug:slug>/edit/", records.edit, name="record_edit"),
    path("records/<slug:slug>/propose_correction/", records.correct, name="record_correct"),
    path("receipts/<int:pk>/confirm/", records.confirm, name="receipt_confirm"),
    path("records/<slug:slug>/documents/", record_documents.add, name="document_add"),
    path("records/<slug:slug>/documents/<int:pk>/", record_documents.download, name="document"),
    path("records/<slug:slug>/documents/<int:pk>/twin/", record_documents.twin, name="document_twin"),
    path("records/<slug:slug>/<slug:verb>/", records.step, name="record_step"),
]
