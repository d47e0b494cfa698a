"""How well the site reads, by what people said of it."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
@permission_required("recognizer.view_glyph", raise_exception=True)
def dashboard(request: HttpRequest) -> HttpResponse:
    """How well the site reads, by what people said of it."""
    return HttpResponse("")
