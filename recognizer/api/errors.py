"""Every error of the API in one form: {"error": {"code", "message"}}."""

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from recognizer.problems import REFUSALS, STORAGE_UNAVAILABLE, problem_of, with_retry_after
from recognizer.throttling import RateLimitedError


def exception_handler(error: Exception, context: dict) -> Response | None:
    """Return the answer for an exception, None for one that is a fault of ours."""
    set_rollback()
    if isinstance(error, exceptions.Throttled):
        error = RateLimitedError(max(1, round(error.wait or 1)))
    if isinstance(error, REFUSALS):
        problem = problem_of(error)
        response = _answer(problem.status, problem.code, problem.sentence)
        return with_retry_after(response, problem)
    if isinstance(error, OperationalError | InterfaceError):
        problem = STORAGE_UNAVAILABLE
        return with_retry_after(_answer(problem.status, problem.code, problem.sentence), problem)
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing here, or it is not yours.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        response = _answer(error.status_code, _code(error), _message(error))
        if challenge := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = challenge
        return response
    return None


def _answer(status: int, code: str, message: str) -> Response:
    return Response({"error": {"code": code, "message": message}}, status=status)


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
