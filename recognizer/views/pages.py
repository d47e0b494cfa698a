"""Pages that only tell."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "recognizer/about.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "recognizer/privacy.html", {"retention_days": settings.RETENTION_DAYS})
