"""Labelled glyphs as files."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
@permission_required("recognizer.export_labels", raise_exception=True)
def exports(request: HttpRequest) -> HttpResponse:
    """Labelled glyphs as files."""
    return HttpResponse("")
