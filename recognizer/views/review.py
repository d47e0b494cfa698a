"""The review queue: one glyph at a time."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
@permission_required("recognizer.review_glyph", raise_exception=True)
def review(request: HttpRequest) -> HttpResponse:
    """The review queue: one glyph at a time."""
    return HttpResponse("")
