"""My work: what waits for this actor, by deadline."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def work(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/work.html", {"section": "work"})
