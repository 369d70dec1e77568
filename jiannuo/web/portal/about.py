"""About: accessibility, privacy; and what robots may read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from jiannuo.registry.models import Body


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html")


def robots(request: HttpRequest) -> HttpResponse:
    """Robots may read the pages of bodies, rules and the log. Record pages carry noindex themselves."""
    address = request.build_absolute_uri(reverse("portal:sitemap"))
    closed = "".join(f"Disallow: {path}\n" for path in ("/desk/", "/accounts/", "/data/files/", "/en/data/files/"))
    text = f"User-agent: *\n{closed}Sitemap: {address}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def sitemap(request: HttpRequest) -> HttpResponse:
    """Pages that stay for good. Records are left out: they end, and copies elsewhere cannot be called back."""
    names = ("home", "bodies", "rules", "calculator", "data", "log", "accessibility", "privacy")
    paths = [reverse(f"portal:{name}") for name in names]
    paths += [reverse("portal:body", args=[pk]) for pk in Body.objects.values_list("pk", flat=True)]
    urls = "".join(f"<url><loc>{request.build_absolute_uri(path)}</loc></url>\n" for path in paths)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return HttpResponse(f"{head}{urls}</urlset>\n", content_type="application/xml")
