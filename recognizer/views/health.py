"""What a supervisor asks: is the process alive, and can it read pictures."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from recognizer import registry
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
