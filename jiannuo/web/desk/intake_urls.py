"""Addresses of handing in, under /desk/intake/."""

from django.urls import path

from . import intake, intake_batch, intake_differences, intake_receipt

urlpatterns = [
    path("", intake.home, name="intake"),
    path("sets/<slug:name>/", intake.one_set, name="intake_set"),
    path("sets/<slug:name>/template.<slug:form>", intake.template, name="intake_template"),
    path("batches/", intake.listing, name="batches"),
    path("batches/<slug:number>/", intake_batch.page, name="batch"),
    path("batches/<slug:number>/progress/", intake_batch.progress, name="batch_progress"),
    path("batches/<slug:number>/again/", intake_batch.again, name="batch_again"),
    path("batches/<slug:number>/rows/", intake_batch.rows, name="batch_rows"),
    path("batches/<slug:number>/errors/", intake_batch.errors, name="batch_errors"),
    path("batches/<slug:number>/differences/", intake_differences.page, name="batch_differences"),
    path("batches/<slug:number>/receipt/", intake_receipt.page, name="batch_receipt"),
    path("batches/<slug:number>/receipt.txt", intake_receipt.note, name="batch_receipt_note"),
]
