"""What a supervisor asks: is the process alive, can it read pictures, and how does it do."""

from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from recognizer import registry
from recognizer.operations.monitoring import exposition, may_see_metrics
from recognizer.problems import RETRY_AFTER_SECONDS


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process does."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database and the default model are ready, else 503 with what is not."""
    parts = {"database": _database_is_ready(), "model": _model_is_ready()}
    ready = all(parts.values())
    body = {"status": "ok" if ready else "unavailable"} | {
        name: "ok" if part else "unavailable" for name, part in parts.items()
    }
    response = JsonResponse(body, status=200 if ready else 503)
    if not ready:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus with all figures; to everybody else there is nothing here."""
    if not may_see_metrics(request):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _database_is_ready() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _model_is_ready() -> bool:
    try:
        registry.get_model()
    except (registry.ModelUnavailableError, DatabaseError):
        return False
    return True
