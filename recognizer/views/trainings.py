"""Trainings on the corrections."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
@permission_required("recognizer.view_trainingrun", raise_exception=True)
def trainings(request: HttpRequest) -> HttpResponse:
    """Trainings on the corrections."""
    return HttpResponse("")
