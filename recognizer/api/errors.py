"""Every error of the API in one form: {"error": {"code", "message"}}."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from recognizer.models import Glyph
from recognizer.problems import (
    CSRF_FAILED,
    NOT_FOUND,
    REFUSALS,
    STORAGE_UNAVAILABLE,
    Problem,
    is_outage,
    problem_of,
    with_retry_after,
)
from recognizer.throttling import RateLimitedError


def exception_handler(error: Exception, context: dict) -> Response | None:
    """Return the answer for an exception, None for one that is a fault of ours."""
    set_rollback()
    if isinstance(error, exceptions.Throttled):
        error = RateLimitedError(max(1, round(error.wait or 1)))
    if isinstance(error, REFUSALS):
        return _answer(problem_of(error))
    if is_outage(error):
        return _answer(STORAGE_UNAVAILABLE)
    if isinstance(error, Http404 | Glyph.DoesNotExist):  # a glyph may be deleted while it is labelled
        return _answer(NOT_FOUND)
    if isinstance(error, exceptions.PermissionDenied) and str(error.detail).startswith("CSRF Failed"):
        return _answer(CSRF_FAILED)
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        body = {"error": {"code": _code(error), "message": _message(error)}}
        response = Response(body, status=error.status_code)
        if challenge := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = challenge
        return response
    return None


def _answer(problem: Problem) -> Response:
    return with_retry_after(Response(problem.json, status=problem.status), problem)


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else "invalid"


def _message(error: exceptions.APIException) -> str:
    """Return the exception's detail as one sentence; a form's errors with their fields."""
    if isinstance(error.detail, dict):
        return " ".join(f"{field}: {' '.join(map(str, texts))}" for field, texts in error.detail.items())
    if isinstance(error.detail, list):
        return " ".join(map(str, error.detail))
    return str(error.detail)
